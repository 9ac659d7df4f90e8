import { HeadlightError } from '../../errors';
import { principalCoordinates } from '../../math/pca';
import { turnedTowards } from '../../math/procrustes';
import { silhouette } from '../../math/silhouette';
import { unit } from '../../math/vector';
import type { Compute } from '../compute';
import { wordVectors } from '../wordVectors';
import type { MapPoint } from './contract';
import { groupCosines } from './cosines';
import type { SenseLayer } from './layersContract';

/** A word's occurrences by each hidden state: their map, and how far apart the given senses lie. */
export const senseLayers: Compute<'senses/layers'> = async ({ occurrences, senses }, context) => {
  const { model } = context;
  if (senses.length !== occurrences.length) {
    throw new HeadlightError('out-of-range', `${occurrences.length} occurrences come with ${senses.length} senses. Give one for each.`);
  }
  const vectors = await wordVectors(occurrences, Array.from({ length: model.info.layers + 1 }, (_, state) => state), context);
  const read = [...occurrences.keys()].filter((index) => vectors[index] && senses[index] != null);
  const groupOf = read.map((index) => senses[index]!);
  const byState = Array.from({ length: model.info.layers + 1 }, (_, state) => read.map((index) => unit(vectors[index]![state]!)));
  const maps = mapsOf(byState);
  return {
    model: model.info,
    states: byState.map((units, state): SenseLayer => {
      const points: (MapPoint | null)[] = occurrences.map(() => null);
      read.forEach((index, at) => { points[index] = maps[state]![at]!; });
      return { points, silhouette: silhouette(units, groupOf), ...groupCosines(units, groupOf) };
    }),
  };
};

/**
 * Principal-component maps of unit vectors, state by state. The farthest point of all lies at 1, so that the maps can be
 * compared; each is turned towards the one after it, so that points take the shortest way from one to the next.
 */
function mapsOf(byState: readonly (readonly Float32Array[])[]): MapPoint[][] {
  const maps = byState.map(principalCoordinates);
  for (let state = maps.length - 2; state >= 0; state--) maps[state] = turnedTowards(maps[state]!, maps[state + 1]!);
  const reach = Math.max(...maps.flat(2).map(Math.abs), 0);
  const scale = reach === 0 ? 1 : 1 / reach;
  return maps.map((points) => points.map(([x, y]) => ({ x: x * scale, y: y * scale })));
}
