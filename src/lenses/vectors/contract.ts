import type { ModelSubject, Target } from '../model';
import type { OccurrenceInContext } from '../senses/contract';

export interface VectorsRequest extends Target {
  /** Hidden state: 0 is the embedding layer, −1 the last layer. */
  readonly layer: number;
  readonly occurrences: readonly OccurrenceInContext[];
}

/** Contextual vectors of words, each the mean of its pieces. */
export interface Vectors extends ModelSubject {
  /** `[hidden]` each, in the order of the request; null where the model cannot read the word. */
  readonly vectors: readonly (Float32Array | null)[];
}
