import { HeadlightError } from '../../errors';
import { dot, unit } from '../../math/vector';
import type { Compute } from '../compute';
import { stateVectors } from '../stateVectors';
import { layerMaps } from './layerMaps';
import { requireSenses } from './layers';
import { evidenceOf, mapOf } from './map';
import { probeOccurrences } from './probes';
import { sameSenseOf } from './sameSenseFile';
import type { MapPoint } from './contract';
import type { WordPlace } from './wordsContract';

/** Most occurrences of further words that are read at once. */
const mostOccurrences = 500;

/**
 * Where further words fall among the senses of a word. Their vectors are laid onto the maps of the occurrences, which
 * stay as they are without them: axes fitted to all would mostly tell the words apart, not the senses.
 */
export const senseWords: Compute<'senses/words'> = async ({ occurrences, senses, words }, context) => {
  const { model } = context;
  requireSenses(occurrences, senses);
  const further = words.flat();
  if (further.length > mostOccurrences) {
    throw new HeadlightError('text-too-long', `${further.length} occurrences of further words are too many: at most ${mostOccurrences} are read. Take away some words.`);
  }
  const count = senses.reduce((most: number, sense) => Math.max(most, (sense ?? -1) + 1), 0);
  const plan = await sameSenseOf(model);
  const probed = await probeOccurrences([...occurrences, ...further], plan, context);
  const vectors = await stateVectors([...occurrences, ...further], context);
  const read = [...occurrences.keys()].filter((index) => vectors[index] && probed[index] && senses[index] != null);
  const groupOf = read.map((index) => senses[index]!);

  const evidence = mapOf(probed.slice(0, occurrences.length).filter((one) => one !== null));
  const evidenceUnits = read.map((index) => evidenceOf(probed[index]!));
  const byState = Array.from({ length: model.info.layers + 1 }, (_, state) => read.map((index) => unit(vectors[index]![state]!)));
  const maps = layerMaps(byState);

  let from = occurrences.length;
  const placed = words.map((own) => {
    const indexes = own.map((_, at) => from + at);
    from += own.length;
    const probes = indexes.map((index) => probed[index] ?? null);
    return {
      evidence: {
        points: probes.map((one) => one && evidence.place(one)),
        cosines: meanCosines(probes.flatMap((one) => (one ? [evidenceOf(one)] : [])), evidenceUnits, groupOf, count),
      },
      states: byState.map((units, state): WordPlace => {
        const own = indexes.map((index) => (vectors[index] ? unit(vectors[index][state]!) : null));
        return {
          points: own.map((vector): MapPoint | null => vector && maps.place(state, vector)),
          cosines: meanCosines(own.filter((vector) => vector !== null), units, groupOf, count),
        };
      }),
    };
  });
  return { model: model.info, words: placed };
};

/** `[group]`: mean cosine of pairs of one unit vector of `own` and one of the group; null where there is no such pair. */
function meanCosines(own: readonly Float32Array[], units: readonly Float32Array[], groupOf: readonly number[], groups: number): (number | null)[] {
  return Array.from({ length: groups }, (_, group) => {
    const members = units.filter((_, at) => groupOf[at] === group);
    const pairs = own.flatMap((vector) => members.map((member) => dot(vector, member)));
    return pairs.length === 0 ? null : pairs.reduce((sum, cosine) => sum + cosine, 0) / pairs.length;
  });
}
