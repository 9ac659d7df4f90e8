import type { ModelSubject, Target } from '../model';
import type { Prediction } from '../predictions/contract';
import type { TextRange } from '../../text/range';
import type { OccurrenceInContext } from './contract';

export interface OccurrencePairRequest extends Target {
  readonly pair: readonly [OccurrenceInContext, OccurrenceInContext];
  /** Substitutes wanted of each. */
  readonly top: number;
}

/** What a word of the sentence does to the vector, measured by leaving it out. Its range is within the sentence. */
export interface ContextWord extends TextRange {
  /** How far the vector moves without it: 1 − cosine of the last hidden states with it and without. */
  readonly moved: number;
  /** How much more like the other occurrence the vector is without it, as a difference of cosines; negative: less. */
  readonly nearer: number;
}

/** One of the two occurrences. */
export interface ComparedOccurrence {
  /** Words of the sentence, in reading order, but the word itself. */
  readonly context: readonly ContextWord[];
  /** How many words there are: of a long sentence those nearest to the word are left out in turn. */
  readonly words: number;
  /** What else the model would write there; null without a masked-language head. */
  readonly substitutes: readonly Prediction[] | null;
}

/** Two occurrences of a word side by side. */
export interface OccurrencePair extends ModelSubject {
  /** Cosine of the word's two vectors by hidden state, 0 the embedding layer's. */
  readonly cosines: Float32Array;
  readonly sides: readonly [ComparedOccurrence, ComparedOccurrence];
}
