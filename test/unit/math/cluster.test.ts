import { describe, expect, it } from 'vitest';
import { averageLinkage, type Cut, largestFirst } from '../../../src/math/cluster';

/** Distances of points on a line. */
function line(points: readonly number[]): number[][] {
  return points.map((a) => points.map((b) => Math.abs(a - b)));
}

describe('averageLinkage', () => {
  it('cuts from the top as long as it is told to, the largest group first', () => {
    expect(averageLinkage(line([0, 10, 10.1, 0.1, 10.2]), ({ distance }) => distance > 1)).toEqual([1, 0, 0, 1, 0]);
    expect(averageLinkage(line([0, 2, 4]), ({ distance }) => distance > 1)).toEqual([0, 1, 2]);
    expect(averageLinkage(line([0, 0.1, 0.2]), ({ distance }) => distance > 1)).toEqual([0, 0, 0]);
  });

  it('tells the mean distance between the sides, and how many items they have', () => {
    const cuts: Cut[] = [];
    averageLinkage(line([0, 0.6, 3]), (cut) => cuts.push(cut) > 0);
    expect(cuts.map(({ smaller, larger }) => [smaller, larger])).toEqual([[1, 2], [1, 1]]);
    expect(cuts[0]!.distance).toBeCloseTo((3 + 2.4) / 2, 12);
    expect(cuts[1]!.distance).toBeCloseTo(0.6, 12);
  });

  it('cuts no side of what stays whole', () => {
    expect(averageLinkage(line([0, 5, 9]), ({ larger }) => larger === 1)).toEqual([0, 0, 0]);
  });

  it('takes distances below zero and an infinite diagonal', () => {
    const distances = [[-Infinity, -4, 2], [-4, -Infinity, 3], [2, 3, -Infinity]];
    expect(averageLinkage(distances, ({ distance }) => distance > 0)).toEqual([0, 0, 1]);
  });

  it('takes no items and one item', () => {
    expect(averageLinkage([], () => true)).toEqual([]);
    expect(averageLinkage([[0]], () => true)).toEqual([0]);
  });
});

describe('largestFirst', () => {
  it('numbers groups by size, and equal ones by their first item', () => {
    expect(largestFirst([5, 3, 3, 8, 3, 8, 5])).toEqual([1, 0, 0, 2, 0, 2, 1]);
  });
});
