import { HeadlightError } from '../../errors';
import { batchesByLength } from '../batches';
import type { Compute } from '../compute';
import { readWindow } from '../readText';
import { classLogits } from './compute';
import { requireClassifier } from './requireClassifier';

/** Texts of one call. */
export const mostLines = 100_000;
/** Texts whose tokens are held at a time; those of like length go through the model together. */
const linesAtOnce = 1024;

/** Classifies many texts, each by itself. */
export const classifyLines: Compute<'classification/lines'> = async ({ texts }, context) => {
  const { model, progress } = context;
  const { labels } = requireClassifier(model.info);
  if (texts.length > mostLines) {
    const number = new Intl.NumberFormat('en');
    throw new HeadlightError('text-too-long', `These are ${number.format(texts.length)} lines, more than ${number.format(mostLines)} at a time. Classify them in parts.`);
  }
  const logits = new Float32Array(texts.length * labels.length).fill(NaN);
  const cut: number[] = [];
  let done = 0;
  for (let from = 0; from < texts.length; from += linesAtOnce) {
    const some = texts.slice(from, from + linesAtOnce).flatMap((text, at) => (text.trim() === '' ? [] : [{ line: from + at, ...readWindow(model, { text }) }]));
    done += Math.min(linesAtOnce, texts.length - from) - some.length;
    for (const { line, windowed } of some) if (windowed) cut.push(line);
    for (const batch of batchesByLength(some)) {
      progress({ message: 'Classifying lines', done, total: texts.length });
      const rows = await classLogits(batch.map((index) => ({ tokens: some[index]!.tokens })), context);
      batch.forEach((index, row) => { logits.set(rows[row]!, some[index]!.line * labels.length); });
      done += batch.length;
    }
  }
  return { model: model.info, logits, cut };
};
