import type { TextRange } from '../../text/range';
import type { AttentionKind, ModelSubject } from '../model';
import type { AttendedText, AttentionMap, AttentionRequest } from './contract';

/** One map with the tokens that it is about: the other side of a comparison. */
export interface TextMap extends AttendedText, AttentionMap {
  readonly kind: AttentionKind;
}

/**
 * What a token can be to the word whose attention is shared out, so that a word's rows can be compared where the words
 * around it differ. Each token of an input is exactly one of these:
 * - `itself`: a piece of the word
 * - `wordBefore`, `wordAfter`: a piece of the neighbouring word; punctuation marks are words
 * - `earlier`, `later`: any other word of the same text, before or after it
 * - `otherText`: a word of the other text of a pair
 * - `start`: a special token before all words ([CLS])
 * - `separator`: any other special token ([SEP])
 */
export const wordRelations = ['itself', 'wordBefore', 'wordAfter', 'earlier', 'later', 'otherText', 'start', 'separator'] as const;
export type WordRelation = (typeof wordRelations)[number];

/** One word where it stands in two texts: how does the model read it in each? By the part that reads only. */
export interface WordComparisonRequest extends Omit<AttentionRequest, 'part' | 'written'> {
  /** The word in `text`. */
  readonly word: TextRange;
  readonly other: { readonly text: string; readonly word: TextRange };
}

export interface WordComparison extends ModelSubject {
  /** `[layers + 1]`: cosine of the word's vectors (mean of its pieces) in both texts, from the embeddings on. */
  readonly cosines: Float32Array;
  /**
   * `[layer, head, relation]` in the text and in the other: the word's attention by relation, in the order of
   * `wordRelations`; sums over key pieces, mean over the word's own pieces. Each profile sums to one.
   */
  readonly profiles: readonly [Float32Array, Float32Array];
  /**
   * `[layer, head]`: Jensen–Shannon divergence of the two profiles, 0–1 bits. The divergence is the one by which Clark
   * et al. 2019 (section 6, arXiv:1906.04341) compare heads; taken over relations because two texts share no tokens.
   */
  readonly distances: Float32Array;
}
