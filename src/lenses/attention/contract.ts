import type { Encoding } from '../../text/token';
import type { AttentionKind, Target, TextSubject } from '../model';
import type { ForcedPrefix } from '../writing/contract';

/** The text, or sentence pair, whose attention is wanted. */
export interface AttentionRequest extends Target {
  readonly text: string;
  readonly pair?: string;
  /** UTF-16 offset in `text` that a sliding window is centred on when the text is too long; 0 when absent. */
  readonly focus?: number;
  /** Which stack of attention; the first that the model has where it is not given. */
  readonly part?: AttentionPart;
  /**
   * What an encoder–decoder is looked at writing, for `decoder` and `cross`: a text, to which the stop token is added, or
   * ids as the steps of a translation have them. Where it is not given, the model's own translation, the most probable
   * token each time.
   */
  readonly written?: ForcedPrefix;
}

/**
 * The stacks of attention that a model may have (Vaswani et al. 2017, section 3.2.3):
 * - `encoder`: the text that is read, to itself
 * - `decoder`: the text that is written, to what stands before it; all there is of a decoder stack such as GPT-2
 * - `cross`: the text that is written, to the text that is read
 */
export const attentionParts = ['encoder', 'decoder', 'cross'] as const;
export type AttentionPart = (typeof attentionParts)[number];

/** What maps of attention are about: which tokens look at which. */
export interface AttendedText extends TextSubject {
  readonly part: AttentionPart;
  /** The rows of a map. `tokens` are its columns, the keys: the same tokens, but for `cross` those of the source. */
  readonly queries: Encoding['tokens'];
  /** What is written, where an encoder–decoder is looked at writing it; else null. */
  readonly written: WrittenTokens | null;
}

/**
 * A text that a decoder is looked at writing. Row `i` of both its parts is the place where it has read `inputs[i]` last
 * and finds `writes[i]`: `decoder` names its rows and columns by `inputs`, `cross` its rows by `writes`. All are of
 * segment 1, and their offsets count in `text`.
 */
export interface WrittenTokens {
  readonly text: string;
  /** By the request; otherwise it is the model's own translation. */
  readonly given: boolean;
  /** The start token, and all that is written but its last token. */
  readonly inputs: Encoding['tokens'];
  /** All that is written; the stop token is the last, unless what is written was cut. */
  readonly writes: Encoding['tokens'];
}

/** All heads of all layers at thumbnail size. */
export interface AttentionOverview extends AttendedText {
  readonly layers: number;
  readonly heads: number;
  /** Who may attend to whom in each layer: everybody, each token to those up to itself, or one text to another. */
  readonly kinds: readonly AttentionKind[];
  /** Sides of a thumbnail in cells: the numbers of queries and keys, or less for long texts. */
  readonly rows: number;
  readonly columns: number;
  /**
   * `[layer, head, query cell, key cell]`, each the largest weight in its cell as 0–255 (255 = a weight of 1).
   */
  readonly thumbnails: Uint8Array;
}

/**
 * One map of who attends to whom:
 * - `head`: the probabilities of one head
 * - `layer`: their mean over the heads of a layer; `model`: over all heads of all layers
 * - `rollout`: what reaches a layer's output from each input token when attention and residual connection pass on half
 *   each, through all layers up to this one (Abnar & Zuidema 2020, arXiv:2005.00928)
 * - `norms`: ‖α·f(x)‖ of one head, the length of what each key token adds to the query token, as a share of its row
 *   (Kobayashi et al. 2020, arXiv:2004.10102)
 */
export type AttentionMapKey =
  | { readonly kind: 'head' | 'norms'; readonly layer: number; readonly head: number }
  | { readonly kind: 'layer' | 'rollout'; readonly layer: number }
  | { readonly kind: 'model' };

export interface AttentionMapRequest extends AttentionRequest {
  readonly map: AttentionMapKey;
}

/** One map in full. */
export interface AttentionMap {
  readonly map: AttentionMapKey;
  /** `[query, key]`; each row sums to one. */
  readonly weights: Float32Array;
  /** Where weights were rounded on their way, what they are multiples of. */
  readonly step?: number;
}

/**
 * Numbers that say what kind of head it is. Each is a mean over the query tokens of the text, special tokens left out:
 * - `previousToken`, `nextToken`: weight on the token before or after
 * - `sameToken`: weight on the token itself and on every other with the same id
 * - `firstToken`: weight on the first token of the input ([CLS] for BERT)
 * - `separator`: weight on all other special tokens ([SEP])
 * - `punctuation`: weight on tokens of punctuation alone
 * - `crossSentence`: of a pair, weight on the text tokens of the other sentence
 * - `distance`: Σ weight · |query − key|, in tokens
 * - `entropy`: Shannon entropy of the row over that of an even row over the keys it may attend to, 0–1
 * Those by a key's place from the query's mean nothing where the two are of different texts (cross-attention).
 */
export const headMetricNames = [
  'previousToken', 'nextToken', 'sameToken', 'firstToken', 'separator', 'punctuation', 'crossSentence', 'distance', 'entropy',
] as const;
export type HeadMetricName = (typeof headMetricNames)[number];

/** By metric `[layer, head]`; null where the text has nothing to measure it on. */
export interface HeadMetrics {
  readonly values: Readonly<Record<HeadMetricName, Float32Array | null>>;
}

/** One query token in one head. */
export interface AttentionSumRequest extends AttentionRequest {
  readonly layer: number;
  readonly head: number;
  /** Index of the query token. */
  readonly query: number;
}

/**
 * How one head makes one row of attention and what it brings over, in the numbers of this run:
 * softmax(q·Kᵀ/√d + mask)·V (Vaswani et al. 2017, equation 1).
 */
export interface AttentionSum {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  /** d: length of a query, key or value vector. */
  readonly headSize: number;
  /** `[d]`: q of the query token. */
  readonly queryVector: Float32Array;
  /** `[key, d]` */
  readonly keyVectors: Float32Array;
  /** `[key, d]` */
  readonly valueVectors: Float32Array;
  /** `[key]`: q·k. */
  readonly products: Float32Array;
  /** `[key]`: q·k/√d. */
  readonly scaled: Float32Array;
  /** `[key]`: 1 where the query may look, 0 where the mask forbids it. */
  readonly allowed: Uint8Array;
  /** `[key]`: the model's own weights. */
  readonly weights: Float32Array;
  /** Largest difference of softmax(scaled, where allowed) from `weights`: large for models that add more to their scores. */
  readonly unexplained: number;
  /** `[d]`: Σ weight · v. */
  readonly output: Float32Array;
  /** `[layers + 1]`: ‖x‖ in the residual stream at the query's place, from the embeddings on. */
  readonly residual: Float32Array;
  /** `[hidden]` each: what is added up at the query's place before the first layer; null for parts the model lacks. */
  readonly embeddings: {
    readonly word: Float32Array | null;
    readonly position: Float32Array | null;
    readonly segment: Float32Array | null;
  };
}
