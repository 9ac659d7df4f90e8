import { amongKept, joined, type WriterInterventions } from '../interventions';
import type { GivenDecoder, Tensor } from '../model';
import type { SourceRemainder, Writer, WriterInput, WriterState } from '../writer';
import { type OwnText, sidesOf } from './ownText';
import { spreadOut } from './spreadOut';
import type { ByPart } from './switchedModel';

/** What of a source is read, and what is done while it is. */
interface ReadSource {
  readonly ids: readonly number[];
  /** Tokens of the source that are read, in order. */
  readonly kept: readonly number[];
  readonly interventions: WriterInterventions;
}

function readSource(ids: readonly number[], text: OwnText, always: ByPart, remainder?: SourceRemainder): ReadSource {
  const own = text.is(remainder?.of ?? ids);
  const all = ids.map((_, token) => token);
  const places = remainder?.places ?? all;
  const kept = own ? all.filter((token) => !text.isDeleted(places[token]!)) : all;
  const edges = (part: 'encoder' | 'decoder' | 'cross') => (own ? text.edges(part, sidesOf(part, false), kept.map((token) => places[token]!)) : []);
  return {
    kept,
    ids: own ? kept.map((token) => text.idAt(places[token]!, ids[token]!)) : ids,
    interventions: {
      source: { ...always.encoder, edges: edges('encoder') },
      decoder: { ...always.decoder, edges: edges('decoder') },
      cross: { ...always.cross, edges: edges('cross') },
    },
  };
}

/** What is off, and what a lens does beside it. */
function besides(off: WriterInterventions, { cross, decoder, source }: WriterInterventions): WriterInterventions {
  return { source: joined(off.source ?? {}, source), decoder: joined(off.decoder ?? {}, decoder), cross: joined(off.cross ?? {}, cross) };
}

/** Where a writer stands in a source or prompt of which some tokens are not read. */
class ShortenedState implements WriterState {
  constructor(
    readonly inner: WriterState,
    /** Tokens that are read, of `count`. */
    readonly kept: readonly number[],
    readonly count: number,
    /** Whether they belong to what is written. */
    private readonly ofPrompt: boolean,
  ) {}

  get rows(): number {
    return this.inner.rows;
  }

  get length(): number {
    return this.inner.length + (this.ofPrompt ? this.count - this.kept.length : 0);
  }

  take(rows: readonly number[]): ShortenedState {
    return this.after(this.inner.take(rows));
  }

  after(inner: WriterState): ShortenedState {
    return new ShortenedState(inner, this.kept, this.count, this.ofPrompt);
  }
}

/** A writer of translations and summaries. Tokens that are off are of the source. */
export function writerAnew(writer: Writer, text: OwnText, always: ByPart): Writer {
  const { rules, vocabulary, thoughts } = writer;
  return {
    rules, vocabulary, thoughts,
    read: async (sources, signal, further = {}, remainder) => {
      const [source] = sources as [readonly number[]];
      // What is off in one text is off where that is read by itself.
      if (sources.length > 1) return writer.read(sources, signal, besides({ source: always.encoder, decoder: always.decoder, cross: always.cross }, further));
      const { ids, kept, interventions } = readSource(source, text, always, remainder);
      const done = besides(interventions, { ...further, source: amongKept(further.source, kept) });
      return new ShortenedState(await writer.read([ids], signal, done), kept, source.length, false);
    },
    write: async (state, input, signal) => {
      if (!(state instanceof ShortenedState)) return writer.write(state, input, signal);
      const said = await writer.write(state.inner, input, signal);
      return { ...said, state: state.after(said.state), crossAttention: said.crossAttention && spreadOut(said.crossAttention, [4], [state.kept], state.count) };
    },
  };
}

/** Texts that nothing was given of yet: what is off depends on what they begin with. */
class UnreadState implements WriterState {
  readonly length = 0;

  constructor(readonly sources: readonly (readonly number[])[]) {}

  get rows(): number {
    return this.sources.length;
  }

  take(rows: readonly number[]): UnreadState {
    return new UnreadState(rows.map((row) => this.sources[row]!));
  }
}

/** A decoder stack, which writes on. Tokens that are off are of the prompt, which it is given first. */
export function writerOn(writer: Writer, text: OwnText, always: ByPart): Writer {
  const { rules, vocabulary, thoughts } = writer;
  const begin = async ({ sources }: UnreadState, input: WriterInput, signal: AbortSignal): Promise<{ state: ShortenedState; input: WriterInput }> => {
    const [prompt] = input.tokens as [readonly number[]];
    const own = text.is(prompt) && input.tokens.length === 1;
    const all = prompt.map((_, token) => token);
    const kept = own ? all.filter((token) => !text.isDeleted(token)) : all;
    const edges = own ? text.edges('decoder', sidesOf('decoder', true), kept) : [];
    const state = await writer.read(sources, signal, { decoder: { ...always.decoder, edges } });
    const tokens = own ? [kept.map((token) => text.idAt(token, prompt[token]!))] : input.tokens;
    return { state: new ShortenedState(state, kept, prompt.length, true), input: { ...input, tokens } };
  };
  return {
    rules, vocabulary, thoughts,
    read: (sources) => Promise.resolve(new UnreadState(sources)),
    write: async (before, given, signal) => {
      if (!(before instanceof UnreadState || before instanceof ShortenedState)) throw new Error('The state is of another writer.');
      const { state, input } = before instanceof UnreadState ? await begin(before, given, signal) : { state: before, input: given };
      const said = await writer.write(state.inner, input, signal);
      const after = state.after(said.state);
      const further = Array.from({ length: said.state.length - state.kept.length }, (_, index) => state.count + index);
      return { ...said, state: after, selfAttention: said.selfAttention && spreadOut(said.selfAttention, [4], [[...state.kept, ...further]], after.length) };
    },
  };
}

/** A decoder that is looked at writing what is given. */
export function givenDecoder(decoder: GivenDecoder, text: OwnText, always: ByPart): GivenDecoder {
  return {
    attention: decoder.attention,
    heads: decoder.heads,
    run: async (part, given, outputs, signal) => {
      const { ids, kept, interventions } = readSource(given.source, text, always);
      const found = await decoder.run(part, { source: ids, inputs: given.inputs, interventions }, outputs, signal);
      if (kept.length === given.source.length || part !== 'cross') return found;
      const spread = (tensor: Tensor, axis: number): Tensor => spreadOut(tensor, [axis], [kept], given.source.length);
      return {
        ...found,
        attention: new Map([...found.attention].map(([layer, tensor]) => [layer, spread(tensor, 3)])),
        queryKeyValue: new Map([...found.queryKeyValue].map(([layer, { query, key, value }]) => [layer, { query, key: spread(key, 2), value: spread(value, 2) }])),
      };
    },
  };
}
