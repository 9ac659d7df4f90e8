import { isAbsolute } from 'node:path';
import { HeadlightError } from '../../errors';
import type { Compute } from '../../lenses/compute';
import type { TrainedClassifier } from '../../lenses/training/contract';
import { train } from '../../lenses/training/train';
import type { OpenKeptVectors } from '../../lenses/training/vectors';
import { saveClassifier } from '../../library/saveClassifier';
import { VectorFile } from './vectorFile';

/** Trains a classifier on the vectors of the model, which are kept for the next time where there is a folder for them. */
export const trainClassifier: Compute<'training/train'> = async (request, context) => {
  const { cache } = request;
  const { fingerprint, info } = context.model;
  const files: VectorFile[] = [];
  const open: OpenKeptVectors = async (space, numbers) => {
    const file = await VectorFile.open(cache!, `${fingerprint} ${info.device} ${space}`, numbers);
    files.push(file);
    return file;
  };
  const trained = await train(request, cache === null ? null : open, context);
  return { ...trained, notKept: files.find(({ problem }) => problem !== null)?.problem ?? null };
};

/** Saves encoder and head as a model of its own. */
export const saveTrained: Compute<'training/save'> = async ({ classifier, folder, model: id }, { model }) => {
  checkClassifier(classifier, model.info);
  await saveClassifier(isAbsolute(id) ? id : model.folder, classifier, folder);
  return { model: model.info, folder };
};

/** What comes back from the panel is looked at before it becomes a model. @throws HeadlightError `out-of-range` */
function checkClassifier({ head: { bias, weights }, labels, state }: TrainedClassifier, info: TrainedClassifier['model']): void {
  const isWhole =
    labels.length >= 2 &&
    new Set(labels).size === labels.length &&
    labels.every((label) => typeof label === 'string') &&
    bias.length === labels.length &&
    weights.length === labels.length * info.hiddenSize &&
    [...weights, ...bias].every(Number.isFinite) &&
    Number.isInteger(state) && state >= 0 && state <= info.layers;
  if (!isWhole) throw new HeadlightError('out-of-range', `This classifier does not fit ${info.name}. Train it anew with this model.`);
}
