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

/** Rows that are taken together. */
const block = 8;

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
  const { columns, rows } = features;
  const functions = classes === 2 ? 1 : classes;
  const weightCount = functions * columns;
  const penalty = 1 / (c * rows);
  const parameters = new Float64Array(weightCount + functions);
  const scores = new Float64Array(functions);
  /** `[function, row of a block]`: values, and then what the loss changes by with each. */
  const values = new Float64Array(functions * block);

  const objective = (x: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let first = 0; first < rows; first += block) {
      const count = Math.min(block, rows - first);
      for (let k = 0; k < functions; k++) rowProducts(features, first, x, k * columns, values, k * block);
      for (let at = 0; at < block; at++) {
        for (let k = 0; k < functions; k++) scores[k] = x[weightCount + k]! + values[k * block + at]!;
        if (at < count) loss += functions === 1 ? binaryLoss(scores, targets[first + at]!) : softmaxLoss(scores, targets[first + at]!);
        else scores.fill(0);
        for (let k = 0; k < functions; k++) {
          const residual = scores[k]! / rows;
          gradient[weightCount + k]! += residual;
          values[k * block + at] = residual;
        }
      }
      for (let k = 0; k < functions; k++) addRows(gradient, k * columns, features, first, values, k * block);
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

/** Products of a block's rows with `x`: eight sums at a time do not wait for each other, and read `x` once. */
function rowProducts({ columns, data, rows }: Matrix, first: number, x: Float64Array, at: number, products: Float64Array, to: number): void {
  // Rows that are not there are the last one over again.
  const last = (rows - 1) * columns;
  const r0 = first * columns;
  const r1 = Math.min(r0 + columns, last);
  const r2 = Math.min(r1 + columns, last);
  const r3 = Math.min(r2 + columns, last);
  const r4 = Math.min(r3 + columns, last);
  const r5 = Math.min(r4 + columns, last);
  const r6 = Math.min(r5 + columns, last);
  const r7 = Math.min(r6 + columns, last);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let i = 0; i < columns; i++) {
    const weight = x[at + i]!;
    s0 += data[r0 + i]! * weight;
    s1 += data[r1 + i]! * weight;
    s2 += data[r2 + i]! * weight;
    s3 += data[r3 + i]! * weight;
    s4 += data[r4 + i]! * weight;
    s5 += data[r5 + i]! * weight;
    s6 += data[r6 + i]! * weight;
    s7 += data[r7 + i]! * weight;
  }
  products[to] = s0;
  products[to + 1] = s1;
  products[to + 2] = s2;
  products[to + 3] = s3;
  products[to + 4] = s4;
  products[to + 5] = s5;
  products[to + 6] = s6;
  products[to + 7] = s7;
}

/** Adds a block's rows, each times its residual, four at a time: what they are added to is read and written once for four. */
function addRows(gradient: Float64Array, at: number, { columns, data, rows }: Matrix, first: number, residuals: Float64Array, from: number): void {
  const last = (rows - 1) * columns;
  for (let four = 0; four < block; four += 4) {
    const r0 = Math.min((first + four) * columns, last);
    const r1 = Math.min(r0 + columns, last);
    const r2 = Math.min(r1 + columns, last);
    const r3 = Math.min(r2 + columns, last);
    // Of rows that are not there, the residual is 0.
    const a = residuals[from + four]!;
    const b = residuals[from + four + 1]!;
    const c = residuals[from + four + 2]!;
    const d = residuals[from + four + 3]!;
    for (let i = 0; i < columns; i++) gradient[at + i]! += a * data[r0 + i]! + b * data[r1 + i]! + (c * data[r2 + i]! + d * data[r3 + i]!);
  }
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
