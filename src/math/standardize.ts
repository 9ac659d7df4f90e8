import type { LinearHead, Matrix } from './logisticRegression';

/** Mean and spread of each column. */
export interface ColumnScale {
  readonly mean: Float32Array;
  /** Standard deviation (of the population); 1 for a column that is the same everywhere. */
  readonly deviation: Float32Array;
}

export function columnScale({ columns, data, rows }: Matrix): ColumnScale {
  const mean = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < columns; i++, at++) mean[i]! += data[at]!;
  for (let i = 0; i < columns; i++) mean[i]! /= rows;
  const variance = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++, at++) {
      const apart = data[at]! - mean[i]!;
      variance[i]! += apart * apart;
    }
  }
  for (let i = 0; i < columns; i++) variance[i]! /= rows;
  // Below a millionth of its size, what a column varies by is rounding.
  return { mean: Float32Array.from(mean), deviation: Float32Array.from(variance, (v, i) => (Math.sqrt(v) > 1e-6 * Math.abs(mean[i]!) ? Math.sqrt(v) : 1)) };
}

/** The matrix with each column moved to mean 0 and scaled to deviation 1. */
export function standardized({ columns, data, rows }: Matrix, { deviation, mean }: ColumnScale): Matrix {
  const scaled = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < columns; i++, at++) scaled[at] = (data[at]! - mean[i]!) / deviation[i]!;
  return { data: scaled, rows, columns };
}

/** A head of standardized columns as one of the columns as they are. */
export function foldScale({ bias, weights }: LinearHead, { deviation, mean }: ColumnScale): LinearHead {
  const columns = mean.length;
  const folded = weights.map((weight, at) => weight / deviation[at % columns]!);
  return {
    weights: folded,
    bias: bias.map((start, k) => {
      let moved = start;
      for (let i = 0; i < columns; i++) moved -= folded[k * columns + i]! * mean[i]!;
      return moved;
    }),
  };
}
