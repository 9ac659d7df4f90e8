import { describe, expect, it } from 'vitest';
import { concatenate, mean, subtract, unit } from '../../../src/math/vector';

describe('vectors', () => {
  it('unit has length one, and leaves the zero vector', () => {
    expect([...unit(Float32Array.of(3, 4))].map((x) => Number(x.toFixed(6)))).toEqual([0.6, 0.8]);
    expect([...unit(Float32Array.of(0, 0))]).toEqual([0, 0]);
  });

  it('mean, subtract, concatenate', () => {
    expect([...mean([Float32Array.of(1, 2), Float32Array.of(3, 6)])]).toEqual([2, 4]);
    expect([...subtract(Float32Array.of(3, 6), Float32Array.of(1, 2))]).toEqual([2, 4]);
    expect([...concatenate([Float32Array.of(1), Float32Array.of(2, 3)])]).toEqual([1, 2, 3]);
    expect(() => mean([])).toThrow(RangeError);
  });
});
