import type { Tensor } from '../../lenses/model';
import type { WriterInput, WriterOutput, WriterState } from '../../lenses/writer';
import type { WritingRules } from '../../lenses/writing/rules';
import { type Held, takeRows } from '../session/held';
import type { Feeds, OnnxSession } from '../session/onnxSession';
import { beforeRun } from './beforeRun';
import type { ModelWriter } from './modelWriter';
import { maskOf, sourceFeeds, type Sources, sourcesOf } from './sources';

/** What an LSTM remembers, `[layer, row, size]`. */
const states = ['hidden_state', 'cell_state'] as const;
/** What it gets of every word of the source, `[row, source, …]`. */
const ofSource = ['encoder_hidden_states', 'encoder_keys'] as const;
const alignment = 'attention';
const thought = 'thought_vector';

class RecurrentState implements WriterState {
  constructor(
    readonly sources: Sources,
    readonly length: number,
    readonly memory: ReadonlyMap<string, Held>,
    readonly source: ReadonlyMap<string, Held>,
  ) {}

  get rows(): number {
    return this.sources.rows.length;
  }

  take(rows: readonly number[]): RecurrentState {
    const sources = rows.map((row) => this.sources.rows[row]!);
    const same = rows.length === this.rows && sources.every((source, row) => source === this.sources.rows[row]);
    const source = same ? this.source : new Map([...this.source].map(([name, held]) => [name, takeRows(held, rows)]));
    return new RecurrentState({ ...this.sources, rows: sources }, this.length, new Map([...this.memory].map(([name, held]) => [name, takeRows(held, rows, 1)])), source);
  }
}

/** An LSTM encoder and decoder: with the alignment of Bahdanau et al. (2015), or joined by one vector. */
export class RecurrentWriter implements ModelWriter {
  readonly thoughts: ModelWriter['thoughts'];
  /** Whether it attends to the words of its source. */
  readonly aligns: boolean;

  constructor(
    readonly rules: WritingRules,
    readonly vocabulary: number | null,
    private readonly padId: number,
    private readonly encoder: OnnxSession,
    private readonly decoder: OnnxSession,
  ) {
    this.aligns = decoder.outputs.includes(alignment);
    this.thoughts = encoder.outputs.includes(thought) ? (sources, signal) => this.vectors(sources, signal) : null;
  }

  async read(rows: readonly (readonly number[])[], signal: AbortSignal): Promise<RecurrentState> {
    await beforeRun(signal);
    const sources = sourcesOf(rows);
    const source = ofSource.filter((name) => this.decoder.inputs.includes(name));
    const { held } = await this.encoder.runHolding(sourceFeeds(this.encoder.inputs, sources, this.padId), [], [...states, ...source]);
    const some = (names: readonly string[]): Map<string, Held> => new Map(names.map((name) => [name, held.get(name)!]));
    return new RecurrentState(sources, 0, some(states), some(source));
  }

  /** One token at a time, since the decoder aligns anew at each. */
  async write(state: RecurrentState, input: WriterInput, signal: AbortSignal): Promise<WriterOutput & { readonly state: RecurrentState }> {
    const fetches = ['logits', ...(this.aligns && (input.attention ?? true) ? [alignment] : [])];
    const width = input.tokens[0]!.length;
    let { memory } = state;
    let last = new Map<string, Tensor>();
    for (let index = 0; index < width; index++) {
      await beforeRun(signal);
      const feeds: Readonly<Record<string, Feeds[string]>> = {
        input_ids: { dims: [state.rows, 1], values: input.tokens.map((row) => row[index]!) },
        encoder_attention_mask: maskOf(state.sources),
        ...Object.fromEntries([...memory, ...state.source]),
      };
      const needed = Object.fromEntries(this.decoder.inputs.map((name) => [name, feeds[name]!]));
      const { results, held } = await this.decoder.runHolding(needed, fetches, states.map((name) => `present.${name}`));
      memory = new Map(states.map((name) => [name, held.get(`present.${name}`)!]));
      last = results;
    }
    const logits = last.get('logits')!;
    const weights = last.get(alignment);
    return {
      state: new RecurrentState(state.sources, state.length + width, memory, state.source),
      logits: { dims: [state.rows, logits.dims.at(-1)!], data: logits.data },
      selfAttention: null,
      // `[row, 1, source]`: one layer of one head.
      crossAttention: weights ? { dims: [1, state.rows, 1, 1, weights.dims[2]!], data: weights.data } : null,
      lens: null,
    };
  }

  get sessions(): readonly OnnxSession[] {
    return [this.encoder, this.decoder];
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.dispose()));
  }

  private async vectors(sources: readonly (readonly number[])[], signal: AbortSignal): Promise<Tensor> {
    await beforeRun(signal);
    return (await this.encoder.run(sourceFeeds(this.encoder.inputs, sourcesOf(sources), this.padId), [thought])).get(thought)!;
  }
}
