import type { WriterInterventions } from './interventions';
import type { Tensor } from './model';
import type { WritingRules } from './writing/rules';

/**
 * Where a writer stands in some texts that it writes side by side: what it read, and what it keeps of the tokens so far.
 * Never changed: each token leads to a new state, so that several continuations can start from one.
 */
export interface WriterState {
  /** Texts side by side. */
  readonly rows: number;
  /** Tokens of each so far, start tokens included. */
  readonly length: number;
  /** Row `i` of the result goes on from row `rows[i]` of this one. */
  take(rows: readonly number[]): WriterState;
}

/** Tokens that a writer is given. */
export interface WriterInput {
  /** As many for each row: any number at first, then one. */
  readonly tokens: readonly (readonly number[])[];
  /** Whether what the last of them attends to is wanted; true where it is not given. */
  readonly attention?: boolean;
  /** Whether what each hidden state would write after the last token is wanted; of the first row. */
  readonly lens?: boolean;
}

/** What a writer says of what comes after the tokens that it was given. */
export interface WriterOutput {
  readonly state: WriterState;
  /** `[row, vocabulary]` */
  readonly logits: Tensor;
  /** `[layer, row, head, 1, key]`: keys are all tokens so far. Null for none, or where it was not asked for. */
  readonly selfAttention: Tensor | null;
  /** `[layer, row, head, 1, source]` */
  readonly crossAttention: Tensor | null;
  /** `[state, vocabulary]` */
  readonly lens: Tensor | null;
}

/** A source of which tokens were left out. */
export interface SourceRemainder {
  /** Ids of the whole. */
  readonly of: readonly number[];
  /** Of each token that is left, its place there. */
  readonly places: readonly number[];
}

/** The part of a model that writes, token by token. Lenses know it by this contract only; the engine implements it. */
export interface Writer {
  readonly rules: WritingRules;
  /** Entries of the vocabulary that it writes; null where the configuration does not say. */
  readonly vocabulary: number | null;
  /**
   * Starts a text for each source, once these are read; for a decoder stack, sources are empty.
   * @param interventions in every row, for as long as it is written; of models that were opened for it
   * @param remainder of a single source: what is off in a text is off in what is left of it
   * @throws HeadlightError `cancelled` when `signal` is aborted before, as all of these do
   */
  read(sources: readonly (readonly number[])[], signal: AbortSignal, interventions?: WriterInterventions, remainder?: SourceRemainder): Promise<WriterState>;
  write(state: WriterState, input: WriterInput, signal: AbortSignal): Promise<WriterOutput>;
  /** `[source, size]`: the one vector that is all the writer gets of each source; null for a model that gives it more. */
  readonly thoughts: ((sources: readonly (readonly number[])[], signal: AbortSignal) => Promise<Tensor>) | null;
}
