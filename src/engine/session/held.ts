import { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { PastInput } from '../../onnx/past';

/** Numbers that go from one run into the next as the runtime made them. */
export type Held = OnnxTensor;

/** Keys or values of no tokens, `[row, head, 0, size]`. */
export function emptyPast({ isHalf, heads, size }: PastInput, rows: number): Held {
  const dims = [rows, heads, 0, size];
  return isHalf ? new OnnxTensor('float16', new Uint16Array(0), dims) : new OnnxTensor('float32', new Float32Array(0), dims);
}

/** Some rows along an axis, in the order given; a row may be taken more than once. */
export function takeRows(held: Held, rows: readonly number[], axis = 0): Held {
  const count = held.dims[axis]!;
  if (rows.length === count && rows.every((row, index) => row === index)) return held;
  const inner = held.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const outer = held.dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const data = held.data as Float32Array | Uint16Array;
  const taken = data instanceof Float32Array ? new Float32Array(outer * rows.length * inner) : new Uint16Array(outer * rows.length * inner);
  for (let block = 0; block < outer; block++) {
    rows.forEach((row, index) => {
      const from = (block * count + row) * inner;
      taken.set(data.subarray(from, from + inner), (block * rows.length + index) * inner);
    });
  }
  const dims = held.dims.map((dim, index) => (index === axis ? rows.length : dim));
  return taken instanceof Float32Array ? new OnnxTensor('float32', taken, dims) : new OnnxTensor('float16', taken, dims);
}
