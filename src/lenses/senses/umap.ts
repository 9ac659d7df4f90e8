import { HeadlightError } from '../../errors';
import { principalPlane } from '../../math/pca';
import { turnTowards } from '../../math/procrustes';
import { umapCoordinates } from '../../math/umap';
import { unit } from '../../math/vector';
import type { Compute, ComputeContext } from '../compute';
import { stateVectors } from '../stateVectors';
import type { MapPoint, OccurrenceInContext } from './contract';
import { evidenceOf } from './map';
import { probeOccurrences } from './probes';
import { sameSenseOf } from './sameSenseFile';
import { fewestForUmap } from './umapContract';

/** Occurrences and further words on one map by UMAP, turned as the principal-component map of the same vectors is. */
export const senseUmap: Compute<'senses/umap'> = async ({ occurrences, words, state }, context) => {
  const { model, signal } = context;
  const all = [...occurrences, ...words.flat()];
  const vectors = await vectorsOf(all, state, context);
  const read = [...all.keys()].filter((index) => vectors[index]);
  if (read.length < fewestForUmap) {
    throw new HeadlightError('out-of-range', `UMAP needs at least ${fewestForUmap} points, and there are ${read.length}. Use PCA, or add words.`);
  }
  const units = read.map((index) => vectors[index]!);
  const pause = async (): Promise<void> => {
    await new Promise((resume) => setTimeout(resume));
    if (signal.aborted) throw new HeadlightError('cancelled', 'The request was cancelled.');
  };
  const found = await umapCoordinates(units, pause);
  const turned = found.map(turnTowards(found, principalPlane(units).coordinates));
  const reach = Math.max(...turned.flat().map(Math.abs));
  const points: (MapPoint | null)[] = all.map(() => null);
  read.forEach((index, at) => {
    const [x, y] = turned[at]!;
    points[index] = { x: x / reach, y: y / reach };
  });
  let from = occurrences.length;
  return {
    model: model.info,
    state,
    points: points.slice(0, from),
    words: words.map((own) => points.slice(from, (from += own.length))),
  };
};

async function vectorsOf(occurrences: readonly OccurrenceInContext[], state: number | null, context: ComputeContext): Promise<(Float32Array | null)[]> {
  if (state === null) {
    const probed = await probeOccurrences(occurrences, await sameSenseOf(context.model), context);
    return probed.map((one) => one && evidenceOf(one));
  }
  const { layers } = context.model.info;
  if (!Number.isInteger(state) || state < 0 || state > layers) {
    throw new HeadlightError('out-of-range', `There is no hidden state ${state}: this model has states 0 to ${layers}. Choose one of them.`);
  }
  return (await stateVectors(occurrences, context)).map((states) => states && unit(states[state]!));
}
