/**
 * What models that write say of each token that they write: translators (encoder and decoder) and decoder stacks alike.
 * A step is one token. Steps count from 0; the stop token, where the model wrote it, is a step too.
 */

/** A vocabulary entry that could have been written. */
export interface Alternative {
  readonly id: number;
  /** The vocabulary entry as a reader would write it; continues the word before it where `startsWord` is false. */
  readonly token: string;
  readonly startsWord: boolean;
  /** Softmax over the whole vocabulary, 0–1, before temperature, top-k, top-p and penalties. */
  readonly probability: number;
}

/** A vocabulary entry with what penalties, temperature, top-k and top-p make of its probability. */
export interface Chance extends Alternative {
  /** Probability with which it would be drawn, 0–1; 0 where these leave it out. */
  readonly chance: number;
}

/** What the next token is chosen from: the model's distribution after its rules, penalties, temperature, top-k and top-p. */
export interface ChosenFrom {
  /**
   * The most probable entries by the model alone, the first first, as many as were asked for; behind them those that are
   * so only by their chance, and the token that was written.
   */
  readonly chances: readonly Chance[];
  /** How many entries can be drawn at all. */
  readonly drawable: number;
  /** Of the chances, in bits. */
  readonly entropy: number;
}

/** One token that was written. */
export interface WrittenStep extends Alternative {
  /** UTF-16 range in the whole output; empty for the stop token and other tokens that stand for no text. */
  readonly start: number;
  readonly end: number;
  /** Not part of the output: stop token, language code, padding. */
  readonly special: boolean;
  /** Natural logarithm of `probability`, which may be too small for it. */
  readonly logProbability: number;
  /** Place among all vocabulary entries, from 1. */
  readonly rank: number;
  /** Probability with which sampling drew it, after temperature, top-k, top-p and penalties; null unless it was drawn. */
  readonly drawnWith: number | null;
  /** Given by the request (forced prefix, teacher forcing) or by the model's configuration, and not chosen. */
  readonly forced: boolean;
  /** Of the whole distribution, in bits. */
  readonly entropy: number;
  /** The most probable vocabulary entries at this step, the first first; as many as were asked for. */
  readonly alternatives: readonly Alternative[];
  /** What it was chosen from; only where a text is written on. */
  readonly chosenFrom?: ChosenFrom;
  /**
   * Who looks at what while this token is found, `[layer, head, key]`. The keys are all tokens before it: the model's
   * start tokens or the prompt first (`firstKeys` of the result), then those of the steps before. Rows sum to one.
   * Null where it was not asked for or there is none (LSTM).
   */
  readonly selfAttention: Float32Array | null;
  /**
   * The same for the tokens of the source, `[layer, head, source]`: its tokens in order, special ones included. One
   * layer of one head for an LSTM with alignment. Null for a model without.
   */
  readonly crossAttention: Float32Array | null;
  /** What each hidden state would write here (logit lens); null unless it was asked for and the graph allows it. */
  readonly lens: readonly LensState[] | null;
}

/** What the vocabulary head, made for the last hidden state, says of one hidden state. */
export interface LensState {
  /** The most probable first. */
  readonly alternatives: readonly Alternative[];
  /** Probability and place of the token that was written, as this state has it. */
  readonly probability: number;
  readonly rank: number;
  /** In bits. */
  readonly entropy: number;
}

/** The most probable token each time. */
export interface Greedy {
  readonly kind: 'greedy';
}

/** Several hypotheses side by side, the best of them by log-probability over length. */
export interface Beams {
  readonly kind: 'beams';
  /** How many are followed, at least 1. */
  readonly beams: number;
  /** The exponent of the length; 1 where neither this nor the model's configuration says otherwise. */
  readonly lengthPenalty?: number;
}

/** A token drawn by its probability. The same seed draws the same. */
export interface Sampling {
  readonly kind: 'sample';
  readonly seed: number;
  /** Divides the logits; above 0, and 1 where it is not given. */
  readonly temperature?: number;
  /** Draws among this many of the most probable only; all where it is not given. */
  readonly topK?: number;
  /** Draws among the most probable that together have at least this probability, above 0 to 1. */
  readonly topP?: number;
}

/** Tokens that the output shall begin with: ids, as `WrittenStep.id` has them, or words. */
export type ForcedPrefix = { readonly ids: readonly number[] } | { readonly text: string };

/**
 * Why the model wrote no further: it wrote its stop token, it reached the number of tokens that was allowed, or its
 * window was full.
 */
export type StopReason = 'stop-token' | 'limit' | 'window';

/** What was written, whole. */
export interface Written {
  /** The text, special tokens left out. */
  readonly output: string;
  readonly steps: readonly WrittenStep[];
  /** Texts of the keys that stand before those of the steps in `selfAttention`: start tokens, or the prompt. */
  readonly firstKeys: readonly string[];
  readonly stopped: StopReason;
  /** The same in words for the reader, or null where the model stopped by itself. */
  readonly stoppedExplanation: string | null;
  /** Most tokens that this call could write, as asked for or by default. */
  readonly maxTokens: number;
  /** Sum of the steps' log-probabilities (natural logarithm), forced ones included. */
  readonly logProbability: number;
}

/**
 * What a call has written so far, sent with its progress after each token; `continued` puts it together. Whoever cancels
 * the call keeps what came until then. With beams it is the best hypothesis so far, which may change from its middle on.
 */
export interface WritingProgress {
  /** How many of the steps that were sent before stay. */
  readonly keep: number;
  /** The steps behind these. */
  readonly steps: readonly WrittenStep[];
  /** The whole output so far. */
  readonly output: string;
}
