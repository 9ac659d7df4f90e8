import type { TrainedClassifier, TrainingChoices } from '../../../src/lenses/training/contract';
import { encoderInfo } from '../../support/encoderInfo';
import { hostile } from './subjects';

/** What is minimized, step by step. */
export const losses = Array.from({ length: 30 }, (_, at) => 0.08 + 0.61 * Math.exp(-at / 5));

const few = ['negative', '<b>neutral</b>\u202e', 'positive'];

/** What training on 600 lines of three labels, or of twelve, could come to. */
export function trainedOf({ layer, pooling, seed }: TrainingChoices, manyLabels: boolean): TrainedClassifier {
  const labels = manyLabels ? Array.from({ length: 12 }, (_, at) => `label number ${at}`) : few;
  const confusion = manyLabels
    ? labels.map((_, row) => labels.map((__, column) => (row === column ? 7 + (row % 3) : (row * 5 + column) % 7 === 0 ? 1 : 0)))
    : [[34, 4, 2], [5, 29, 6], [1, 3, 36]];
  const heldOut = confusion.flat().reduce((sum, n) => sum + n, 0);
  const right = confusion.reduce((sum, row, k) => sum + row[k]!, 0);
  return {
    model: encoderInfo,
    name: 'reviews.tsv',
    format: 'tsv',
    labels,
    counts: labels.map(() => 200),
    leftOut: { total: 3, lines: [{ line: 17, reason: 'has no label' }, { line: 40, reason: 'is the same as line 12' }, { line: 88, reason: 'has the text of line 20, with another label' }] },
    cut: 1,
    unknown: 0,
    pooling,
    state: layer === -1 ? encoderInfo.layers : layer,
    seed,
    split: { training: 480, heldOut },
    penalty: { c: 0.01, folds: 5, examples: 480, tried: [{ c: 0.001, loss: 0.5 }, { c: 0.01, loss: 0.41 }, { c: 0.1, loss: 0.52 }] },
    losses,
    figures: { accuracy: right / heldOut, interval: [0.746, 0.883], macroF1: 0.823, baseline: 1 / labels.length, confusion },
    learning: [8, 14, 26, 46, 82, 148, 266, 480].map((examples, at) => ({ examples, accuracies: examples === 480 ? [0.825] : [0.4, 0.45, 0.48, 0.5, 0.42].map((base) => base + 0.055 * at) })),
    states: (['cls', 'mean'] as const).map((own, at) => ({ pooling: own, accuracies: Array.from({ length: encoderInfo.layers + 1 }, (_, index) => (own === 'cls' && index === 0 ? 0.333 : 0.55 + 0.04 * index + 0.05 * at)) })),
    curveExamples: 480,
    wrong: Array.from({ length: 21 }, (_, at) => ({
      line: 10 + at * 7, start: 1000 + at * 50, end: 1040 + at * 50,
      text: at === 0 ? hostile : `Not what I had hoped for, but number ${at} of these was quite all right in the end.`,
      label: at % 3, said: (at + 1 + (at % 2)) % 3, probability: 0.01 + at * 0.015, saidProbability: 0.95 - at * 0.015,
    })),
    wrongTotal: 21,
    remembered: 0,
    notKept: null,
    head: { weights: [1, 2, 3], bias: [0, 0, 0] },
    seconds: { reading: 2.4, training: 1.3 },
  };
}
