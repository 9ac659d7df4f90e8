import { describe, expect, it } from 'vitest';
import { entropyBits, logSoftmax, logSoftmaxWithEntropy, logSumExp, sigmoid, softmax } from '../../../src/math/softmax';

describe('log-softmax', () => {
  it('is the logarithm of the softmax, with its entropy', () => {
    const logits = Float32Array.of(3, -1, 0.5, 2);
    const probabilities = softmax(logits);
    logSoftmax(logits).forEach((log, index) => {
      expect(Math.exp(log)).toBeCloseTo(probabilities[index]!, 6);
    });
    const { entropy, logs } = logSoftmaxWithEntropy(logits);
    expect([...logs]).toEqual([...logSoftmax(logits)]);
    expect(entropy).toBeCloseTo(entropyBits(probabilities), 5);
    expect(logSoftmaxWithEntropy(Float32Array.of(0, -Infinity)).entropy).toBe(0);
  });
});

describe('softmax', () => {
  it('sums to one and keeps ratios', () => {
    const p = softmax(Float32Array.of(Math.log(1), Math.log(2), Math.log(5)));
    expect([...p].map((x) => Number(x.toFixed(6)))).toEqual([0.125, 0.25, 0.625]);
  });

  it('neither overflows nor loses everything for extreme logits', () => {
    expect([...softmax(Float32Array.of(1e30, -1e30))]).toEqual([1, 0]);
    expect([...softmax(Float32Array.of(-1000, -1000))]).toEqual([0.5, 0.5]);
  });

  it('sums to one over a large vocabulary', () => {
    const p = softmax(Float32Array.from({ length: 250_000 }, (_, i) => Math.sin(i) * 20));
    expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 4);
  });

  it('logSumExp of nothing is minus infinity', () => {
    expect(logSumExp(new Float32Array(0))).toBe(-Infinity);
    expect(logSumExp(Float32Array.of(-Infinity))).toBe(-Infinity);
  });
});

describe('entropyBits', () => {
  it('is the number of bits of an even choice', () => {
    expect(entropyBits(new Float32Array(8).fill(1 / 8))).toBeCloseTo(3, 6);
  });

  it('is zero for a certain outcome', () => {
    expect(entropyBits(Float32Array.of(0, 1, 0))).toBe(0);
  });
});

describe('sigmoid', () => {
  it('is symmetric and stable', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(2) + sigmoid(-2)).toBeCloseTo(1, 12);
    expect(sigmoid(-1000)).toBe(0);
    expect(sigmoid(1000)).toBe(1);
  });
});
