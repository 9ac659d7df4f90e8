import { describe, expect, it } from 'vitest';
import { drawnEdges, largestEdges, mostOfRow, strongestEdges, usualMass } from '../../webview/lenses/attention/edges';
import { filteredTokens, headView } from '../../webview/lenses/attention/headView';
import { formatMetric, headLabel, measured, rankedHeads } from '../../webview/lenses/attention/headMetricTexts';
import { hasPieces, mergedWeights, wholeWords, wordsOf } from '../../webview/lenses/attention/wordPieces';
import { thumbnails } from '../../webview/lenses/attention/thumbnails';
import { readAttentionState } from '../../webview/lenses/attention/viewState';
import { documentRange, tokensUnder } from '../../webview/lenses/tokenRanges';
import { readPredictionsState } from '../../webview/lenses/predictions/viewState';
import { encoderInfo } from '../support/encoderInfo';
import { tokensOf, weightsOf } from './harness/fakeModel';
import { attentionOf, longText } from './harness/subjects';

const tokens = tokensOf('It ran', 'So did she');
const weights = weightsOf(tokens, 2, 3);
const all = { hideSpecial: false, pairs: 'all' } as const;
const sumOfRow = (view: ReturnType<typeof headView>, row: number): number =>
  view.weights.subarray(row * view.keys.length, (row + 1) * view.keys.length).reduce((sum, weight) => sum + weight, 0);

describe('head view', () => {
  it('shows every weight as it is without a filter', () => {
    const view = headView(weights, tokens, all);
    expect([...view.weights]).toEqual([...weights]);
    expect(view.max).toBe(Math.max(...weights));
  });

  it('renormalises rows without special tokens', () => {
    const view = headView(weights, tokens, { ...all, hideSpecial: true });
    expect(view.queries.map((index) => tokens[index]!.text)).toEqual(['It', 'ran', 'So', 'did', 'she']);
    view.queries.forEach((_, row) => { expect(sumOfRow(view, row)).toBeCloseTo(1, 5); });
    const ratio = (row: Float32Array | number[], a: number, b: number): number => row[a]! / row[b]!;
    expect(ratio(view.weights, 0, 1)).toBeCloseTo(ratio([...weights], tokens.length + 1, tokens.length + 2), 4);
  });

  it('takes a part of a pair without changing its numbers', () => {
    const view = headView(weights, tokens, { hideSpecial: false, pairs: 'ab' });
    expect(new Set(view.queries.map((index) => tokens[index]!.segment))).toEqual(new Set([0]));
    expect(new Set(view.keys.map((index) => tokens[index]!.segment))).toEqual(new Set([1]));
    expect(view.weights[0]).toBe(weights[view.queries[0]! * tokens.length + view.keys[0]!]);
    // Renormalised over both texts, the two parts of a row make one together.
    const rows = (['aa', 'ab'] as const).map((pairs) => sumOfRow(headView(weights, tokens, { hideSpecial: true, pairs }), 0));
    expect(rows[0]! + rows[1]!).toBeCloseTo(1, 5);
  });

  it('gives zeros where a row gives everything to special tokens', () => {
    const onlySpecial = Float32Array.from(tokens.flatMap(() => tokens.map((_, key) => (key === 0 ? 1 : 0))));
    expect(headView(onlySpecial, tokens, { ...all, hideSpecial: true }).max).toBe(0);
  });

  it('has no rows for a part that does not exist', () => {
    expect(filteredTokens(tokensOf('alone'), { hideSpecial: true, pairs: 'bb' })).toEqual({ queries: [], keys: [] });
  });
});

describe('edges', () => {
  it('keep the fewest edges that hold the mass of each row', () => {
    const view = headView(weights, tokens, all);
    const kept = largestEdges(view, 0.7, Infinity);
    view.queries.forEach((_, row) => {
      const own = kept.filter(({ query }) => query === row).map(({ weight }) => weight);
      const sum = own.reduce((total, weight) => total + weight, 0);
      expect(sum).toBeGreaterThanOrEqual(0.7 - 1e-5);
      expect(sum - Math.min(...own)).toBeLessThan(0.7);
    });
    expect(largestEdges(view, 1, Infinity)).toHaveLength(tokens.length ** 2);
    expect(largestEdges(view, 1, 2)).toHaveLength(tokens.length * 2);
  });

  it('are thinned out in crowded drawings only, strongest on top', () => {
    const long = tokensOf(longText(60));
    const crowded = drawnEdges(headView(weightsOf(long, 0, 0), long, all), usualMass(long.length));
    expect(crowded.length).toBeLessThanOrEqual(long.length * mostOfRow);
    expect(new Set(crowded.map(({ query }) => query)).size).toBe(long.length);
    const few = drawnEdges(headView(weights, tokens, all), usualMass(tokens.length));
    expect(few).toHaveLength(tokens.length ** 2);
    expect(few.at(-1)!.weight).toBe(Math.max(...weights));
  });

  it('are listed strongest first', () => {
    const long = tokensOf(longText(60));
    const values = weightsOf(long, 1, 2);
    const expected = [...values].sort((a, b) => b - a).slice(0, 10);
    expect(strongestEdges(headView(values, long, all), 10).map(({ weight }) => weight)).toEqual(expected);
  });
});

describe('word pieces', () => {
  // [CLS] Elepha nts ran [SEP]: the harness cuts long words in two.
  const cut = tokensOf('Elephants ran');
  const four = Float32Array.of(
    1, 0, 0, 0, 0,
    0.2, 0.1, 0.3, 0.4, 0,
    0, 0.5, 0.1, 0.2, 0.2,
    0, 0.25, 0.25, 0.5, 0,
    0, 0, 0, 0, 1,
  );

  it('belong to their word, special tokens to none', () => {
    expect(wordsOf(cut)).toEqual([[0], [1, 2], [3], [4]]);
    expect(hasPieces(cut)).toBe(true);
    expect(hasPieces(tokens)).toBe(false);
    expect(wholeWords(cut)[1]).toMatchObject({ text: 'Elephants', start: 0, end: 9 });
  });

  it('are summed over keys and averaged over queries', () => {
    const merged = mergedWeights(four, cut);
    const at = (query: number, key: number): number => merged[query * 5 + key]!;
    expect(at(1, 1)).toBeCloseTo((0.4 + 0.6) / 2, 6);
    expect(at(1, 3)).toBeCloseTo(0.3, 6);
    expect(at(3, 1)).toBeCloseTo(0.5, 6);
    expect(at(2, 1)).toBe(0);
  });

  it('leave rows that sum to one', () => {
    const view = headView(four, cut, { ...all, mergePieces: true });
    expect(view.queries).toEqual([0, 1, 3, 4]);
    view.queries.forEach((_, row) => { expect(sumOfRow(view, row)).toBeCloseTo(1, 6); });
    const hidden = headView(four, cut, { hideSpecial: true, pairs: 'all', mergePieces: true });
    expect(hidden.queries).toEqual([1, 3]);
    expect(sumOfRow(hidden, 0)).toBeCloseTo(1, 6);
  });
});

describe('head labels', () => {
  const none = { previousToken: null, nextToken: null, sameToken: null, firstToken: null, separator: null, punctuation: null, crossSentence: null, distance: null, entropy: null };
  const metrics = {
    values: {
      ...none,
      previousToken: Float32Array.of(0.91, 0.2, 0.1),
      firstToken: Float32Array.of(0.05, 0.25, 0.12),
      entropy: Float32Array.of(0.1, 0.5, 0.93),
      distance: Float32Array.of(1, 2, 3.21),
    },
  };

  it('name the clearest habit, or that there is none', () => {
    expect([0, 1, 2].map((at) => headLabel(metrics, at).text)).toEqual(['previous token 0.91', 'mixed: first token 0.25', 'broad: entropy 0.93']);
  });

  it('offer what could be measured, in tokens or shares', () => {
    expect(measured(metrics)).toEqual(['previousToken', 'firstToken', 'distance', 'entropy']);
    expect(formatMetric('distance', 3.21)).toBe('3.2\u202ftokens');
  });

  it('rank heads by falling value', () => {
    expect(rankedHeads(metrics, 'distance', 3)).toEqual([2, 1, 0]);
    expect(rankedHeads(metrics, 'layer', 3)).toEqual([0, 1, 2]);
    expect(rankedHeads(metrics, 'separator', 3)).toEqual([0, 1, 2]);
  });
});

describe('thumbnails', () => {
  const side = tokens.length;
  const bytes = new Uint8Array(2 * side * side);
  bytes[side * side + 2 * side + 4] = 204;
  bytes[side * side + 2 * side] = 255;
  const overview = { model: encoderInfo, tokens, windowed: null, layers: 1, heads: 2, kinds: ['self'] as const, side, thumbnails: bytes };

  it('name the strongest edge by token', () => {
    const { list, max, exact } = thumbnails(overview, false);
    expect([list.length, max, exact]).toEqual([2, 1, true]);
    expect(list[1]!.strongest).toMatchObject({ query: 2, key: 0, weight: 1 });
  });

  it('leave special tokens out as the detail does', () => {
    const { list } = thumbnails(overview, true);
    expect(list[1]!.side).toBe(5);
    expect(list[1]!.strongest).toMatchObject({ query: 2, key: 4 });
    expect(list[1]!.strongest.weight).toBeCloseTo(1, 5);
  });

  it('keep pooled cells as they are', () => {
    const pooled = { ...overview, side: 2, thumbnails: Uint8Array.of(0, 0, 0, 0, 0, 0, 51, 0) };
    const { list, exact } = thumbnails(pooled, true);
    expect(exact).toBe(false);
    expect(list[1]!.strongest).toMatchObject({ query: 4, key: 0 });
    expect(list[1]!.strongest.weight).toBeCloseTo(0.2, 5);
  });
});

describe('places in the document', () => {
  const { source } = attentionOf('It ran', 'So did she');

  it('count from the start of each text', () => {
    expect(documentRange(tokens[1]!, source)).toEqual({ start: 100, end: 102 });
    expect(documentRange(tokens[4]!, source)).toEqual({ start: 400, end: 402 });
    expect(documentRange(tokens[0]!, source)).toBeNull();
  });

  it('find the tokens that a selection or a cursor touches', () => {
    expect(tokensUnder({ start: 101, end: 104 }, tokens, source)).toEqual([1, 2]);
    expect(tokensUnder({ start: 404, end: 404 }, tokens, source)).toEqual([5]);
    expect(tokensUnder({ start: 102, end: 103 }, tokens, source)).toEqual([]);
  });
});

describe('remembered state', () => {
  it('survives nonsense', () => {
    expect(readAttentionState('x', -1)).toMatchObject({ layer: -1, head: 0, drawing: 'lines', pairs: 'all', pinned: null });
    expect(readAttentionState({ layer: 2, head: 'a', drawing: 'matrix', pairs: 'zz', pinned: 3 }, -1)).toMatchObject({
      layer: 2, head: 0, drawing: 'matrix', pairs: 'all', pinned: null,
    });
    expect(readPredictionsState({ masked: [1, 'x'], candidates: 3 })).toEqual({ text: '', masked: null, candidates: [], table: false });
  });
});
