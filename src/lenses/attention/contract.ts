import type { Target, TextSubject } from '../model';

/** The text, or sentence pair, whose attention is wanted. */
export interface AttentionRequest extends Target {
  readonly text: string;
  readonly pair?: string;
  /** UTF-16 offset in `text` that a sliding window is centred on when the text is too long; 0 when absent. */
  readonly focus?: number;
}

/** All heads of all layers at thumbnail size. */
export interface AttentionOverview extends TextSubject {
  readonly layers: number;
  readonly heads: number;
  /** Side of a thumbnail in cells: the number of tokens, or less for long texts. */
  readonly side: number;
  /**
   * `[layer, head, query cell, key cell]`, each the largest weight in its cell as 0–255 (255 = a weight of 1).
   */
  readonly thumbnails: Uint8Array;
}

export interface AttentionHeadRequest extends AttentionRequest {
  readonly layer: number;
  readonly head: number;
}

/** One head in full. */
export interface AttentionHead {
  readonly layer: number;
  readonly head: number;
  /** `[query, key]` probabilities, side = number of tokens; each row sums to one. */
  readonly weights: Float32Array;
}
