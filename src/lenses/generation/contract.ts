import type { ModelInfo, Target, TextSubject } from '../model';
import type { ChosenFrom, ForcedPrefix, Greedy, Sampling, Written } from '../writing/contract';

/** A text that a decoder stack (GPT-2) writes on. */
export interface GenerationRequest extends Target {
  /** The prompt. A prompt beyond the window is read from its end, and `windowed` says so. */
  readonly text: string;
  readonly choice: Greedy | Sampling;
  /**
   * Divides the logits of tokens that the text holds already, or multiplies negative ones (Keskar et al., 2019,
   * arXiv:1909.05858); 1 is none. The model's own where it is not given.
   */
  readonly repetitionPenalty?: number;
  /** Alternatives wanted per step. */
  readonly alternatives: number;
  /** Most tokens to write, the prefix included; 40 where it is not given. One gives the distribution of the next token. */
  readonly maxTokens?: number;
  /** Stops after this many although more are allowed, to come back to what was written: `maxTokens` decides what of a long prompt is read. */
  readonly stopAfter?: number;
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
  /** The one in force. */
  readonly repetitionPenalty: number;
  /** Why the logit lens that was asked for is missing; null otherwise. */
  readonly lensMissing: string | null;
}

/** What would be chosen from behind a prompt and some tokens, in another way than they were written. */
export interface NextTokenRequest extends Omit<GenerationRequest, 'attention' | 'lens' | 'prefix' | 'stopAfter'> {
  /** Tokens behind the prompt, as `WrittenStep.id` has them. */
  readonly after: readonly number[];
  /** A token that is listed in any case. */
  readonly written?: number;
}

/** @throws HeadlightError as `generation/generate` does */
export interface NextToken extends ChosenFrom {
  readonly model: ModelInfo;
}
