import { describe, expect, it } from 'vitest';
import { completeLinkage, largestFirst } from '../../../src/math/cluster';

/** Distances of points on a line. */
function line(points: readonly number[]): number[][] {
  return points.map((a) => points.map((b) => Math.abs(a - b)));
}

describe('completeLinkage', () => {
  it('finds the number of groups by the threshold, the largest group first', () => {
    expect(completeLinkage(line([0, 10, 10.1, 0.1, 10.2]), 1)).toEqual([1, 0, 0, 1, 0]);
  });

  it('merges all below the threshold and nothing above', () => {
    expect(completeLinkage(line([0, 0.1, 0.2]), 1)).toEqual([0, 0, 0]);
    expect(completeLinkage(line([0, 2, 4]), 1)).toEqual([0, 1, 2]);
  });

  it('keeps apart what single linkage would chain and average linkage would merge', () => {
    // 0–0.6–1.2: the middle joins the first, and from that first one 1.2 is too far, though 0.9 away on average.
    expect(completeLinkage(line([0, 0.6, 1.2]), 1)).toEqual([0, 0, 1]);
  });

  it('takes no items and one item', () => {
    expect(completeLinkage([], 0.5)).toEqual([]);
    expect(completeLinkage([[0]], 0.5)).toEqual([0]);
  });
});

describe('largestFirst', () => {
  it('numbers groups by size, and equal ones by their first item', () => {
    expect(largestFirst([5, 3, 3, 8, 3, 8, 5])).toEqual([1, 0, 0, 2, 0, 2, 1]);
  });
});
