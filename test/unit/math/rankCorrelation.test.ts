import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../../src/math/rankCorrelation';

describe('rankCorrelation', () => {
  it('is 1 for the same order and −1 for the reverse, whatever the values', () => {
    expect(rankCorrelation([1, 2, 3, 4], [0.1, 10, 11, 5000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [9, 3, 0, -8])).toBeCloseTo(-1, 12);
  });

  it('gives equal values the mean of their ranks, as SciPy does', () => {
    // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 3, 3]).statistic
    expect(rankCorrelation([1, 2, 2, 3, 5], [2, 1, 4, 3, 3])).toBeCloseTo(0.36842105263157904, 12);
    // scipy.stats.spearmanr([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]).statistic
    expect(rankCorrelation([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17])).toBeCloseTo(-0.17575757575757575, 12);
  });

  it('says nothing of too few values, equal ones, or none that are numbers', () => {
    expect(rankCorrelation([1, 2], [1, 2])).toBeNull();
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankCorrelation([1, NaN, 1], [1, 2, 3])).toBeNull();
    expect(() => rankCorrelation([1], [1, 2])).toThrow(RangeError);
  });
});
