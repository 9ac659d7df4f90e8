import { describe, expect, it } from 'vitest';
import { type MaskJob, maskedRows, maskJobs } from '../../../src/lenses/predictions/maskJobs';
import type { Token } from '../../../src/text/token';

const tokensAt = (ranges: readonly (readonly [number, number])[]): Token[] =>
  ranges.map(([start, end]) => ({ start, end }) as Token);
const single = (index: number): MaskJob => ({ word: index, masked: [index], isFirst: true });

describe('maskJobs', () => {
  it('predicts the pieces of a word left to right, those behind masked', () => {
    // tree ##house , stood
    const tokens = tokensAt([[0, 4], [4, 9], [9, 10], [11, 16]]);
    expect(maskJobs(tokens, [{ start: 0, end: 9 }, { start: 11, end: 16 }])).toEqual([
      { word: 0, masked: [0, 1], isFirst: true },
      { word: 0, masked: [1], isFirst: false },
      { word: 1, masked: [3], isFirst: true },
    ]);
  });

  it('has none for a word without tokens', () => {
    expect(maskJobs(tokensAt([[0, 3]]), [{ start: 0, end: 3 }, { start: 4, end: 5 }])).toHaveLength(1);
  });
});

describe('maskedRows', () => {
  const everywhere = (count: number): MaskJob[] => Array.from({ length: count }, (_, index) => single(index));

  it('masks a short text in as many runs as the distance asks for', () => {
    const rows = maskedRows(everywhere(20), 20, 126, 7);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toMatchObject({ from: 0, to: 20 });
    expect(rows[0]!.jobs.map(({ word }) => word)).toEqual([0, 8, 16]);
  });

  it('does every job once, far enough apart, with context on both sides', () => {
    const [count, window, apart] = [1000, 100, 7];
    const rows = maskedRows(everywhere(count), count, window, apart);
    expect(rows.flatMap(({ jobs }) => jobs.map(({ word }) => word)).sort((a, b) => a - b)).toEqual(everywhere(count).map(({ word }) => word));
    for (const { from, to, jobs } of rows) {
      expect(to - from).toBe(window);
      jobs.forEach(({ masked: [at] }, index) => {
        expect(at! - from).toBeGreaterThanOrEqual(from === 0 ? 0 : 25);
        expect(to - 1 - at!).toBeGreaterThanOrEqual(to === count ? 0 : 25);
        if (index > 0) expect(at! - jobs[index - 1]!.masked[0]!).toBeGreaterThan(apart);
      });
    }
  });

  it('masks one word a run where it shall be exact', () => {
    const rows = maskedRows(everywhere(30), 30, 126, Infinity);
    expect(rows).toHaveLength(30);
  });

  it('keeps all pieces of a word in its row', () => {
    const long = { word: 0, masked: [49, 50, 51, 52], isFirst: true };
    const [row] = maskedRows([long], 1000, 100, 7);
    expect(row!.from).toBeLessThanOrEqual(49);
    expect(row!.to).toBeGreaterThan(52);
    expect(row!.jobs).toEqual([long]);
  });
});
