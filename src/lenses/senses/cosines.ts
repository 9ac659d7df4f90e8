import { dot, unit } from '../../math/vector';

/** Mean cosine between items of one group and between items of different groups; null where there is no such pair. */
export interface GroupCosines {
  readonly within: number | null;
  readonly between: number | null;
}

/** @param groupOf group of each vector */
export function groupCosines(vectors: readonly Float32Array[], groupOf: readonly number[]): GroupCosines {
  const units = vectors.map(unit);
  const sums = { within: 0, between: 0 };
  const pairs = { within: 0, between: 0 };
  for (let i = 0; i < units.length; i++) {
    for (let j = 0; j < i; j++) {
      const kind = groupOf[i] === groupOf[j] ? 'within' : 'between';
      sums[kind] += dot(units[i]!, units[j]!);
      pairs[kind]++;
    }
  }
  const meanOf = (kind: 'within' | 'between'): number | null => (pairs[kind] === 0 ? null : sums[kind] / pairs[kind]);
  return { within: meanOf('within'), between: meanOf('between') };
}
