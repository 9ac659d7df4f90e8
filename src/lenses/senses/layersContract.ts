import type { ModelSubject, Target } from '../model';
import type { MapPoint, OccurrenceInContext } from './contract';

export interface SenseLayersRequest extends Target {
  readonly occurrences: readonly OccurrenceInContext[];
  /** The sense of each, as `senses/group` found it; null for one that belongs to none. */
  readonly senses: readonly (number | null)[];
}

/** The word's occurrences by one hidden state of the word alone. */
export interface SenseLayer {
  /** In the order of the request; null for an occurrence without a sense, or that the model cannot read. */
  readonly points: readonly (MapPoint | null)[];
  /** How far apart the senses lie, −1 to 1; null where there are not two senses with an occurrence to spare. */
  readonly silhouette: number | null;
  /** Mean cosine between occurrences of one sense, and of different ones; null where no such pair exists. */
  readonly within: number | null;
  readonly between: number | null;
}

/** How context moves a word's vector apart, layer by layer. */
export interface SenseLayers extends ModelSubject {
  /** By hidden state, 0 the embedding layer's. All maps have one scale, and each is turned towards the one after it. */
  readonly states: readonly SenseLayer[];
  /** Where two unit vectors lie one apart in the plane of their map, their points lie so far apart. */
  readonly scale: number;
}
