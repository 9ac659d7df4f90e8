import type { SourceAccess, Target, TextSubject } from '../model';
import type { Beams, ForcedPrefix, Greedy, Sampling, Written } from '../writing/contract';

/** A text written anew by an encoder–decoder (translator, summarizer), with what it looked at while it wrote. */
export interface TranslationRequest extends Target {
  readonly text: string;
  readonly choice: Greedy | Beams | Sampling;
  /** Alternatives wanted per step. */
  readonly alternatives: number;
  /** Whether attention is wanted; true where it is not given. */
  readonly attention?: boolean;
  /** Most tokens to write, the prefix included; where it is not given, twice the source's and ten more, within the window. */
  readonly maxTokens?: number;
  /**
   * What the output begins with. To force alternative `a` at step `n` of an earlier result and go on from there:
   * the ids of its steps 0 to n − 1, and `a.id`.
   */
  readonly prefix?: ForcedPrefix;
}

/**
 * Sends `WritingProgress` after each token (`LensProgress.written`). `tokens` are the source's.
 * @throws HeadlightError `cannot-write` for a model that translates nothing, `empty-text`, `text-too-long`, `out-of-range`
 */
export interface Translation extends TextSubject, Written {
  /** How the decoder gets at the source. */
  readonly looksBy: SourceAccess;
  /** Layers and heads of `crossAttention`; 0 where there is none. */
  readonly crossLayers: number;
  readonly crossHeads: number;
  /** Layers and heads of `selfAttention`; 0 where there is none. */
  readonly selfLayers: number;
  readonly selfHeads: number;
  /** The hypotheses that beam search weighed; null for the other choices, for one beam, and where the prefix left nothing to search. */
  readonly beams: BeamTree | null;
}

/**
 * Every hypothesis that beam search looked at, as a tree of tokens: at each step the best 2 · beams continuations of the
 * hypotheses that were followed. A forced prefix stands before the tree and counts neither for its scores nor lengths.
 */
export interface BeamTree {
  readonly beams: number;
  readonly lengthPenalty: number;
  /** By step, and within a step by score, the best first. */
  readonly nodes: readonly BeamNode[];
  /** Finished hypotheses, the best first: `beams` of them, or fewer; the first is the output. */
  readonly finished: readonly FinishedHypothesis[];
}

export interface BeamNode {
  /** Index of the node that it continues; −1 for the first token. */
  readonly parent: number;
  /** Counted in the whole output. */
  readonly step: number;
  readonly id: number;
  readonly token: string;
  readonly startsWord: boolean;
  /** Of this token, natural logarithm. */
  readonly logProbability: number;
  /** Sum over the hypothesis up to here. */
  readonly score: number;
  /**
   * `followed` into the next step; `finished`, a stop token that made a hypothesis; `pruned`: others were better, or it
   * was a stop token that came too far down.
   */
  readonly fate: 'followed' | 'finished' | 'pruned';
}

export interface FinishedHypothesis {
  /** Index of its last node. */
  readonly node: number;
  readonly output: string;
  /** Sum of log-probabilities over length to the power of the length penalty; what beams are compared by. */
  readonly score: number;
  readonly logProbability: number;
  /** Tokens, the stop token included. */
  readonly length: number;
}

/** How a given translation is scored: each token by what the model gives it after those before it (teacher forcing). */
export interface TranslationScoreRequest extends Target {
  readonly text: string;
  readonly translation: string;
  readonly alternatives: number;
  readonly attention?: boolean;
}

export interface TranslationScore extends TextSubject, Pick<Written, 'output' | 'steps' | 'firstKeys' | 'logProbability'>,
  Pick<Translation, 'looksBy' | 'crossLayers' | 'crossHeads' | 'selfLayers' | 'selfHeads'> {
  /** exp(−mean log-probability of the steps), the stop token included. */
  readonly perplexity: number;
  /** The same as mean −log₂ probability of a step. */
  readonly bitsPerToken: number;
}

/**
 * How much each word of a source moves the one vector that an LSTM without attention makes of it, in place of
 * cross-attention.
 */
export interface InfluenceRequest extends Target {
  readonly text: string;
}

export interface Influence extends TextSubject {
  readonly words: readonly WordInfluence[];
}

export interface WordInfluence {
  /** UTF-16 range in the text. */
  readonly start: number;
  readonly end: number;
  /** Indexes of its tokens. */
  readonly tokens: readonly number[];
  /** 1 − cos(v, v without the word's tokens), 0–2. */
  readonly cosineDistance: number;
  /** ‖v − v without‖ / ‖v‖ */
  readonly distance: number;
}

/** Many texts, with no attention: what `translate --lines` does. */
export interface TranslationLinesRequest extends Target {
  /** Empty ones stay empty. */
  readonly texts: readonly string[];
  readonly choice: Greedy | Beams;
  readonly maxTokens?: number;
}

export interface TranslatedLine {
  readonly output: string;
  /** Sum of log-probabilities. */
  readonly logProbability: number;
  /** True where the limit ended it and not the stop token. */
  readonly cut: boolean;
}

export interface TranslationLines {
  readonly model: TextSubject['model'];
  readonly lines: readonly TranslatedLine[];
}
