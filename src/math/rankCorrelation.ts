/**
 * Spearman's rank correlation, −1 to 1: Pearson's of the ranks, where equal values share the mean of their ranks.
 * Null where it says nothing: fewer than three pairs, values that are all the same, or no numbers.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length !== b.length) throw new RangeError(`${a.length} values cannot be ranked against ${b.length}.`);
  if (a.length < 3) return null;
  const [first, second] = [ranks(a), ranks(b)];
  if (!first || !second) return null;
  const mean = (a.length + 1) / 2;
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [first[at]! - mean, second[at]! - mean];
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? null : products / Math.sqrt(squaresA * squaresB);
}

/** Ranks from 1, the least first; null where one of the values is no number. */
function ranks(values: ArrayLike<number>): Float64Array | null {
  const order = Array.from(values, (value, index) => ({ value, index })).sort((x, y) => x.value - y.value);
  if (order.some(({ value }) => Number.isNaN(value))) return null;
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && order[to]!.value === order[from]!.value) to++;
    for (let at = from; at < to; at++) result[order[at]!.index] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}
