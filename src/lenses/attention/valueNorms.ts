import type { Tensor } from '../model';

/**
 * ‖α·f(x)‖ of one head as shares of each row: attention weighed with the length of what it brings over, f(x) =
 * (x·W_V + b_V)·W_O (Kobayashi et al. 2020, section 3, arXiv:2004.10102).
 * @param weights `[query, key]`
 * @param values `[1, head, key, head size]`
 * @param outputProjection `[head · head size, hidden]`
 * @returns `[query, key]`; each row sums to one
 */
export function valueWeighted(weights: Float32Array, values: Tensor, outputProjection: Float32Array, head: number): Float32Array {
  const lengths = broughtLengths(values, outputProjection, head);
  const size = lengths.length;
  const shares = weights.map((weight, at) => weight * lengths[at % size]!);
  for (let from = 0; from < shares.length; from += size) {
    const row = shares.subarray(from, from + size);
    const sum = row.reduce((total, share) => total + share, 0);
    if (sum > 0) row.forEach((share, key) => { row[key] = share / sum; });
  }
  return shares;
}

/** ‖f(x)‖ of each key token. */
export function broughtLengths({ dims, data }: Tensor, outputProjection: Float32Array, head: number): Float64Array {
  const [, heads, size, headSize] = dims as [number, number, number, number];
  const hidden = outputProjection.length / (heads * headSize);
  const lengths = new Float64Array(size);
  const brought = new Float64Array(hidden);
  for (let key = 0; key < size; key++) {
    brought.fill(0);
    for (let part = 0; part < headSize; part++) {
      const value = data[(head * size + key) * headSize + part]!;
      const row = (head * headSize + part) * hidden;
      for (let at = 0; at < hidden; at++) brought[at]! += value * outputProjection[row + at]!;
    }
    lengths[key] = Math.sqrt(brought.reduce((sum, x) => sum + x * x, 0));
  }
  return lengths;
}
