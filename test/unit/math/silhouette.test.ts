import { describe, expect, it } from 'vitest';
import { silhouette } from '../../../src/math/silhouette';

const vectors = [[1, 0.1], [1, -0.2], [0.9, 0.4], [0.1, 1], [-0.3, 1], [0.5, 0.5]].map((row) => Float32Array.from(row));

describe('silhouette', () => {
  it('is what scikit-learn computes by cosine distance', () => {
    // sklearn.metrics.silhouette_score(vectors, labels, metric="cosine")
    expect(silhouette(vectors, [0, 0, 0, 1, 1, 1])).toBeCloseTo(0.6318792166472927, 6);
    // An item alone counts 0.
    expect(silhouette(vectors, [0, 0, 0, 1, 1, 2])).toBeCloseTo(0.43812809955429793, 6);
  });

  it('is 0 where all lie at one point', () => {
    expect(silhouette([1, 2, 3, 4].map((x) => Float32Array.of(x, x)), [0, 0, 1, 1])).toBe(0);
  });

  it('is undefined for one group, and where each item is a group', () => {
    expect(silhouette(vectors, [0, 0, 0, 0, 0, 0])).toBeNull();
    expect(silhouette(vectors, [0, 1, 2, 3, 4, 5])).toBeNull();
    expect(silhouette([], [])).toBeNull();
  });
});
