import type { ModelSubject, Target } from '../model';

export interface NearestRequest extends Target {
  readonly word: string;
  /** Words wanted. */
  readonly top: number;
}

export interface NearWord {
  readonly token: string;
  /** −1 to 1 */
  readonly cosine: number;
}

/** Words whose only vector lies nearest to that of a word, for a model that has one vector a word whatever the context. */
export interface NearestWords extends ModelSubject {
  /** Nearest first; null for a word that is not in the model's vocabulary. */
  readonly words: readonly NearWord[] | null;
}
