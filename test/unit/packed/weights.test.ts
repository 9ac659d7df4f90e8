import { describe, expect, it } from 'vitest';
import { packWeights } from '../../../src/packed/packWeights';
import { fromPlanes, toPlanes } from '../../../src/packed/planes';
import { unpackWeights } from '../../../webview/unpackWeights';

/** Rows of a softmax, most of their weights near 0. */
function softmaxRows(side: number): Float32Array {
  const weights = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const scores = Array.from({ length: side }, (_, key) => Math.exp(6 * Math.sin(row * 3.7 + key * 1.3)));
    const sum = scores.reduce((a, b) => a + b, 0);
    weights.set(scores.map((score) => score / sum), row * side);
  }
  return weights;
}
const largestError = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

describe('weights in 16 bits', () => {
  it('are off by half a step at most, and 0 and 1 stay exact', () => {
    const weights = softmaxRows(40);
    expect(largestError(weights, fromPlanes(toPlanes(weights)))).toBeLessThanOrEqual(0.5 / 65_535 + 1e-8);
    expect([...fromPlanes(toPlanes(Float32Array.of(0, 1, 1.0000001, -1e-9)))]).toEqual([0, 1, 1, 0]);
  });

  it('come back as they went in, and smaller on their way', async () => {
    const weights = softmaxRows(64);
    const packed = await packWeights(weights);
    expect(packed.byteLength).toBeLessThan(weights.byteLength / 2);
    const back = await unpackWeights(new Uint8Array(packed));
    expect(back).toEqual(fromPlanes(toPlanes(weights)));
  });

  it('what was cut off is refused', async () => {
    const packed = new Uint8Array(await packWeights(softmaxRows(16)));
    await expect(unpackWeights(packed.slice(0, packed.length / 2))).rejects.toThrow();
  });
});
