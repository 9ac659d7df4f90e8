import { principalPlane } from '../../math/pca';
import { concatenate, unit } from '../../math/vector';
import type { MapPoint } from './contract';
import type { ProbedOccurrence } from './probes';

/** Points of each occurrence: by its probes, and by its embedding-layer vector. */
export interface MapOfOccurrences {
  readonly contextual: readonly MapPoint[];
  readonly static: readonly MapPoint[];
  /** Where the map by probes has any other word; beyond ±1 where it lies farther out than the occurrences. */
  readonly place: (other: ProbedOccurrence) => MapPoint;
}

/** All probes of an occurrence as one unit vector. */
export function evidenceOf({ vectors }: ProbedOccurrence): Float32Array {
  return unit(concatenate(vectors.map(unit)));
}

/**
 * Principal-component maps of the occurrences' probes and of their embedding-layer vectors. Vectors are scaled so that
 * occurrences are unit vectors in both, and both maps are drawn at one scale, at which the contextual one fills −1 to
 * 1: what lies close together in one is as alike as what lies as close in the other.
 */
export function mapOf(occurrences: readonly ProbedOccurrence[]): MapOfOccurrences {
  const contextual = principalPlane(occurrences.map(evidenceOf));
  const embedded = principalPlane(occurrences.map((occurrence) => unit(occurrence.embedded)));
  const reach = Math.max(...contextual.coordinates.flat().map(Math.abs), 0);
  const scale = reach === 0 ? 1 : 1 / reach;
  const scaled = ([x, y]: readonly [number, number]): MapPoint => ({ x: x * scale, y: y * scale });
  const point = (coordinates: readonly [number, number]): MapPoint => {
    const { x, y } = scaled(coordinates);
    return { x: clamp(x), y: clamp(y) };
  };
  return {
    contextual: contextual.coordinates.map(point),
    static: embedded.coordinates.map(point),
    place: (other) => scaled(contextual.project(evidenceOf(other))),
  };
}

function clamp(x: number): number {
  return Math.min(1, Math.max(-1, x));
}
