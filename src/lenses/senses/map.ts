import { principalCoordinates } from '../../math/pca';
import { concatenate, unit } from '../../math/vector';
import type { MapPoint } from './contract';
import type { ProbedOccurrence } from './probes';

/** Points of each occurrence: by its probes, and by its embedding-layer vector. */
export interface MapOfOccurrences {
  readonly contextual: readonly MapPoint[];
  readonly static: readonly MapPoint[];
}

/**
 * Principal-component maps of the occurrences' probes and of their embedding-layer vectors. Vectors are scaled so that
 * occurrences are unit vectors in both, and both maps are drawn at one scale, at which the contextual one fills −1 to
 * 1: what lies close together in one is as alike as what lies as close in the other.
 */
export function mapOf(occurrences: readonly ProbedOccurrence[]): MapOfOccurrences {
  const contextual = principalCoordinates(occurrences.map(({ vectors }) => unit(concatenate(vectors.map(unit)))));
  const embedded = principalCoordinates(occurrences.map((occurrence) => unit(occurrence.embedded)));
  const reach = Math.max(...contextual.flat().map(Math.abs), 0);
  const scale = reach === 0 ? 1 : 1 / reach;
  const point = ([x, y]: readonly [number, number]): MapPoint => ({ x: clamp(x * scale), y: clamp(y * scale) });
  return { contextual: contextual.map(point), static: embedded.map(point) };
}

function clamp(x: number): number {
  return Math.min(1, Math.max(-1, x));
}
