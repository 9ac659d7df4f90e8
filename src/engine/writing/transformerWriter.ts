import type { Interventions, WriterInterventions } from '../../lenses/interventions';
import type { GivenText, Tensor } from '../../lenses/model';
import type { WriterInput, WriterOutput, WriterState } from '../../lenses/writer';
import type { WritingRules } from '../../lenses/writing/rules';
import type { DecoderGraph } from '../../onnx/instrumentDecoder';
import type { Intervened } from '../../onnx/intervene';
import { positionsInput } from '../../onnx/positions';
import { emptyPast, type Held, takeRows } from '../session/held';
import { interventionFeeds } from '../session/interventionFeeds';
import type { Feeds, IntegerFeed, OnnxSession } from '../session/onnxSession';
import { beforeRun } from './beforeRun';
import type { ModelWriter } from './modelWriter';
import { maskOf, sourceFeeds, type Sources, sourcesOf } from './sources';

/** A graph that writes, loaded. */
export interface DecoderPart {
  readonly session: OnnxSession;
  readonly graph: DecoderGraph;
}

export interface TransformerParts {
  /** Null for a decoder stack. */
  readonly encoder: { readonly session: OnnxSession; readonly inputs: readonly string[]; readonly intervened: Intervened | null } | null;
  /** Reads all tokens at once. */
  readonly first: DecoderPart;
  /** Reads one token and what is kept of those before; null where all are read anew each time. */
  readonly following: DecoderPart | null;
}

/** What is kept between tokens. */
class TransformerState implements WriterState {
  constructor(
    /** Tokens by row. */
    readonly ids: readonly (readonly number[])[],
    /** Which source each row is written from; rows of one source share what is kept of it. */
    readonly sources: Sources,
    /** `[row, source, hidden]` of the encoder. */
    readonly encoded: Held | null,
    /** Keys and values `[row, head, token, size]` by the name of the input that takes them; empty before the first run. */
    readonly cache: ReadonlyMap<string, Held>,
    private readonly ofSource: ReadonlySet<string>,
    /** In every row. */
    readonly interventions: WriterInterventions,
  ) {}

  get rows(): number {
    return this.ids.length;
  }

  get length(): number {
    return this.ids[0]!.length;
  }

  take(rows: readonly number[]): TransformerState {
    const sources = rows.map((row) => this.sources.rows[row]!);
    // Beams of one text share its source, so that only what was written moves.
    const sameSources = rows.length === this.rows && sources.every((source, row) => source === this.sources.rows[row]);
    const cache = [...this.cache].map(([name, held]) => [name, sameSources && this.ofSource.has(name) ? held : takeRows(held, rows)] as const);
    const encoded = this.encoded && (sameSources ? this.encoded : takeRows(this.encoded, rows));
    return new TransformerState(rows.map((row) => this.ids[row]!), { ...this.sources, rows: sources }, encoded, new Map(cache), this.ofSource, this.interventions);
  }

  after(tokens: readonly (readonly number[])[], cache: ReadonlyMap<string, Held>): TransformerState {
    const ids = this.ids.map((row, index) => [...row, ...tokens[index]!]);
    return new TransformerState(ids, this.sources, this.encoded, cache, this.ofSource, this.interventions);
  }
}

/** Output of an encoder that a decoder attends to. */
const encoded = 'last_hidden_state';

/** A transformer's decoder: keys and values of what was written grow in a cache, those of the source stay. */
export class TransformerWriter implements ModelWriter {
  readonly thoughts = null;
  private readonly ofSource: ReadonlySet<string>;

  constructor(
    readonly rules: WritingRules,
    readonly vocabulary: number | null,
    private readonly padId: number,
    private readonly parts: TransformerParts,
    /** The session of the part that reads, which is not disposed of here. */
    private readonly shared: OnnxSession,
  ) {
    this.ofSource = new Set((parts.following?.graph.past ?? []).filter((past) => past.ofSource).map(({ name }) => name));
  }

  async read(rows: readonly (readonly number[])[], signal: AbortSignal, interventions: WriterInterventions = {}): Promise<TransformerState> {
    await beforeRun(signal);
    const sources = sourcesOf(rows);
    const { encoder } = this.parts;
    const own = interventions.source ?? {};
    const changes = encoder?.intervened ? interventionFeeds(encoder.intervened, { rows: rows.map(() => own), tokens: sources.width, before: 0 }) : {};
    const held = encoder && (await encoder.session.runHolding({ ...sourceFeeds(encoder.inputs, sources, this.padId), ...changes }, [], [encoded])).held.get(encoded)!;
    return new TransformerState(rows.map(() => []), sources, held, new Map(), this.ofSource, interventions);
  }

  async write(state: TransformerState, input: WriterInput, signal: AbortSignal): Promise<WriterOutput> {
    await beforeRun(signal);
    const { first, following } = this.parts;
    const isKept = state.length > 0 && following !== null;
    const { session, graph } = isKept ? following : first;
    const fed = isKept ? input.tokens : state.after(input.tokens, state.cache).ids;
    const places = placesOf(graph, fed.length, fed[0]!.length, input.lens ?? false);
    const [self, cross] = (input.attention ?? true) ? [graph.lastSelf, graph.lastCross] : [null, null];
    const hold = following === null ? [] : following.graph.past.map(({ name }) => presentName(name)).filter((name) => graph.present.includes(name));
    const { results, held } = await session.runHolding(
      this.feeds(graph, state, fed, isKept, places),
      [graph.logits.name, self, cross].filter((name) => name !== null),
      // Once the source's are kept, the graph for further tokens may hand on empty ones in their place.
      isKept ? hold.filter((name) => !this.ofSource.has(pastName(name))) : hold,
    );
    const cache = new Map(state.cache);
    for (const [name, value] of held) cache.set(pastName(name), value);
    const logits = results.get(graph.logits.name)!;
    return {
      state: state.after(input.tokens, cache),
      ...logitsOf(graph, logits, fed.length),
      selfAttention: self === null ? null : results.get(self)!,
      crossAttention: cross === null ? null : results.get(cross)!,
    };
  }

  /** Values of the graph that reads all tokens at once, over a text that is given whole. */
  async over({ source, inputs, interventions }: GivenText, fetches: readonly string[], signal: AbortSignal): Promise<Map<string, Tensor>> {
    const state = await this.read([source], signal, interventions);
    await beforeRun(signal);
    const { graph, session } = this.parts.first;
    return session.run(this.feeds(graph, state, [inputs], false, placesOf(graph, 1, inputs.length, false)), fetches);
  }

  get sessions(): readonly OnnxSession[] {
    const { encoder, first, following } = this.parts;
    return [...new Set([encoder, first, following].flatMap((part) => (part ? [part.session] : [])))];
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sessions.filter((session) => session !== this.shared).map((session) => session.dispose()));
  }

  private feeds(graph: DecoderGraph, state: TransformerState, fed: readonly (readonly number[])[], isKept: boolean, places: IntegerFeed): Feeds {
    const [rows, width] = [fed.length, fed[0]!.length];
    const before = isKept ? state.length : 0;
    const grid = (valueAt: (row: number, index: number) => number, columns = width): IntegerFeed => ({
      dims: [rows, columns],
      values: Array.from({ length: rows * columns }, (_, at) => valueAt(Math.floor(at / columns), at % columns)),
    });
    const known: Record<string, () => IntegerFeed | Held> = {
      input_ids: () => grid((row, index) => fed[row]![index]!),
      attention_mask: () => grid(() => 1, before + width),
      decoder_attention_mask: () => grid(() => 1, before + width),
      position_ids: () => grid((_, index) => before + index),
      encoder_attention_mask: () => maskOf(state.sources),
      encoder_hidden_states: () => state.encoded!,
      [positionsInput]: () => places,
    };
    for (const past of graph.past) known[past.name] = () => (isKept ? state.cache.get(past.name)! : emptyPast(past, rows));
    const feeds = Object.fromEntries(graph.inputs.map((name) => [name, known[name]!()]));
    return { ...feeds, ...this.changes(graph, state, { rows, tokens: width, before }) };
  }

  private changes({ intervened }: DecoderGraph, { interventions: { cross = {}, decoder = {} }, sources }: TransformerState, run: { rows: number; tokens: number; before: number }): Feeds {
    if (!intervened) return {};
    const every = (one: Interventions): Interventions[] => Array.from({ length: run.rows }, () => one);
    return interventionFeeds(intervened, { ...run, rows: every(decoder) }, { rows: every(cross), keys: sources.width });
  }
}

/** Inputs of a decoder's graph that cannot be filled. */
export function unknownDecoderInputs({ inputs, past }: Pick<DecoderGraph, 'inputs' | 'past'>): string[] {
  const known = new Set([
    'input_ids', 'attention_mask', 'decoder_attention_mask', 'position_ids', 'encoder_attention_mask', 'encoder_hidden_states',
    positionsInput, ...past.map(({ name }) => name),
  ]);
  return inputs.filter((name) => !known.has(name));
}

function pastName(present: string): string {
  return present.replace(/^present\./, 'past_key_values.');
}

function presentName(past: string): string {
  return past.replace(/^past_key_values\./, 'present.');
}

/** Whether one graph hands on all keys and values that another takes. */
export function handsOn(first: Pick<DecoderGraph, 'present'>, following: Pick<DecoderGraph, 'past'>): boolean {
  return following.past.every(({ name }) => first.present.includes(presentName(name)));
}

/** Places whose logits are wanted, as `headlight/positions` counts them: the last of each row, then all states of the first row's. */
function placesOf({ logits, layers }: DecoderGraph, rows: number, width: number, lens: boolean): IntegerFeed {
  const at = (state: number, row: number): number => (state * rows + row) * width + width - 1;
  const values = Array.from({ length: rows }, (_, row) => at(logits.everyState ? layers : 0, row));
  const states = lens && logits.everyState ? Array.from({ length: layers + 1 }, (_, state) => at(state, 0)) : [];
  return { dims: [1, rows + states.length], values: [...values, ...states] };
}

/** `[1, place, vocabulary]`, or `[row, token, vocabulary]` of a graph whose head cannot be asked for places. */
function logitsOf({ logits: { atPositions } }: DecoderGraph, { dims, data }: Tensor, rows: number): Pick<WriterOutput, 'logits' | 'lens'> {
  const [, width, vocabulary] = dims as [number, number, number];
  if (atPositions) {
    const lens = width > rows ? { dims: [width - rows, vocabulary], data: data.subarray(rows * vocabulary) } : null;
    return { logits: { dims: [rows, vocabulary], data: data.subarray(0, rows * vocabulary) }, lens };
  }
  const last = new Float32Array(rows * vocabulary);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * width * vocabulary;
    last.set(data.subarray(end - vocabulary, end), row * vocabulary);
  }
  return { logits: { dims: [rows, vocabulary], data: last }, lens: null };
}
