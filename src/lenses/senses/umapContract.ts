import type { ModelSubject, Target } from '../model';
import type { MapPoint, OccurrenceInContext } from './contract';

/** Below so many points each is a neighbour of nearly all others, and there are no neighbourhoods to keep. */
export const fewestForUmap = 8;

export interface SenseUmapRequest extends Target {
  readonly occurrences: readonly OccurrenceInContext[];
  /** Further words or phrases, each by its own occurrences; they shape the map as the occurrences do. */
  readonly words: readonly (readonly OccurrenceInContext[])[];
  /** Hidden state of the word's own vectors, 0 the embedding layer's; null for the evidence that senses are found by. */
  readonly state: number | null;
}

/** A map by UMAP: neighbourhoods are kept, distances are not to be read. */
export interface SenseUmap extends ModelSubject {
  /** Of the request, so that late answers can be told apart. */
  readonly state: number | null;
  /** In the order of the request, from −1 to 1; null for what the model cannot read. */
  readonly points: readonly (MapPoint | null)[];
  readonly words: readonly (readonly (MapPoint | null)[])[];
}
