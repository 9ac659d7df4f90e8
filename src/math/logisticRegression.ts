import { lbfgs } from './lbfgs';

/** Rows of numbers: `[rows, columns]`, row-major. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Rows with the class of each, from 0 to `classes` − 1. */
export interface ClassifiedRows {
  readonly features: Matrix;
  readonly classes: number;
  readonly targets: Uint16Array;
}

/** One linear function a class: `[classes, columns]` and `[classes]`. The softmax of its values is the probability. */
export interface LinearHead {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface LogisticRegressionOptions {
  /** Inverse strength of the L2 penalty, as scikit-learn's `C`. */
  readonly c: number;
  readonly tolerance?: number;
  readonly mostIterations?: number;
}

/**
 * Fits a multinomial logistic regression with an L2 penalty on the weights, not on the bias: the minimum of
 * Σ −log p(target) + ‖W‖² / 2C, over the number of rows, as scikit-learn's `LogisticRegression` has it. Two classes are
 * one function there, whose sign tells them apart, and so they are here. After each iteration the objective is given.
 * @returns the head; fitted as far as the iterations went
 */
export function* fitLogisticRegression(
  { classes, features, targets }: ClassifiedRows,
  { c, mostIterations = 500, tolerance = 1e-4 }: LogisticRegressionOptions,
): Generator<number, LinearHead> {
  const { columns, rows, data } = features;
  const functions = classes === 2 ? 1 : classes;
  const weightCount = functions * columns;
  const penalty = 1 / (c * rows);
  const parameters = new Float64Array(weightCount + functions);
  const scores = new Float64Array(functions);
  /** `[function, row of four]`: what the loss changes by with each value. */
  const residuals = new Float64Array(functions * 4);

  const objective = (x: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let first = 0; first < rows; first += 4) {
      const count = Math.min(4, rows - first);
      residuals.fill(0);
      for (let at = 0; at < count; at++) {
        const row = first + at;
        for (let k = 0; k < functions; k++) scores[k] = x[weightCount + k]! + rowProduct(data, row * columns, x, k * columns, columns);
        loss += functions === 1 ? binaryLoss(scores, targets[row]!) : softmaxLoss(scores, targets[row]!);
        for (let k = 0; k < functions; k++) {
          const residual = scores[k]! / rows;
          gradient[weightCount + k]! += residual;
          residuals[4 * k + at] = residual;
        }
      }
      for (let k = 0; k < functions; k++) addRows(gradient, k * columns, data, first, count, columns, residuals, 4 * k);
    }
    let squares = 0;
    for (let i = 0; i < weightCount; i++) {
      squares += x[i]! ** 2;
      gradient[i]! += penalty * x[i]!;
    }
    return loss / rows + (penalty * squares) / 2;
  };

  yield* lbfgs(objective, parameters, { tolerance, mostIterations });
  return headOf(parameters, functions, columns);
}

/** Loss of one row; `scores` become what the loss changes by with each of them. */
function softmaxLoss(scores: Float64Array, target: number): number {
  let max = -Infinity;
  for (const score of scores) if (score > max) max = score;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - max);
  const loss = max + Math.log(sum) - scores[target]!;
  for (let k = 0; k < scores.length; k++) scores[k] = Math.exp(scores[k]! - max) / sum;
  scores[target]! -= 1;
  return loss;
}

function binaryLoss(scores: Float64Array, target: number): number {
  const score = scores[0]!;
  const signed = target === 1 ? score : -score;
  scores[0] = (score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score))) - target;
  // log(1 + e^−s), stable for large magnitudes.
  return Math.max(0, -signed) + Math.log1p(Math.exp(-Math.abs(signed)));
}

/** Four sums at a time do not wait for each other. */
function rowProduct(data: Float32Array, from: number, x: Float64Array, at: number, columns: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < columns; i += 4) {
    a += data[from + i]! * x[at + i]!;
    b += data[from + i + 1]! * x[at + i + 1]!;
    c += data[from + i + 2]! * x[at + i + 2]!;
    d += data[from + i + 3]! * x[at + i + 3]!;
  }
  for (; i < columns; i++) a += data[from + i]! * x[at + i]!;
  return a + b + (c + d);
}

/** Adds up to four rows, each times its residual: what they are added to is read and written once for all. */
function addRows(gradient: Float64Array, at: number, data: Float32Array, first: number, count: number, columns: number, residuals: Float64Array, of: number): void {
  const [a, b, c, d] = [residuals[of]!, residuals[of + 1]!, residuals[of + 2]!, residuals[of + 3]!];
  // Rows that are not there have the residual 0, and the first row's place.
  const from = first * columns;
  const second = count > 1 ? from + columns : from;
  const third = count > 2 ? from + 2 * columns : from;
  const fourth = count > 3 ? from + 3 * columns : from;
  for (let i = 0; i < columns; i++) gradient[at + i]! += a * data[from + i]! + b * data[second + i]! + (c * data[third + i]! + d * data[fourth + i]!);
}

/** One function that tells two classes apart is half of it for the one and minus half for the other. */
function headOf(parameters: Float64Array, functions: number, columns: number): LinearHead {
  const weights = parameters.subarray(0, functions * columns);
  const bias = parameters.subarray(functions * columns);
  if (functions > 1) return { weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
  const [half, minusHalf] = [Float32Array.from(weights, (w) => w / 2), Float32Array.from(weights, (w) => -w / 2)];
  const both = new Float32Array(2 * columns);
  both.set(minusHalf);
  both.set(half, columns);
  return { weights: both, bias: Float32Array.of(-bias[0]! / 2, bias[0]! / 2) };
}

/** Values of a head's functions for one row, from `offset` on: `[classes]`. */
export function logitsOf({ bias, weights }: LinearHead, data: Float32Array, offset = 0): Float32Array {
  const columns = weights.length / bias.length;
  return bias.map((start, k) => {
    let sum = start;
    for (let i = 0; i < columns; i++) sum += weights[k * columns + i]! * data[offset + i]!;
    return sum;
  });
}
