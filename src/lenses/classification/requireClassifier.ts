import { HeadlightError } from '../../errors';
import type { ModelInfo, ProblemType } from '../model';

/** A model that tells classes. */
export type Classifier = ModelInfo & { readonly labels: readonly string[]; readonly problemType: ProblemType };

export function isClassifier(info: ModelInfo): info is Classifier {
  return info.labels !== null && info.problemType !== null;
}

/** @throws HeadlightError `no-classifier` for a model that tells no classes */
export function requireClassifier(info: ModelInfo): Classifier {
  if (isClassifier(info)) return info;
  throw noClassifier(info.name);
}

export function noClassifier(name: string): HeadlightError {
  return new HeadlightError(
    'no-classifier',
    `${name} tells no classes: its file has no output of one number for each class of a text. Choose the built-in encoder, ` +
      'or a model that was exported for text classification (for example AutoModelForSequenceClassification).',
  );
}
