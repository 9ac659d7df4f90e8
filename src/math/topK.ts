/** Indexes of the `k` largest values, largest first; equal values in index order. NaN is never chosen. */
export function topK(values: Float32Array, k: number): number[] {
  const best: number[] = [];
  if (k <= 0) return best;
  // The least of the best, once there are k.
  let least = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (best.length === k ? !(value > least) : Number.isNaN(value)) continue;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[best[middle]!]! >= value) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, index);
    if (best.length > k) best.pop();
    if (best.length === k) least = values[best[k - 1]!]!;
  }
  return best;
}

/** Place of `values[index]` when sorted from the largest, counted from 1; equal values share the better place. */
export function rankOf(values: Float32Array, index: number): number {
  const own = values[index]!;
  let rank = 1;
  for (const value of values) if (value > own) rank++;
  return rank;
}
