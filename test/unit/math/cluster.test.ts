import { describe, expect, it } from 'vitest';
import { averageLinkage } from '../../../src/math/cluster';

/** Distances of points on a line. */
function line(points: readonly number[]): number[][] {
  return points.map((a) => points.map((b) => Math.abs(a - b)));
}

describe('averageLinkage', () => {
  it('finds the number of groups by the threshold, the largest group first', () => {
    expect(averageLinkage(line([0, 10, 10.1, 0.1, 10.2]), 1)).toEqual([1, 0, 0, 1, 0]);
  });

  it('merges all below the threshold and nothing above', () => {
    expect(averageLinkage(line([0, 0.1, 0.2]), 1)).toEqual([0, 0, 0]);
    expect(averageLinkage(line([0, 2, 4]), 1)).toEqual([0, 1, 2]);
  });

  it('averages over pairs where single linkage would chain', () => {
    // 0–0.9–1.8: the middle joins the first; from both, 1.8 is (1.8 + 0.9) / 2 = 1.35 away.
    expect(averageLinkage(line([0, 0.9, 1.8]), 1)).toEqual([0, 0, 1]);
  });

  it('takes no items and one item', () => {
    expect(averageLinkage([], 0.5)).toEqual([]);
    expect(averageLinkage([[0]], 0.5)).toEqual([0]);
  });
});
