import { shuffled } from './random';

/**
 * Parts rows so that each class has its share on both sides, and at least one row on each.
 * @param targets class of each row; every class has at least two rows
 * @param share of the rows for the second side
 * @param random numbers from 0 to 1
 * @returns indexes of rows, in order
 */
export function stratifiedSplit(targets: ArrayLike<number>, share: number, random: () => number): readonly [number[], number[]] {
  const [first, second]: [number[], number[]] = [[], []];
  for (const rows of byClass(targets)) {
    const order = shuffled(rows, random);
    const wanted = Math.min(rows.length - 1, Math.max(1, Math.round(share * rows.length)));
    second.push(...order.slice(0, wanted));
    first.push(...order.slice(wanted));
  }
  return [first.sort(ascending), second.sort(ascending)];
}

/**
 * Deals rows out to folds, class by class, so that each has its share of every class.
 * @returns the fold of each row
 */
export function stratifiedFolds(targets: ArrayLike<number>, folds: number, random: () => number): Uint16Array {
  const foldOf = new Uint16Array(targets.length);
  let next = 0;
  for (const rows of byClass(targets)) for (const row of shuffled(rows, random)) foldOf[row] = next++ % folds;
  return foldOf;
}

/**
 * Draws rows so that each class has its share, and at least one: as many as wanted, or a few more.
 * @returns indexes of rows, in order
 */
export function stratifiedSample(targets: ArrayLike<number>, wanted: number, random: () => number): number[] {
  const share = wanted / targets.length;
  return byClass(targets).flatMap((rows) => shuffled(rows, random).slice(0, Math.max(1, Math.round(share * rows.length)))).sort(ascending);
}

/** Rows of each class that has any. */
function byClass(targets: ArrayLike<number>): number[][] {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < targets.length; row++) {
    const known = rows.get(targets[row]!);
    if (known) known.push(row);
    else rows.set(targets[row]!, [row]);
  }
  return [...rows].sort(([one], [other]) => one - other).map(([, own]) => own);
}

function ascending(one: number, other: number): number {
  return one - other;
}
