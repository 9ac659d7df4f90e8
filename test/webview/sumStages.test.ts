import { describe, expect, it } from 'vitest';
import type { AttentionSum } from '../../src/lenses/attention/contract';
import { shownKeys, stageOf, sumStages } from '../../webview/lenses/attention/sumStages';

/** Two numbers a vector; the second token may not see the third. */
const sum: AttentionSum = {
  layer: 0, head: 0, query: 1, headSize: 4,
  queryVector: Float32Array.of(1, 0, 0, 2),
  keyVectors: Float32Array.of(2, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9, 9),
  valueVectors: Float32Array.of(3, 4, 0, 0, 0, 0, 0, 1, 5, 5, 5, 5),
  products: Float32Array.of(2, 6, 27),
  scaled: Float32Array.of(1, 3, 13.5),
  allowed: Uint8Array.of(1, 1, 0),
  weights: Float32Array.of(0.12, 0.88, 0),
  unexplained: 0,
  output: Float32Array.of(0.36, 0.48, 0, 0.88),
  residual: Float32Array.of(1, 2),
  embeddings: { word: null, position: null, segment: null },
};
const at = (name: (typeof sumStages)[number]) => stageOf(name, sum, [0, 1, 2], 'cow');

describe('the steps of the sum', () => {
  it('all have rows, a title and a sentence', () => {
    for (const name of sumStages) {
      const { title, explanation, rows } = at(name);
      expect(title).not.toBe('');
      expect(explanation).toMatch(/\.$/);
      expect(rows).toHaveLength(name === 'query' || name === 'output' ? 1 : 3);
    }
  });

  it('each have a scale of their own', () => {
    expect(['products', 'scaled', 'weights'].map((name) => at(name as 'products').scale)).toEqual([27, 13.5, Math.fround(0.88)]);
  });

  it('take a masked score for minus infinity and keep it out of the scale', () => {
    const mask = at('mask');
    expect(mask.rows.map(({ value }) => value)).toEqual([1, 3, -Infinity]);
    expect(mask.scale).toBe(3);
    expect(mask.explanation).toMatch(/not written yet/);
    expect(at('weights').rows[2]).toMatchObject({ arithmetic: 'masked', masked: true });
  });

  it('show the arithmetic', () => {
    expect(at('scaled').rows[1]!.arithmetic).toBe('6.00 ÷ 2.00');
    expect(at('values').rows[0]).toMatchObject({ arithmetic: '0.12 × 5.00' });
    expect(at('values').rows[0]!.value).toBeCloseTo(0.6, 6);
  });

  it('list the largest weights of a long text, in reading order, and the query', () => {
    const weights = Float32Array.from({ length: 100 }, (_, key) => (key % 10 === 3 ? 0.1 : 0));
    expect(shownKeys({ ...sum, weights, query: 50 }, 5)).toEqual([3, 13, 23, 33, 43, 50]);
    expect(shownKeys(sum, 5)).toEqual([0, 1, 2]);
  });
});
