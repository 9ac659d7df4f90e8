import type { Target, TextSubject } from '../model';
import type { ForcedPrefix, Greedy, Sampling, Written } from '../writing/contract';

/** A text that a decoder stack (GPT-2) writes on. */
export interface GenerationRequest extends Target {
  /** The prompt. A prompt beyond the window is read from its end, and `windowed` says so. */
  readonly text: string;
  readonly choice: Greedy | Sampling;
  /**
   * Divides the logits of tokens that the text holds already, or multiplies negative ones (Keskar et al., 2019,
   * arXiv:1909.05858); 1, no penalty, where it is not given.
   */
  readonly repetitionPenalty?: number;
  /** Alternatives wanted per step. */
  readonly alternatives: number;
  /** Most tokens to write, the prefix included; 40 where it is not given. One gives the distribution of the next token. */
  readonly maxTokens?: number;
  /** What the continuation begins with, as for a translation: branches from an earlier result. */
  readonly prefix?: ForcedPrefix;
  /** Whether attention is wanted; true where it is not given. */
  readonly attention?: boolean;
  /** Alternatives wanted of every hidden state at every step (logit lens); none where it is not given. */
  readonly lens?: number;
}

/**
 * `tokens` are the prompt's; `firstKeys` their texts. `crossAttention` of the steps is null.
 * Sends `WritingProgress` after each token (`LensProgress.written`).
 * @throws HeadlightError `cannot-write`, `empty-text`
 */
export interface Generation extends TextSubject, Written {
  readonly layers: number;
  readonly heads: number;
  /** Whether keys and values of what was read are kept from step to step, or the text is read anew at each. */
  readonly cached: boolean;
  /** Why the logit lens that was asked for is missing; null otherwise. */
  readonly lensMissing: string | null;
}
