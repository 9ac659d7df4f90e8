import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import { builtInFigures } from '../builtInFigures';
import type { Compute, ComputeContext } from '../compute';
import type { ModelInput } from '../model';
import { readText, requireText } from '../readText';
import type { Classification, ClassificationRequest, HeldOutTexts } from './contract';
import { greatest, probabilitiesOf } from './outcome';
import { type Classifier, requireClassifier } from './requireClassifier';

/** Which class a text, or a pair of texts, is of. */
export const classify: Compute<'classification/classify'> = async (request, context) => {
  const read = readToClassify(request, context);
  const [logits] = await classLogits([{ tokens: read.tokens }], context);
  return describeClasses(logits!, read, context);
};

/** What is read of the text, and by which classifier. @throws HeadlightError `no-classifier`; as `readText` */
export function readToClassify({ text, pair, focus }: ClassificationRequest, { model }: ComputeContext): Pick<Classification, 'tokens' | 'windowed'> & { readonly model: Classifier } {
  const classifier = requireClassifier(model.info);
  if (pair !== undefined) requireText(pair, 'The second text');
  return { model: classifier, ...readText(model, { text, pair, focus }) };
}

export async function describeClasses(
  logits: Float32Array,
  read: { readonly model: Classifier; readonly tokens: readonly Token[]; readonly windowed: Classification['windowed'] },
  { model }: ComputeContext,
): Promise<Classification> {
  return { ...read, label: greatest(logits), logits, probabilities: probabilitiesOf(logits, read.model.problemType), heldOut: await heldOut(model) };
}

/**
 * Logits of the classes `[class]` of each row, all rows in one run.
 * @throws HeadlightError `run-failed` where what comes out is no number; as `TransformerModel.run`
 */
export async function classLogits(rows: readonly ModelInput[], { model, signal }: ComputeContext): Promise<Float32Array[]> {
  const { classes } = await model.run(rows, { classes: true }, signal);
  return rowsOf(classes!, model.info);
}

/** Rows of `[batch, class]`. @throws HeadlightError `model-broken`, `run-failed` */
export function rowsOf({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }, info: ComputeContext['model']['info']): Float32Array[] {
  const [count, size] = dims as readonly [number, number];
  if (dims.length !== 2 || size !== info.labels?.length) {
    throw new HeadlightError('model-broken', `${info.name} states ${info.labels?.length ?? 0} classes and gives numbers of shape ${dims.join(' × ')}. Copy the config.json that it was trained with.`);
  }
  if (data.some(Number.isNaN)) {
    throw new HeadlightError('run-failed', `${info.name} answers this text with no number (NaN). Choose another device, or the model with weights in fp32.`);
  }
  return Array.from({ length: count }, (_, row) => data.slice(row * size, (row + 1) * size));
}

async function heldOut(model: ComputeContext['model']): Promise<HeldOutTexts | null> {
  const { sentiment_accuracy: accuracy } = await builtInFigures(model);
  return typeof accuracy === 'number' ? { accuracy } : null;
}
