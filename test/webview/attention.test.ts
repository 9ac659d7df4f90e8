import { describe, expect, it } from 'vitest';
import { drawingFor, keptText, kindTexts } from '../../webview/lenses/attention/drawings';
import { drawnEdges, edgesOf, keptWeights, mostOfRow, rankInRow, strongestEdges, usualMass } from '../../webview/lenses/attention/edges';
import { axisItems, filteredAxes, headView, isMasked, itemOf, type HeadView } from '../../webview/lenses/attention/headView';
import { boxBeside, received, spaced, textBlocks } from '../../webview/lenses/attention/runningText';
import type { AttentionOverview } from '../../src/lenses/attention/contract';
import { formatMetric, headLabel, measured, rankedHeads } from '../../src/lenses/attention/headMetricTexts';
import { hasPieces, mergedWeights, wholeWords, wordsOf, wordText } from '../../webview/lenses/attention/wordPieces';
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
const sumOfRow = (view: HeadView, row: number): number =>
  view.weights.subarray(row * view.keys.length, (row + 1) * view.keys.length).reduce((sum, weight) => sum + weight, 0);

describe('head view', () => {
  it('shows every weight as it is without a filter', () => {
    const view = headView(weights, tokens, all);
    expect([...view.weights]).toEqual([...weights]);
    expect(view.max).toBe(Math.max(...weights));
  });

  it('renormalises rows without special tokens', () => {
    const view = headView(weights, tokens, { ...all, hideSpecial: true });
    expect(view.queries.map(({ label }) => label)).toEqual(['It', 'ran', 'So', 'did', 'she']);
    view.queries.forEach((_, row) => { expect(sumOfRow(view, row)).toBeCloseTo(1, 5); });
    const ratio = (row: Float32Array | number[], a: number, b: number): number => row[a]! / row[b]!;
    expect(ratio(view.weights, 0, 1)).toBeCloseTo(ratio([...weights], tokens.length + 1, tokens.length + 2), 4);
  });

  it('takes a part of a pair without changing its numbers', () => {
    const view = headView(weights, tokens, { hideSpecial: false, pairs: 'ab' });
    expect(new Set(view.queries.map(({ segment }) => segment))).toEqual(new Set([0]));
    expect(new Set(view.keys.map(({ segment }) => segment))).toEqual(new Set([1]));
    expect(view.weights[0]).toBe(weights[view.queries[0]!.tokens[0]! * tokens.length + view.keys[0]!.tokens[0]!]);
    // Renormalised over both texts, the two parts of a row make one together.
    const rows = (['aa', 'ab'] as const).map((pairs) => sumOfRow(headView(weights, tokens, { hideSpecial: true, pairs }), 0));
    expect(rows[0]! + rows[1]!).toBeCloseTo(1, 5);
  });

  it('gives zeros where a row gives everything to special tokens', () => {
    const onlySpecial = Float32Array.from(tokens.flatMap(() => tokens.map((_, key) => (key === 0 ? 1 : 0))));
    expect(headView(onlySpecial, tokens, { ...all, hideSpecial: true }).max).toBe(0);
  });

  it('has no rows for a part that does not exist', () => {
    expect(filteredAxes(tokensOf('alone'), { hideSpecial: true, pairs: 'bb' })).toEqual({ queries: [], keys: [] });
  });
});

describe('edges', () => {
  it('keep the fewest edges that hold the mass of each row', () => {
    const view = headView(weights, tokens, all);
    const kept = drawnEdges(view, keptWeights(view, 0.7));
    view.queries.forEach((_, row) => {
      const own = kept.filter(({ query }) => query === row).map(({ weight }) => weight);
      const sum = own.reduce((total, weight) => total + weight, 0);
      expect(sum).toBeGreaterThanOrEqual(0.7 - 1e-5);
      expect(sum - Math.min(...own)).toBeLessThan(0.7);
    });
    expect(drawnEdges(view, keptWeights(view, 1))).toHaveLength(tokens.length ** 2);
    expect(drawnEdges(view, keptWeights(view, 1), 2)).toHaveLength(tokens.length * 2);
  });

  it('are thinned out in crowded drawings only, strongest on top', () => {
    const long = tokensOf(longText(60));
    const crowdedView = headView(weightsOf(long, 0, 0), long, all);
    const crowded = drawnEdges(crowdedView, keptWeights(crowdedView, usualMass(long.length)));
    expect(crowded.length).toBeLessThanOrEqual(long.length * mostOfRow);
    expect(new Set(crowded.map(({ query }) => query)).size).toBe(long.length);
    const view = headView(weights, tokens, all);
    const few = drawnEdges(view, keptWeights(view, usualMass(tokens.length)));
    expect(few).toHaveLength(tokens.length ** 2);
    expect(few.at(-1)!.weight).toBe(Math.max(...weights));
  });

  it('are listed strongest first', () => {
    const long = tokensOf(longText(60));
    const values = weightsOf(long, 1, 2);
    const expected = [...values].sort((a, b) => b - a).slice(0, 10);
    expect(strongestEdges(headView(values, long, all), 10).map(({ weight }) => weight)).toEqual(expected);
  });

  it('keep as many of equal weights as are wanted, and no zeros', () => {
    const even = tokensOf('one two');
    const flat = headView(Float32Array.from({ length: 16 }, (_, at) => (at < 4 ? 0.25 : at % 4 === 1 ? 1 : 0)), even, all);
    expect([...keptWeights(flat, 0.5)]).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
    expect([...keptWeights(flat, 1)].reduce((sum, value) => sum + value, 0)).toBe(7);
    expect([...keptWeights({ ...flat, weights: new Float32Array(16) }, 1)]).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('rank within their row, equal ones alike', () => {
    const even = tokensOf('one two');
    const view = headView(Float32Array.of(0.1, 0.4, 0.4, 0.1, ...new Array<number>(12).fill(0.25)), even, all);
    expect([0, 1, 2, 3].map((column) => rankInRow(view, 0, column))).toEqual([3, 1, 1, 3]);
    expect(rankInRow(view, 1, 3)).toBe(1);
  });
});

describe('axes', () => {
  const read = axisItems(tokensOf('Der Hund'));
  const written = axisItems(tokensOf('The dog ran'));
  const cross: HeadView = {
    queries: written,
    keys: read,
    weights: Float32Array.from({ length: written.length * read.length }, (_, at) => (at % read.length === 1 ? 0.7 : 0.1)),
    max: 0.7,
    kind: 'cross',
  };

  it('carry what the drawings write', () => {
    expect(read.map(({ label }) => label)).toEqual(['[CLS]', 'Der', 'Hund', '[SEP]']);
    expect(read[1]).toMatchObject({ tokens: [1], title: 'der · id 1000', special: false, segment: 0, joined: false });
    expect(axisItems(tokensOf('moon.')).map(({ joined }) => joined)).toEqual([false, false, true, false]);
    expect(itemOf(axisItems(tokensOf('Elephants ran'), true), 2)).toBe(1);
    expect(itemOf(read, 9)).toBe(-1);
  });

  it('may be two lists', () => {
    expect(drawnEdges(cross, keptWeights(cross, 0.5))).toHaveLength(5);
    expect(edgesOf(cross, 'key', 1)).toHaveLength(5);
    expect(edgesOf(cross, 'query', 1).at(-1)).toEqual({ query: 1, key: 1, weight: cross.weights[5] });
    expect(textBlocks(cross).map(({ name, items }) => [name, items.length])).toEqual([['Source', 4], ['Written', 5]]);
    expect(textBlocks(cross)[1]!.items[2]).toMatchObject({ query: 2, key: null });
  });
});

describe('a causal map', () => {
  const cut = tokensOf('Elephants ran');
  const lower = Float32Array.from({ length: 25 }, (_, at) => (at % 5 <= Math.floor(at / 5) ? 1 / (1 + Math.floor(at / 5)) : 0));

  it('masks what comes later, and words only as a whole', () => {
    const view = headView(lower, cut, all, 'causal');
    expect(isMasked(view, 1, 2)).toBe(true);
    expect(isMasked(view, 2, 1)).toBe(false);
    expect(isMasked(view, 2, 2)).toBe(false);
    expect(isMasked(headView(lower, cut, all), 1, 2)).toBe(false);
    const merged = headView(lower, cut, { ...all, mergePieces: true }, 'causal');
    expect(isMasked(merged, 1, 1)).toBe(false);
    expect(isMasked(merged, 1, 2)).toBe(true);
  });

  it('offers no edges there, and means of the rows that may look', () => {
    const view = headView(lower, cut, all, 'causal');
    expect(edgesOf(view, 'query', 1).map(({ key }) => key).sort()).toEqual([0, 1]);
    expect(edgesOf(view, 'key', 3).map(({ query }) => query).sort()).toEqual([3, 4]);
    expect(drawnEdges(view, keptWeights(view, 1))).toHaveLength(15);
    expect(received(view)[4]).toBeCloseTo(0.2, 6);
    expect(received(view)[3]).toBeCloseTo((0.25 + 0.2) / 2, 6);
    expect(kindTexts.causal).toContain('not yet written');
  });
});

describe('running text', () => {
  const box = (left: number, top: number, width = 20): { left: number; top: number; width: number; height: number } => ({ left, top, width, height: 20 });

  it('starts a sentence pair on two lines and keeps the parts that a filter leaves', () => {
    const blocks = textBlocks(headView(weights, tokens, { ...all, pairs: 'ab' }));
    expect(blocks.map(({ name, items }) => [name, items.map(({ item }) => item.label).join(' ')])).toEqual([
      ['Text A', '[CLS] It ran [SEP]'],
      ['Text B', 'So did she [SEP]'],
    ]);
    expect(blocks[0]!.items[1]).toMatchObject({ query: 1, key: null });
    expect(blocks[1]!.items[0]).toMatchObject({ query: null, key: 0 });
  });

  it('runs as its first letter does', () => {
    const direction = (text: string): boolean[] => {
      const own = tokensOf(text);
      return textBlocks(headView(weightsOf(own, 0, 0), own, all)).map(({ rightToLeft }) => rightToLeft);
    };
    expect(direction('שלום to all')).toEqual([true]);
    expect(direction('\u202e12 Hello שלום')).toEqual([false]);
  });

  it('finds the box above and below', () => {
    const boxes = [box(0, 0), box(30, 0), box(60, 0), box(0, 38), box(50, 38), box(0, 76)];
    expect(boxBeside(boxes, 2, 1)).toBe(4);
    expect(boxBeside(boxes, 4, -1)).toBe(2);
    expect(boxBeside(boxes, 4, 1)).toBe(5);
    expect(boxBeside(boxes, 0, -1)).toBe(0);
    expect(boxBeside(boxes, 5, 1)).toBe(5);
  });

  it('writes numbers only where they have room', () => {
    const boxes = [box(0, 0), box(10, 0, 4), box(60, 0), box(0, 38)];
    expect(spaced([1, 0, 3, 2], boxes, 8, 26)).toEqual([1, 3, 2]);
    expect(spaced([1, 0, 3, 2], boxes, 2, 26)).toEqual([1, 3]);
  });

  it('is chosen by itself for long texts only', () => {
    expect([60, 61].map((rows) => drawingFor('auto', rows))).toEqual(['lines', 'text']);
    expect(drawingFor('matrix', 400)).toBe('matrix');
    expect(keptText('lines', 1, 40)).toBe('');
    expect(keptText('lines', 0.7, 41)).toContain('no more than 12');
    expect(keptText('text', 0.7, 41)).toMatch(/up to 70.% of its sum\.$/);
    expect(keptText('matrix', 0.2, 41)).toBe('');
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

  it('are written once where they share a character', () => {
    const piece = { id: 1, piece: 'Ã', special: false, segment: 0, word: 0 } as const;
    const parts = [{ ...piece, text: 'a☃', start: 0, end: 2 }, { ...piece, text: '☃', start: 1, end: 2 }, { ...piece, text: '☃b', start: 1, end: 3 }];
    expect(wordText(parts)).toBe('a☃b');
    expect(wordText([tokens[0]!])).toBe('[CLS]');
  });

  it('are summed over keys and averaged over queries', () => {
    const words = wordsOf(cut).map((own) => ({ tokens: own }));
    const merged = mergedWeights(four, 5, words, words);
    const at = (query: number, key: number): number => merged[query * 4 + key]!;
    expect(at(1, 1)).toBeCloseTo((0.4 + 0.6) / 2, 6);
    expect(at(1, 2)).toBeCloseTo(0.3, 6);
    expect(at(2, 1)).toBeCloseTo(0.5, 6);
    expect([...mergedWeights(four, 5, [{ tokens: [3] }], [{ tokens: [1, 2] }, { tokens: [4] }])]).toEqual([0.5, 0]);
  });

  it('leave rows that sum to one', () => {
    const view = headView(four, cut, { ...all, mergePieces: true });
    expect(view.queries.map((item) => item.tokens)).toEqual([[0], [1, 2], [3], [4]]);
    expect(view.keys[1]).toMatchObject({ label: 'Elephants', title: 'elepha · id 1000\n##nts · id 1000' });
    view.queries.forEach((_, row) => { expect(sumOfRow(view, row)).toBeCloseTo(1, 6); });
    const hidden = headView(four, cut, { hideSpecial: true, pairs: 'all', mergePieces: true });
    expect(hidden.queries.map((item) => item.tokens)).toEqual([[1, 2], [3]]);
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
    expect(rankedHeads(metrics.values.distance, 3)).toEqual([2, 1, 0]);
    expect(rankedHeads(null, 3)).toEqual([0, 1, 2]);
    expect(rankedHeads(metrics.values.separator, 3)).toEqual([0, 1, 2]);
  });
});

describe('thumbnails', () => {
  const side = tokens.length;
  const bytes = new Uint8Array(2 * side * side);
  bytes[side * side + 2 * side + 4] = 204;
  bytes[side * side + 2 * side] = 255;
  const overview: AttentionOverview = {
    model: encoderInfo, part: 'encoder', queries: tokens, tokens, written: null, windowed: null, layers: 1, heads: 2, kinds: ['self'], rows: side, columns: side, thumbnails: bytes,
  };

  it('name the strongest edge by token', () => {
    const { list, max, exact } = thumbnails(overview, false);
    expect([list.length, max, exact]).toEqual([2, 1, true]);
    expect(list[1]!.strongest).toMatchObject({ query: 2, key: 0, weight: 1 });
  });

  it('leave special tokens out as the detail does', () => {
    const { list } = thumbnails(overview, true);
    expect([list[1]!.rows, list[1]!.columns]).toEqual([5, 5]);
    expect(list[1]!.strongest).toMatchObject({ query: 2, key: 4 });
    expect(list[1]!.strongest.weight).toBeCloseTo(1, 5);
  });

  it('keep pooled cells as they are', () => {
    const pooled = { ...overview, rows: 2, columns: 2, thumbnails: Uint8Array.of(0, 0, 0, 0, 0, 0, 51, 0) };
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
    expect(documentRange({ ...tokens[2]!, text: ' ran', start: 2, end: 6 }, source)).toEqual({ start: 103, end: 106 });
    expect(documentRange({ ...tokens[2]!, text: ' ', start: 2, end: 3 }, source)).toEqual({ start: 102, end: 103 });
  });

  it('find the tokens that a selection or a cursor touches', () => {
    expect(tokensUnder({ start: 101, end: 104 }, tokens, source)).toEqual([1, 2]);
    expect(tokensUnder({ start: 404, end: 404 }, tokens, source)).toEqual([5]);
    expect(tokensUnder({ start: 102, end: 103 }, tokens, source)).toEqual([]);
  });
});

describe('remembered state', () => {
  it('survives nonsense', () => {
    expect(readAttentionState('x', -1)).toMatchObject({ layer: -1, head: 0, drawing: 'auto', pairs: 'all', pinned: null });
    expect(readAttentionState({ layer: 2, head: 'a', drawing: 'matrix', pairs: 'zz', pinned: 3 }, -1)).toMatchObject({
      layer: 2, head: 0, drawing: 'matrix', pairs: 'all', pinned: null,
    });
    expect(readAttentionState({ layer: 1.5, head: -3, least: -1, mass: 2, together: [{ layer: -1, head: 0 }, 7, { layer: 1, head: 2 }], pinned: { side: '__proto__', token: 1 } }, 4)).toMatchObject({
      layer: 4, head: 0, least: 0, mass: null, together: [{ layer: 1, head: 2 }], pinned: null,
    });
    expect(readAttentionState({ part: 'across', written: { ids: [1, 'x'] }, inModel: 3 }, -1)).toMatchObject({ part: null, written: null, inModel: null });
    expect(readAttentionState({ part: 'cross', written: { text: 'La vaca.', more: 1 }, inModel: 'translator' }, -1)).toMatchObject({ part: 'cross', written: { text: 'La vaca.' }, inModel: 'translator' });
    expect(readAttentionState({ written: { ids: [4, 5] } }, -1).written).toEqual({ ids: [4, 5] });
    expect(readAttentionState({ pinned: { side: 'key', token: -1 } }, -1).pinned).toBeNull();
    expect(readAttentionState({ pinned: { side: 'key', token: 3, kept: 'yes', more: 1 } }, -1).pinned).toEqual({ side: 'key', token: 3 });
    expect(readPredictionsState({ masked: [1, 'x'], candidates: 3, temperature: 0, depth: 'yes' })).toEqual({
      text: '', masked: null, candidates: [], table: false, temperature: 1, depth: false, training: false, next: null, opened: null,
    });
    expect(readPredictionsState({ next: { first: 1, second: 'B.' }, opened: 7 })).toMatchObject({ next: null, opened: null });
    expect(readPredictionsState({ next: { first: 'A.', second: '', turn: -2, direction: 'up' } }).next).toEqual({ first: 'A.', second: '', turn: 1, direction: 'firstToSecond' });
  });
});
