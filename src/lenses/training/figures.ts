import { type LinearHead, logitsOf, type Matrix } from '../../math/logisticRegression';
import { softmax } from '../../math/softmax';
import { wilsonInterval } from '../../math/wilson';
import type { Figures } from './contract';

/** What a head says of some rows. */
export interface Said {
  /** Class of each row that is said to be most probable. */
  readonly said: Uint16Array;
  /** `[row, class]` */
  readonly probabilities: Float32Array;
}

export function sayOf(head: LinearHead, { columns, data, rows }: Matrix): Said {
  const classes = head.bias.length;
  const said = new Uint16Array(rows);
  const probabilities = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const own = softmax(logitsOf(head, data, row * columns));
    probabilities.set(own, row * classes);
    said[row] = own.indexOf(own.reduce((most, p) => Math.max(most, p), 0));
  }
  return { said, probabilities };
}

export function accuracyOf(said: ArrayLike<number>, targets: ArrayLike<number>): number {
  let hits = 0;
  for (let row = 0; row < targets.length; row++) if (said[row] === targets[row]) hits++;
  return hits / targets.length;
}

/** @param mostFrequent the class that is most frequent in training */
export function figuresOf(said: ArrayLike<number>, targets: ArrayLike<number>, classes: number, mostFrequent: number): Figures {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < targets.length; row++) confusion[targets[row]!]![said[row]!]!++;
  const hits = confusion.reduce((sum, row, k) => sum + row[k]!, 0);
  return {
    accuracy: hits / targets.length,
    interval: wilsonInterval(hits, targets.length),
    macroF1: confusion.reduce((sum, _, k) => sum + f1(confusion, k), 0) / classes,
    baseline: confusion[mostFrequent]!.reduce((sum, n) => sum + n, 0) / targets.length,
    confusion,
  };
}

/** Harmonic mean of precision and recall; 0 for a class that is never said. */
function f1(confusion: readonly (readonly number[])[], k: number): number {
  const said = confusion.reduce((sum, row) => sum + row[k]!, 0);
  const there = confusion[k]!.reduce((sum, n) => sum + n, 0);
  return said + there === 0 ? 0 : (2 * confusion[k]![k]!) / (said + there);
}
