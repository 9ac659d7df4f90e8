import { HeadlightError } from '../../errors';
import { silhouette } from '../../math/silhouette';
import { unit } from '../../math/vector';
import type { Compute } from '../compute';
import { stateVectors } from '../stateVectors';
import type { MapPoint } from './contract';
import { groupCosines } from './cosines';
import { layerMaps } from './layerMaps';
import type { SenseLayer } from './layersContract';

/** A word's occurrences by each hidden state: their map, and how far apart the given senses lie. */
export const senseLayers: Compute<'senses/layers'> = async ({ occurrences, senses }, context) => {
  const { model } = context;
  requireSenses(occurrences, senses);
  const vectors = await stateVectors(occurrences, context);
  const read = [...occurrences.keys()].filter((index) => vectors[index] && senses[index] != null);
  const groupOf = read.map((index) => senses[index]!);
  const byState = Array.from({ length: model.info.layers + 1 }, (_, state) => read.map((index) => unit(vectors[index]![state]!)));
  const maps = layerMaps(byState);
  return {
    model: model.info,
    scale: maps.scale,
    states: byState.map((units, state): SenseLayer => {
      const points: (MapPoint | null)[] = occurrences.map(() => null);
      read.forEach((index, at) => { points[index] = maps.points[state]![at]!; });
      return { points, silhouette: silhouette(units, groupOf), ...groupCosines(units, groupOf) };
    }),
  };
};

/** @throws HeadlightError `out-of-range` where there is not one sense for each occurrence */
export function requireSenses(occurrences: readonly unknown[], senses: readonly unknown[]): void {
  if (senses.length === occurrences.length) return;
  throw new HeadlightError('out-of-range', `${occurrences.length} occurrences come with ${senses.length} senses. Give one for each.`);
}
