import type { ModelSubject, Target } from '../model';
import type { MapPoint, OccurrenceInContext } from './contract';

export interface SenseWordsRequest extends Target {
  readonly occurrences: readonly OccurrenceInContext[];
  /** The sense of each, as `senses/group` found it; null for one that belongs to none. */
  readonly senses: readonly (number | null)[];
  /** Further words or phrases, each by its own occurrences. */
  readonly words: readonly (readonly OccurrenceInContext[])[];
}

/** A further word among the occurrences, by one kind of vectors. */
export interface WordPlace {
  /**
   * Of each of its own occurrences, on the axes and scale of the occurrences' map, which were found without it: beyond ±1
   * where it lies farther out. Null for one that the model cannot read.
   */
  readonly points: readonly (MapPoint | null)[];
  /** `[sense]`: mean cosine between its occurrences and those of the sense; null where there is no such pair. */
  readonly cosines: readonly (number | null)[];
}

/** A further word by the evidence that the senses were found by, and by each hidden state, 0 the embedding layer's. */
export interface FurtherWord {
  readonly evidence: WordPlace;
  readonly states: readonly WordPlace[];
}

/** Where any words fall among the senses of another. */
export interface SenseWords extends ModelSubject {
  /** In the order of the request. */
  readonly words: readonly FurtherWord[];
}
