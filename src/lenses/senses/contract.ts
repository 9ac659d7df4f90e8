import type { ModelSubject, Target } from '../model';
import type { Prediction } from '../predictions/contract';
import type { PartOfSpeech } from './lemmas';

/** One occurrence of the word: a sentence and the word's place in it. */
export interface OccurrenceInContext {
  readonly sentence: string;
  /** UTF-16 range of the word within `sentence`. */
  readonly start: number;
  readonly end: number;
}

export interface SensesRequest extends Target {
  readonly word: string;
  readonly occurrences: readonly OccurrenceInContext[];
  /** Index of the occurrence under the cursor; its substitutes are part of the answer. */
  readonly current?: number;
  /** Substitutes wanted. */
  readonly top: number;
  /**
   * Milliseconds that reading may take, with `current`: occurrences for which there is no time are left out, those farthest
   * from the current one first. The current one is read however long it takes.
   */
  readonly within?: number;
}

/** A point of the map, from −1 to 1 in both directions. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
}

export interface SenseOccurrence extends MapPoint {
  /** Index into `senses`. */
  readonly sense: number;
  /** The same occurrence by its embedding-layer vector, on the same axes and scale. */
  readonly static: MapPoint;
}

/** A sense as WordNet describes it. */
export interface NamedSense {
  readonly lemma: string;
  readonly partOfSpeech: PartOfSpeech;
  readonly gloss: string;
  /** Other words for it. */
  readonly synonyms: readonly string[];
  readonly probability: number;
}

/** What an occurrence, or a group of them, most likely means. */
export interface SenseName {
  /** Most probable first, at most three, none below 1 %. */
  readonly senses: readonly NamedSense[];
  /** Probability that it is none of the senses listed for the word. */
  readonly unlisted: number;
  /** How many more senses WordNet lists of which the dictionary knows nothing. */
  readonly omitted: number;
  /** Whether the first one is clearly the most probable, the more so the more are omitted; never where it is the only one known of several. */
  readonly clear: boolean;
}

export interface SenseGroup {
  /** How many occurrences it holds. */
  readonly size: number;
  /** What it means on the mean over its occurrences; null as in `Senses.names`. */
  readonly name: SenseName | null;
  /** Words that the model would put in the place of this group's occurrences, most typical of the group first. */
  readonly substitutes: readonly string[];
}

/** Occurrences of a word, grouped by what it means there. */
export interface Senses extends ModelSubject {
  readonly word: string;
  /** In the order of the request; null for an occurrence that the model cannot read, or that there was no time for. */
  readonly occurrences: readonly (SenseOccurrence | null)[];
  /** Occurrences that there was no time for. */
  readonly left: number;
  /** Largest group first. */
  readonly senses: readonly SenseGroup[];
  /** What each occurrence means by itself; null where the model has no sense dictionary, which does not list the word, or the occurrence cannot be read. */
  readonly names: readonly (SenseName | null)[];
  /** `[occurrence, occurrence]` probability that two occurrences mean the same; NaN where one cannot be read. */
  readonly sameSense: Float32Array;
  /** Mean cosine between occurrences, by the last layer and by the embedding layer; null where no such pair exists. */
  readonly cosine: {
    readonly contextual: { readonly within: number | null; readonly between: number | null };
    readonly static: { readonly within: number | null; readonly between: number | null };
  };
  /** What else the model would write at the current occurrence; null without one, or without a masked-language head. */
  readonly substitutes: readonly Prediction[] | null;
  /** Whether the same-sense probability was fitted for this very model. */
  readonly calibrated: boolean;
}
