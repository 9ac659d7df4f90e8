import type { TextSubject } from '../model';

/**
 * How much of each head's attention goes from one sentence of a pair to the other. Special tokens are left out on both
 * sides, and what is left of each row is renormalised. A token's share is its weight on the other sentence over its
 * weight on both; a head's is the mean over the tokens of the sentence that looks.
 */
export interface Crossing extends TextSubject {
  readonly layers: number;
  readonly heads: number;
  /** `[layer, head]`, 0–1: from the first sentence to the second; NaN where no token of the first looks at words at all. */
  readonly firstToSecond: Float32Array;
  /** `[layer, head]`, 0–1: from the second to the first. */
  readonly secondToFirst: Float32Array;
  /** `[layer, head]`, 0–1: what was left after special tokens, the mean over the tokens of both. Of little, a share says little. */
  readonly onWords: Float32Array;
  /** What attention without a preference would give: the other sentence's part of the tokens of both. */
  readonly even: { readonly firstToSecond: number; readonly secondToFirst: number };
}
