import { basename, resolve } from 'node:path';
import { type Pooling, poolings, type TrainedClassifier } from '../lenses/training/contract';
import { exists } from '../library/files';
import { bar, percent } from './bar';
import { oneOf, text, wholeNumber } from './options';
import type { Output } from './output';
import { FileError, readTextFile } from './textFile';
import type { Verb } from './verb';

const defaultSeed = 1;
const defaultPooling: Pooling = 'mean';

/** `train FILE`: a classifier on top of an encoder that is left as it is. */
export const train: Verb = {
  name: 'train',
  summary: 'a classifier trained on a file of labelled lines',
  usage: 'train FILE [--layer N] [--pooling cls|mean] [--seed N] [--out FOLDER]',
  words: [1, 1],
  options: { layer: { type: 'string' }, pooling: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' } },
  help: `Trains a classifier on FILE (UTF-8): lines of "label<TAB>text", CSV (RFC 4180) with the columns label and text, or
JSONL with {"label": …, "text": …}. The encoder is left as it is: one vector a text comes out of it, and a
multinomial logistic regression is fitted to these. A fifth of the examples of each label is held out, and all
figures are of those; the penalty is chosen by cross-validation on the others.

  --layer N       hidden state to take vectors of: 0 the embeddings, -1 the last layer (default)
  --pooling P     cls: the first token's vector; mean: the mean of all tokens' (default ${defaultPooling})
  --seed N        which examples are held out, and all else that is drawn (default ${defaultSeed})
  --out FOLDER    save encoder and classifier as a model of its own in FOLDER, which must not exist

JSON: {model, name, labels, counts, leftOut: {total, lines: [{line, reason}]}, pooling, state, seed,
       split: {training, heldOut}, penalty: {c, folds, tried: [{c, loss}]}, losses, figures: {accuracy, interval,
       macroF1, baseline, confusion: [label][said]}, learning: [{examples, accuracies}],
       states: [{pooling, accuracies}], wrong: [{line, start, end, text, label, said, probability}], seconds, saved}
"start" and "end" are UTF-16 offsets into the file; "label" and "said" are indexes into "labels"; "saved" is the
folder, or null.`,

  async run({ call, options, output, words: [path] }) {
    const layer = wholeNumber(options, 'layer', -1) ?? -1;
    const seed = wholeNumber(options, 'seed', 0) ?? defaultSeed;
    const pooling = oneOf(options, 'pooling', poolings) ?? defaultPooling;
    const out = text(options, 'out');
    if (out !== undefined && (await exists(resolve(out)))) throw new FileError(`${out} is there already. Give the folder another name.`);
    const classifier = await call('training/train', { name: basename(path!), text: await readTextFile(path!), layer, pooling, seed, cache: null });
    const saved = out === undefined ? null : (await call('training/save', { classifier, folder: resolve(out) })).folder;
    if (output.json) {
      const { model } = classifier;
      await output.writeJson({ ...classifier, model: { id: model.id, name: model.name, device: model.device }, head: undefined, saved });
      return;
    }
    await print(classifier, output);
    if (saved !== null) await output.line(`\nSaved in ${saved}. Use it with --model ${saved}`);
  },
};

async function print({ counts, cut, figures, labels, learning, leftOut, model, penalty, pooling, seconds, split, state, states, unknown, wrong, wrongTotal }: TrainedClassifier, output: Output): Promise<void> {
  const { accuracy, baseline, confusion, interval, macroF1 } = figures;
  await output.line(`${model.name} on ${model.device}, hidden state ${state}, ${pooling === 'cls' ? 'first token' : 'mean of all tokens'}`);
  await output.line(`${split.training} examples to train on, ${split.heldOut} held out: ${labels.map((label, k) => `${label} ${counts[k]!}`).join(', ')}`);
  if (leftOut.total > 0) {
    await output.line(`${leftOut.total} line${leftOut.total === 1 ? '' : 's'} left out:`);
    for (const { line, reason } of leftOut.lines.slice(0, 10)) await output.line(`  line ${line} ${reason}`);
    if (leftOut.total > 10) await output.line(`  and ${leftOut.total - 10} more`);
  }
  if (cut > 0) await output.line(`${cut} texts are longer than ${model.window} tokens: their beginning was read`);
  if (unknown > 0) await output.line(`${unknown} texts hold nothing that the model knows`);
  await output.line(`\non the ${split.heldOut} held-out examples`);
  await output.line(`  accuracy  ${percent(accuracy)} (95 % between ${percent(interval[0])} and ${percent(interval[1])}); always “${labels[mostSaid(counts)]!}” ${percent(baseline)}`);
  await output.line(`  macro-F1  ${macroF1.toFixed(3)}`);
  await output.line(`  penalty   C = ${penalty.c}${penalty.folds > 0 ? `, by ${penalty.folds}-fold cross-validation` : ', as a label has too few examples to choose'}`);
  const width = Math.max(...labels.map((label) => label.length));
  await output.line('\nlabel (row), said to be (column)');
  await output.line(`  ${' '.repeat(width)} ${labels.map((label) => label.slice(0, 12).padStart(12)).join(' ')}`);
  for (const [k, label] of labels.entries()) await output.line(`  ${label.padEnd(width)} ${confusion[k]!.map((n) => String(n).padStart(12)).join(' ')}`);
  await output.line('\naccuracy by number of examples');
  for (const { accuracies, examples } of learning) {
    const mean = accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
    await output.line(`  ${String(examples).padStart(6)} ${bar(mean, 20)} ${percent(mean)}${accuracies.length > 1 ? ` (${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))})` : ''}`);
  }
  if (states.length > 0) {
    await output.line(`\naccuracy by hidden state: ${states.map((curve) => curve.pooling).join(', ')}`);
    for (const at of states[0]!.accuracies.keys()) await output.line(`  ${String(at).padStart(6)} ${states.map((curve) => percent(curve.accuracies[at]!)).join('  ')}`);
  }
  if (wrongTotal > 0) await output.line(`\nmost wrong of ${wrongTotal}`);
  for (const { label, line, probability, said, text: content } of wrong.slice(0, 5)) {
    await output.line(`  line ${line}: ${labels[label]!} (${percent(probability)}), said ${labels[said]!}: ${content.replace(/\s+/g, ' ').slice(0, 100)}`);
  }
  await output.line(`\nread in ${seconds.reading.toFixed(1)} s, trained in ${seconds.training.toFixed(1)} s`);
}

function mostSaid(counts: readonly number[]): number {
  return counts.indexOf(Math.max(...counts));
}
