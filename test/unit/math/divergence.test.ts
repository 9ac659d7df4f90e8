import { describe, expect, it } from 'vitest';
import { jensenShannon, kullbackLeibler } from '../../../src/math/divergence';
import { cosine } from '../../../src/math/vector';

describe('jensenShannon', () => {
  it('is 0 for equal distributions and 1 bit for those without a common outcome', () => {
    expect(jensenShannon([0.2, 0.8], [0.2, 0.8])).toBe(0);
    expect(jensenShannon([1, 0, 0], [0, 0.5, 0.5])).toBe(1);
  });

  it('is what the definition says, either way round', () => {
    // ½·(1·log2(1/0.75)) + ½·(½·log2(½/0.75) + ½·log2(½/0.25))
    const expected = 0.5 * Math.log2(4 / 3) + 0.5 * (0.5 * Math.log2(2 / 3) + 0.5);
    expect(jensenShannon([1, 0], [0.5, 0.5])).toBeCloseTo(expected, 12);
    expect(jensenShannon([0.5, 0.5], [1, 0])).toBeCloseTo(expected, 12);
  });
});

describe('kullbackLeibler', () => {
  const logs = (...p: number[]): number[] => p.map(Math.log);
  it('is 0 for equal distributions, and what the definition says, one way round', () => {
    expect(kullbackLeibler(logs(0.2, 0.8), logs(0.2, 0.8))).toBe(0);
    expect(kullbackLeibler(logs(1, 0), logs(0.25, 0.75))).toBeCloseTo(2, 12);
    expect(kullbackLeibler(logs(0.25, 0.75), logs(0.5, 0.5))).toBeCloseTo(0.25 * -1 + 0.75 * Math.log2(1.5), 12);
    expect(kullbackLeibler(logs(0.5, 0.5), logs(1, 0))).toBe(Infinity);
  });
});

describe('cosine', () => {
  it('is 1, 0 and −1 for vectors along, across and against each other, and 0 with a zero vector', () => {
    expect(cosine(Float32Array.of(1, 2), Float32Array.of(2, 4))).toBeCloseTo(1, 6);
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(0, 3))).toBe(0);
    expect(cosine(Float32Array.of(1, -1), Float32Array.of(-2, 2))).toBeCloseTo(-1, 6);
    expect(cosine(Float32Array.of(0, 0), Float32Array.of(1, 1))).toBe(0);
  });
});
