import { describe, expect, it } from 'vitest';
import { rankOf, topK } from '../../../src/math/topK';

describe('topK', () => {
  it('gives the largest first', () => {
    expect(topK(Float32Array.of(1, 5, 3, 4), 3)).toEqual([1, 3, 2]);
  });

  it('keeps equal values in order', () => {
    expect(topK(Float32Array.of(2, 2, 1, 2), 2)).toEqual([0, 1]);
  });

  it('gives all when k is larger, and none for zero', () => {
    expect(topK(Float32Array.of(1, 2), 9)).toEqual([1, 0]);
    expect(topK(Float32Array.of(1, 2), 0)).toEqual([]);
  });

  it('skips NaN', () => {
    expect(topK(Float32Array.of(NaN, 1, NaN, 2), 4)).toEqual([3, 1]);
  });

  it('agrees with sorting', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * i));
    const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
    expect(topK(values, 50)).toEqual(sorted.slice(0, 50));
  });
});

describe('rankOf', () => {
  it('counts from one and shares the place of equals', () => {
    const values = Float32Array.of(0.1, 0.4, 0.4, 0.05);
    expect([0, 1, 2, 3].map((index) => rankOf(values, index))).toEqual([3, 1, 1, 4]);
  });
});
