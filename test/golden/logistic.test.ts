import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figuresOf, sayOf } from '../../src/lenses/training/figures';
import { fitLogisticRegression, type LinearHead, type Matrix } from '../../src/math/logisticRegression';
import { columnScale, foldScale, standardized } from '../../src/math/standardize';
import { wilsonInterval } from '../../src/math/wilson';

interface Case {
  readonly name: string;
  readonly columns: number;
  readonly classes: number;
  readonly c: number;
  readonly features: readonly number[];
  readonly targets: readonly number[];
  /** One row for two classes. */
  readonly coefficients: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly said: readonly number[];
  readonly macroF1: number;
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'logistic', 'sklearn.json'), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly intervals: readonly { readonly hits: number; readonly trials: number; readonly interval: readonly [number, number] }[];
};

const matrixOf = ({ columns, features }: Case): Matrix => ({ data: Float32Array.from(features), rows: features.length / columns, columns });
function fit(one: Case, features: Matrix, tolerance = 1e-8): { readonly head: LinearHead; readonly losses: number[] } {
  const fitting = fitLogisticRegression({ features, classes: one.classes, targets: Uint16Array.from(one.targets) }, { c: one.c, tolerance, mostIterations: 5000 });
  const losses: number[] = [];
  for (;;) {
    const { done, value } = fitting.next();
    if (done) return { head: value, losses };
    losses.push(value);
  }
}
const largest = (differences: readonly number[]): number => Math.max(...differences.map(Math.abs));

describe('logistic regression against scikit-learn', () => {
  it('has two, three and five classes', () => {
    expect(new Set(golden.cases.map(({ classes }) => classes))).toEqual(new Set([2, 3, 5]));
  });

  it.each(golden.cases)('$name', (one) => {
    const { columns, classes, coefficients, intercepts, probabilities, said } = one;
    const features = matrixOf(one);
    const { head, losses } = fit(one, features);
    expect(losses.every((loss, at) => at === 0 || loss <= losses[at - 1]!)).toBe(true);
    // Of two classes scikit-learn has one function: what the second's is above the first's.
    const weights = classes === 2 ? [...head.weights.subarray(columns)].map((w, i) => w - head.weights[i]!) : [...head.weights];
    const bias = classes === 2 ? [head.bias[1]! - head.bias[0]!] : [...head.bias];
    expect(largest(weights.map((w, i) => w - coefficients.flat()[i]!))).toBeLessThanOrEqual(1e-3);
    // The functions of several classes may all be moved together.
    const moved = classes === 2 ? 0 : bias.reduce((sum, b, k) => sum + b - intercepts[k]!, 0) / classes;
    expect(largest(bias.map((b, k) => b - moved - intercepts[k]!))).toBeLessThanOrEqual(1e-3);
    const ours = sayOf(head, features);
    expect(largest(probabilities.flat().map((p, i) => p - ours.probabilities[i]!))).toBeLessThanOrEqual(1e-3);
    expect([...ours.said]).toEqual(said);
    expect(figuresOf(ours.said, one.targets, classes, 0).macroF1).toBeCloseTo(one.macroF1, 9);
    // The usual tolerance is as close as is seen.
    expect(largest([...sayOf(fit(one, features, 1e-4).head, features).probabilities].map((p, i) => p - ours.probabilities[i]!))).toBeLessThanOrEqual(1e-2);
  });

  it('folds the scale of columns into the head', () => {
    const one = golden.cases.find(({ name }) => name === 'three classes')!;
    const features = matrixOf(one);
    const scale = columnScale(features);
    const scaled = standardized(features, scale);
    const { head } = fit(one, scaled);
    const [there, here] = [sayOf(head, scaled), sayOf(foldScale(head, scale), features)];
    expect(largest([...there.probabilities].map((p, i) => p - here.probabilities[i]!))).toBeLessThanOrEqual(1e-5);
  });
});

describe('Wilson’s interval against SciPy', () => {
  it.each(golden.intervals)('$hits of $trials', ({ hits, interval, trials }) => {
    wilsonInterval(hits, trials).forEach((end, at) => { expect(end).toBeCloseTo(interval[at]!, 9); });
  });
});
