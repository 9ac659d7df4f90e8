import { describe, expect, it } from 'vitest';
import { attentionMap, attentionMetrics, attentionOverview } from '../../../src/lenses/attention/compute';
import { poolMaps, thumbnailSize } from '../../../src/lenses/attention/pool';
import { meanOverHeads, rollout } from '../../../src/lenses/attention/rollout';
import { valueWeighted } from '../../../src/lenses/attention/valueNorms';
import { contextOf } from '../../support/computeContext';
import { fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu' } as const;

const square = (side: number) => ({ rows: side, columns: side });

describe('poolMaps', () => {
  it('keeps each weight of a small map', () => {
    const pooled = new Uint8Array(4);
    poolMaps(Float32Array.of(0.25, 0.75, 1, 0), square(2), square(2), pooled, 0);
    expect([...pooled]).toEqual([64, 191, 255, 0]);
  });

  it('gives each cell the largest weight under it, wherever that stands', () => {
    const size = 100;
    const { rows: side, columns } = thumbnailSize(square(size));
    expect([side, columns]).toEqual([48, 48]);
    for (const [query, key] of [[0, 0], [99, 99], [3, 97], [50, 2], [47, 48]] as const) {
      const map = new Float32Array(size * size);
      map[query * size + key] = 1;
      const pooled = new Uint8Array(side * side);
      poolMaps(map, square(size), square(side), pooled, 0);
      const cellOf = (at: number) => [...Array(side).keys()].find((cell) => at < Math.floor(((cell + 1) * size) / side))!;
      const lit = [...pooled.keys()].filter((cell) => pooled[cell] === 255);
      expect(lit).toEqual([cellOf(query) * side + cellOf(key)]);
    }
  });

  it('writes several maps one after the other from an offset on', () => {
    const pooled = new Uint8Array(5);
    poolMaps(Float32Array.of(1, 0, 0.2, 0.4), square(1), square(1), pooled, 1);
    expect([...pooled]).toEqual([0, 255, 0, 51, 102]);
  });

  it('pools rows and columns of different numbers each by itself', () => {
    expect(thumbnailSize({ rows: 3, columns: 60 })).toEqual({ rows: 3, columns: 48 });
    const pooled = new Uint8Array(4);
    poolMaps(Float32Array.of(0.2, 0.4, 0.6, 0, 1, 0, 0, 0.8), { rows: 2, columns: 4 }, { rows: 2, columns: 2 }, pooled, 0);
    expect([...pooled]).toEqual([102, 153, 255, 204]);
  });
});

describe('attention', () => {
  it('overview and head agree, and share one run', async () => {
    let runs = 0;
    const model = fakeModel({
      onRun: () => {
        runs++;
      },
    });
    const request = { ...target, text: 'the cow ate', pair: 'her grass' };
    const overview = await attentionOverview(request, contextOf(model));
    expect([overview.rows, overview.columns]).toEqual([overview.tokens.length, overview.tokens.length]);
    expect(overview.thumbnails.length).toBe(2 * 3 * 64);
    for (let layer = 0; layer < 2; layer++) {
      for (let head = 0; head < 3; head++) {
        const { weights } = await attentionMap({ ...request, map: { kind: 'head', layer, head } }, contextOf(model));
        const from = (layer * 3 + head) * 64;
        expect([...overview.thumbnails.subarray(from, from + 64)]).toEqual([...weights].map((w) => w * 255));
        for (let row = 0; row < 8; row++) {
          expect(weights.subarray(row * 8, row * 8 + 8).reduce((sum, w) => sum + w, 0)).toBe(1);
        }
      }
    }
    expect(runs).toBe(1);
  });

  it('runs again for another pair, focus or model', async () => {
    let runs = 0;
    const onRun = () => {
      runs++;
    };
    const model = fakeModel({ onRun });
    for (const request of [{ text: 'the cow' }, { text: 'the cow', pair: 'the' }, { text: 'the cow', focus: 3 }]) {
      await attentionOverview({ ...target, ...request }, contextOf(model));
    }
    await attentionOverview({ ...target, text: 'the cow' }, contextOf(fakeModel({ onRun })));
    expect(runs).toBe(4);
  });

  it('reads a long text around the focus and says so', async () => {
    const text = `${'the moon '.repeat(100)}cow ${'the moon '.repeat(100)}`;
    const overview = await attentionOverview({ ...target, text, focus: 900 }, contextOf(fakeModel()));
    expect(overview.tokens).toHaveLength(16);
    expect(overview.tokens.map((token) => token.text)).toContain('cow');
    expect(overview.tokens.find((token) => token.text === 'cow')!.start).toBe(900);
    expect(overview.windowed).toMatchObject({ read: 14, explanation: expect.stringContaining('14 of') as string });
  });

  it.each([
    ['layer', { layer: 2, head: 0 }, /no layer 2.*2 layers.*0 to 1/],
    ['head', { layer: 0, head: 3 }, /no head 3.*3 heads.*0 to 2/],
    ['layer', { layer: -1, head: 0 }, /no layer -1/],
    ['layer', { layer: 0.5, head: 0 }, /no layer 0.5/],
  ])('refuses a %s that is not there', async (_, place, message) => {
    const call = attentionMap({ ...target, text: 'the cow', map: { kind: 'head', ...place } }, contextOf(fakeModel()));
    await expect(call).rejects.toMatchObject({ code: 'out-of-range', message: expect.stringMatching(message) as string });
  });

  it.each([
    ['', 'empty-text'],
    [' \n\t', 'empty-text'],
    ['你好 мир', 'only-unknown-characters'],
  ])('refuses %j with advice', async (text, code) => {
    await expect(attentionOverview({ ...target, text }, contextOf(fakeModel()))).rejects.toMatchObject({ code });
  });
});

const heads = (size: number, ...maps: number[][]) => ({ dims: [1, maps.length, size, size], data: Float32Array.from(maps.flat()) });

describe('rollout', () => {
  it('of one layer is half the mean attention and half the token itself', () => {
    const layer = heads(2, [1, 0, 0, 1], [0, 1, 0.5, 0.5]);
    expect([...meanOverHeads([layer])]).toEqual([0.5, 0.5, 0.25, 0.75]);
    expect([...rollout([layer], 2)]).toEqual([0.75, 0.25, 0.125, 0.875]);
  });

  it('carries what a layer mixed through the next one', () => {
    // Layer 0: token 1 looks at token 0. Layer 1: token 2 looks at token 1, and so, by half of a half, at token 0.
    const first = heads(3, [1, 0, 0, 1, 0, 0, 0, 0, 1]);
    const second = heads(3, [1, 0, 0, 0, 1, 0, 0, 1, 0]);
    expect([...rollout([first, second], 3)]).toEqual([1, 0, 0, 0.5, 0.5, 0, 0.25, 0.25, 0.5]);
  });
});

describe('value-weighted attention', () => {
  // Two heads of size 1, hidden size 2: head 1 brings value · (0, 2).
  const projection = Float32Array.of(3, 4, 0, 2);
  const values = { dims: [1, 2, 2, 1], data: Float32Array.of(1, -1, 3, 1) };

  it('weighs each key with the length of what it brings over', () => {
    // ‖f‖ is 6 and 2 in head 1.
    const shares = valueWeighted(Float32Array.of(0.5, 0.5, 0, 1), values, projection, 1);
    expect([...shares]).toEqual([0.75, 0.25, 0, 1]);
  });

  it('is the attention itself where all bring the same length', () => {
    const weights = Float32Array.of(0.2, 0.8, 0.6, 0.4);
    valueWeighted(weights, values, projection, 0).forEach((share, at) => { expect(share).toBeCloseTo(weights[at]!, 6); });
  });
});

describe('attention maps', () => {
  const request = { ...target, text: 'the cow ate' } as const;
  const rowsOf = (weights: Float32Array, size: number) =>
    Array.from({ length: size }, (_, row) => weights.subarray(row * size, (row + 1) * size).reduce((sum, w) => sum + w, 0));

  it.each([
    { kind: 'layer', layer: 1 },
    { kind: 'model' },
    { kind: 'rollout', layer: 1 },
    { kind: 'norms', layer: 1, head: 2 },
  ] as const)('of $kind have rows that sum to one', async (map) => {
    const model = fakeModel({ outputProjection: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0) });
    const answer = await attentionMap({ ...request, map }, contextOf(model));
    expect(answer.map).toEqual(map);
    for (const sum of rowsOf(answer.weights, 5)) expect(sum).toBeCloseTo(1, 6);
  });

  it('say why norms cannot be had', async () => {
    const call = attentionMap({ ...request, map: { kind: 'norms', layer: 0, head: 0 } }, contextOf(fakeModel()));
    await expect(call).rejects.toMatchObject({ code: 'cannot-instrument', message: expect.stringContaining('layer 0') as string });
  });

  it('share one run with the metrics', async () => {
    let runs = 0;
    const model = fakeModel({ onRun: () => { runs++; } });
    await attentionOverview(request, contextOf(model));
    await attentionMap({ ...request, map: { kind: 'model' } }, contextOf(model));
    const { values } = await attentionMetrics(request, contextOf(model));
    expect(values.entropy).toHaveLength(6);
    expect(runs).toBe(1);
  });

  it('are refused for a model without layers', async () => {
    const model = fakeModel({ info: { layers: 0, heads: 0 } });
    for (const call of [attentionOverview(request, contextOf(model)), attentionMap({ ...request, map: { kind: 'model' } }, contextOf(model))]) {
      await expect(call).rejects.toMatchObject({ code: 'cannot-instrument', message: expect.stringContaining('no attention') as string });
    }
  });
});
