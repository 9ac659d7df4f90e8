import { principalPlane } from '../../math/pca';
import { turnTowards } from '../../math/procrustes';
import type { MapPoint } from './contract';

/** Maps of the same occurrences by each hidden state. */
export interface LayerMaps {
  /** `[state][occurrence]` */
  readonly points: readonly (readonly MapPoint[])[];
  /** What lengths are multiplied by in all of them. */
  readonly scale: number;
  /** Where the map of a state has any other unit vector; beyond ±1 where it lies farther out than the occurrences. */
  readonly place: (state: number, vector: Float32Array) => MapPoint;
}

/**
 * Principal-component maps of unit vectors, state by state. The farthest point of all lies at 1, so that the maps can be
 * compared; each is turned towards the one after it, so that points take the shortest way from one to the next.
 * @param byState `[state][occurrence][hidden]`
 */
export function layerMaps(byState: readonly (readonly Float32Array[])[]): LayerMaps {
  const planes = byState.map(principalPlane);
  const maps = planes.map(({ coordinates }) => coordinates);
  const turns = maps.map(() => (point: readonly [number, number]): [number, number] => [...point]);
  for (let state = maps.length - 2; state >= 0; state--) {
    turns[state] = turnTowards(maps[state]!, maps[state + 1]!);
    maps[state] = maps[state]!.map(turns[state]!);
  }
  const reach = Math.max(...maps.flat(2).map(Math.abs), 0);
  const scale = reach === 0 ? 1 : 1 / reach;
  const scaled = ([x, y]: readonly [number, number]): MapPoint => ({ x: x * scale, y: y * scale });
  return {
    points: maps.map((points) => points.map(scaled)),
    scale,
    place: (state, vector) => scaled(turns[state]!(planes[state]!.project(vector))),
  };
}
