import { correlation } from './correlation';

/**
 * Spearman's rank correlation, −1 to 1: Pearson's of the ranks, where equal values share the mean of their ranks.
 * Null where it says nothing: fewer than three pairs, values that are all the same, or no numbers.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [first, second] = [ranks(a), ranks(b)];
  return first && second && correlation(first, second);
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
