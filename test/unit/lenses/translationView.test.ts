import { describe, expect, it } from 'vitest';
import type { BeamNode } from '../../../src/lenses/translation/contract';
import type { Token } from '../../../src/text/token';
import { alignmentView, headsView } from '../../../webview/lenses/translation/alignment';
import { pathTo, placedNodes } from '../../../webview/lenses/translation/beamTree';
import { chosenRow, headChoice, headChoices, headChoiceName } from '../../../webview/lenses/writing/headChoice';
import { writtenItems, writtenWords, type ShownTranslation } from '../../../webview/lenses/translation/shownTranslation';
import { attendedSource, sourceWords } from '../../../webview/lenses/translation/sourceWords';
import { readTranslationState } from '../../../webview/lenses/translation/viewState';
import { triangleView } from '../../../webview/lenses/writing/triangle';
import { isMasked } from '../../../webview/lenses/attention/headView';

const token = (text: string, start: number, word: number | null): Token => ({ id: start, piece: text, text, start, end: start + text.length, special: word === null, segment: 0, word });
/** "can not" in three tokens, and the end. */
const tokens = [token('can', 0, 0), token('no', 4, 1), token('t', 6, 1), token('</s>', 0, null)];
/** One layer of two heads; the first looks at key `step`, the second at the last. */
const across = (step: number): Float32Array => Float32Array.from({ length: 8 }, (_, at) => (at === step || at === 7 ? 1 : 0));
const back = (keys: number): Float32Array => Float32Array.from({ length: 2 * keys }, (_, at) => (at < keys ? 1 / keys : Number(at === keys)));
const written = (text: string, step: number, startsWord = true, special = false) => ({
  id: 20 + step, token: text, startsWord, special, start: 0, end: 0, probability: 0.5, logProbability: -0.7, rank: 1, drawnWith: null, forced: false, entropy: 1,
  alternatives: [], crossAttention: across(step), selfAttention: back(1 + step), lens: null,
});
const shown: ShownTranslation = {
  model: null as never, tokens, windowed: null, output: 'pue den', firstKeys: ['<pad>'], logProbability: -2, looksBy: 'attention',
  crossLayers: 1, crossHeads: 2, selfLayers: 1, selfHeads: 2,
  steps: [written('pue', 0), written('den', 1, false), written('</s>', 2, true, true)],
};
const all = { layer: null, head: null };
const rows = (view: { weights: Float32Array; keys: readonly unknown[] }): number[][] =>
  Array.from({ length: view.weights.length / view.keys.length }, (_, row) => [...view.weights.subarray(row * view.keys.length, (row + 1) * view.keys.length)]);

describe('the heads of a translation', () => {
  it('are one, a layer’s mean, or the mean of all', () => {
    const four = Float32Array.of(1, 0, 0, 1, 0.5, 0.5, 0, 1);
    expect([...chosenRow(four, 2, 2, { layer: 0, head: 1 })]).toEqual([0, 1]);
    expect([...chosenRow(four, 2, 2, { layer: 0, head: null })]).toEqual([0.5, 0.5]);
    expect([...chosenRow(four, 2, 2, all)]).toEqual([0.375, 0.625]);
    expect([...chosenRow(four, 2, 2, { layer: null, head: 0 })]).toEqual([0.75, 0.25]);
  });

  it('that a model does not have become all', () => {
    expect(headChoice('2.7', 3, 8)).toEqual({ layer: 2, head: 7 });
    expect(headChoice('2.8', 3, 8)).toEqual({ layer: 2, head: null });
    expect(headChoice('3', 3, 8)).toEqual(all);
    expect(headChoices(3, 8)).toHaveLength(1 + 3 + 24);
    expect(headChoices(1, 1)).toEqual([{ value: 'all', label: 'its one alignment' }]);
    expect(headChoiceName({ layer: 2, head: 7 }, 3, 8)).toBe('layer 2, head 7');
  });
});

describe('the alignment', () => {
  it('has written tokens in rows and the source in columns', () => {
    const view = alignmentView(shown, all, { words: false, hideSpecial: false })!;
    expect(view.kind).toBe('cross');
    expect(rows(view)).toEqual([[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5], [0, 0, 0.5, 0.5]]);
  });

  it('merges pieces on both sides, and divides rows by what is left without special tokens', () => {
    const view = alignmentView(shown, all, { words: true, hideSpecial: true })!;
    expect(view.queries.map(({ label }) => label)).toEqual(['pueden']);
    expect(view.keys.map(({ label }) => label)).toEqual(['can', 'not']);
    // (½ + 0) / 2 and (0 + ½) / 2 of what the two pieces give to words, which is half of all.
    expect(rows(view)).toEqual([[0.5, 0.5]]);
  });

  it('is none for a model that gets one vector', () => {
    const steps = shown.steps.map((step) => ({ ...step, crossAttention: null }));
    expect(alignmentView({ ...shown, steps, crossLayers: 0, crossHeads: 0 }, all, { words: false, hideSpecial: false })).toBeNull();
  });

  it('is drawn for every head at one step too', () => {
    expect(rows(headsView(shown, 1, { words: false, hideSpecial: false })!)).toEqual([[0, 1, 0, 0], [0, 0, 0, 1]]);
  });
});

describe('the triangle of what is written', () => {
  it('masks what comes later, and nothing else', () => {
    const view = triangleView({ ...shown, layers: 1, heads: 2 }, 2, { layer: 0, head: 0 })!;
    expect(view.queries.map(({ label }) => label)).toEqual(['<pad>', 'pue', 'den']);
    expect(view.keys.map(({ label }) => label)).toEqual(['<pad>', 'pue', 'den']);
    expect(rows(view)[1]).toEqual([0.5, 0.5, 0]);
    const masked = view.queries.map((_, row) => view.keys.map((__, column) => isMasked(view, row, column)));
    expect(masked).toEqual([[false, true, true], [false, false, true], [false, false, false]]);
  });
});

describe('words', () => {
  it('that are written are made of pieces', () => {
    expect(writtenWords(shown.steps)).toEqual([[0, 1], [2]]);
    expect(writtenWords([written('lun', 0), written('a', 1, false), written('.', 2, false), written('»', 3, false)])).toEqual([[0, 1], [2], [3]]);
    expect(writtenItems(shown.steps, false).map(({ joined }) => joined)).toEqual([false, true, false]);
  });

  it('of the source get the sum over their pieces, and are shaded where they stand', () => {
    const words = sourceWords(tokens, Float32Array.of(0.1, 0.2, 0.3, 0.4));
    expect(words.map(({ token: { text } }) => text)).toEqual(['can', 'not', '</s>']);
    expect(words[1]!.weight).toBeCloseTo(0.5, 6);
    const source = { uri: 'file:///a.md', label: 'a.md:1', version: 3, first: { text: 'can not', offset: 10 }, selection: { start: 0, end: 0 } };
    expect(attendedSource(words, 'pue', source, 'cross-attention').words.map(({ start, end }) => [start, end])).toEqual([[10, 13], [14, 17]]);
  });
});

describe('the beams', () => {
  const node = (parent: number, step: number): BeamNode => ({ parent, step, id: 7, token: 'x', startsWord: true, logProbability: -1, score: -1, fate: 'followed' });
  it('stand in columns by step and rows by score, the winner marked', () => {
    const nodes = [node(-1, 2), node(-1, 2), node(1, 3), node(0, 3)];
    const placed = placedNodes({ beams: 2, lengthPenalty: 1, nodes, finished: [{ node: 2, output: '', score: 0, logProbability: 0, length: 2 }] });
    expect(placed.map(({ column, row }) => [column, row])).toEqual([[0, 0], [0, 1], [1, 0], [1, 1]]);
    expect(placed.filter(({ best }) => best).map(({ node: at }) => at)).toEqual([1, 2]);
    expect(pathTo(nodes, 3)).toEqual([0, 3]);
  });
});

describe('the remembered state', () => {
  it('is taken on where it is sound, and otherwise the default', () => {
    const state = readTranslationState({ choosing: 'beams', beams: 99, heads: '1.2', forced: [3, -1], step: 2, own: 'La vaca', shown: 'own', words: false });
    expect(state).toMatchObject({ choosing: 'beams', beams: 4, heads: '1.2', forced: [], step: 2, shown: 'own', words: false });
    expect(readTranslationState({ shown: 'own', heads: '<b>', temperature: 0 })).toMatchObject({ shown: 'model', heads: 'all', temperature: 1 });
    expect(readTranslationState(null)).toEqual(readTranslationState({ step: '7', maxTokens: -1, seed: 1.5 }));
  });
});
