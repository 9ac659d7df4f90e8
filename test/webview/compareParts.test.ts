import { describe, expect, it } from 'vitest';
import { wordRelations } from '../../src/lenses/attention/compareContract';
import type { Token } from '../../src/text/token';
import { alignByOffsets, alignByWords, sameItems, type AlignedItems, type Axis } from '../../webview/lenses/attention/compare/alignItems';
import { openedBeside, readCompareState } from '../../webview/lenses/attention/compare/compareState';
import { cosineText } from '../../webview/lenses/attention/compare/cosineTexts';
import { differenceOf } from '../../webview/lenses/attention/compare/difference';
import { placeIn } from '../../webview/lenses/attention/compare/differenceReadout';
import { longestCommon } from '../../src/text/longestCommon';
import { otherSideOf } from '../../webview/lenses/attention/compare/otherSide';
import { differingHead } from '../../webview/lenses/attention/compare/relationTexts';
import { chooseWord } from '../../webview/lenses/attention/compare/sharedWord';
import { axisItems, headView } from '../../webview/lenses/attention/headView';
import { encoderInfo } from '../support/encoderInfo';
import { tokensOf } from './harness/fakeModel';

const axisOf = (tokens: readonly Token[], merge = false): Axis => ({ items: axisItems(tokens, merge), tokens });
const labels = (a: Axis, b: Axis, aligned: readonly AlignedItems[]): string[] =>
  aligned.map((pair) => `${pair.a.map((at) => a.items[at]!.label).join('+')}=${pair.b.map((at) => b.items[at]!.label).join('+')}`);

/** Tokens that cut a text at these offsets. */
function cut(text: string, ...offsets: readonly number[]): Token[] {
  const ends = [...offsets, text.length];
  return ends.map((end, at): Token => {
    const start = at === 0 ? 0 : ends[at - 1]!;
    return { id: at, piece: text.slice(start, end), text: text.slice(start, end), special: false, segment: 0, word: at, start, end };
  });
}

describe('longestCommon', () => {
  it('keeps the order and takes as many as can be', () => {
    const pairs = longestCommon(Array.from('abcbdab'), Array.from('bdcaba'), (letter) => letter);
    expect(pairs.map(([one]) => one).join('')).toHaveLength(4);
    expect(pairs.every(([one, other]) => one === other)).toBe(true);
  });

  it('is empty where nothing is common', () => {
    expect(longestCommon(['a'], ['b'], (letter) => letter)).toEqual([]);
    expect(longestCommon([], ['b'], (letter) => letter)).toEqual([]);
  });
});

describe('alignment of two tokenizations of a text', () => {
  it('joins pieces until both sides end at the same place', () => {
    const [a, b] = [axisOf(cut('abcdef', 2, 5)), axisOf(cut('abcdef', 1, 3, 5))];
    expect(labels(a, b, alignByOffsets(a, b))).toEqual(['ab+cde=a+bc+de', 'f=f']);
  });

  it('matches special tokens by where they stand, whatever they are called', () => {
    const special = (piece: string): Token => ({ id: 0, piece, text: piece, special: true, segment: 0, word: null, start: 0, end: 0 });
    const [a, b] = [axisOf([special('[CLS]'), ...cut('ab', 1), special('[SEP]')]), axisOf([special('<s>'), ...cut('ab')])];
    expect(labels(a, b, alignByOffsets(a, b))).toEqual(['[CLS]=<s>', 'a+b=ab']);
  });

  it('keeps the texts of a pair apart', () => {
    const tokens = tokensOf('ab', 'ab').filter(({ special }) => !special);
    expect(alignByOffsets(axisOf(tokens), axisOf(tokens))).toEqual([{ a: [0], b: [0] }, { a: [1], b: [1] }]);
  });
});

describe('alignment of two texts', () => {
  const a = axisOf(tokensOf('He put the sheet of notes on the music stand.'));
  const b = axisOf(tokensOf('I cannot stand the noise of the traffic.'));

  it('takes the longest common subsequence of words', () => {
    expect(labels(a, b, alignByWords(a, b, null))).toEqual(['[CLS]=[CLS]', 'the=the', 'of=of', 'the=the', '.=.', '[SEP]=[SEP]']);
  });

  it('matches the chosen word first', () => {
    const at = (axis: Axis): number => axis.tokens.findIndex(({ text }) => text === 'stand');
    expect(labels(a, b, alignByWords(a, b, [at(a), at(b)]))).toEqual(['[CLS]=[CLS]', 'stand=stand', '.=.', '[SEP]=[SEP]']);
  });

  it('takes the pieces of a word together, merged or not', () => {
    const [one, other] = [axisOf(tokensOf('a remarkable cow')), axisOf(tokensOf('the Remarkable cow'), true)];
    expect(labels(one, other, alignByWords(one, other, null))).toEqual(['[CLS]=[CLS]', 'remarka+ble=Remarkable', 'cow=cow', '[SEP]=[SEP]']);
  });
});

describe('difference of two maps', () => {
  it('is B − A cell by cell where the tokens are the same', () => {
    const tokens = cut('ab', 1);
    const [a, b] = [Float32Array.of(1, 0, 0.5, 0.5), Float32Array.of(0.25, 0.75, 0.5, 0.5)].map((weights) => headView(weights, tokens, { hideSpecial: false, pairs: 'all' }));
    const same = sameItems(axisOf(tokens));
    const { view, leftOut } = differenceOf(a!, b!, same, same);
    expect([...view.weights]).toEqual([-0.75, 0.75, 0, 0]);
    expect(view.max).toBe(0.75);
    expect(leftOut).toEqual({ a: 0, b: 0 });
  });

  it('sums over the pieces of a key and averages over those of a query', () => {
    const a = headView(Float32Array.of(1), cut('ab'), { hideSpecial: false, pairs: 'all' });
    const tokens = cut('ab', 1);
    const b = headView(Float32Array.of(0.5, 0.25, 0.125, 0.125), tokens, { hideSpecial: false, pairs: 'all' });
    const both = alignByOffsets(axisOf(cut('ab')), axisOf(tokens));
    const difference = differenceOf(a, b, both, both);
    expect([...difference.weightsB]).toEqual([0.5]);
    expect([...difference.view.weights]).toEqual([-0.5]);
    // A cell of B's pieces is the whole word in A.
    expect(placeIn('a', { side: 'b', row: 1, column: 0 }, difference)).toEqual({ row: 0, column: 0 });
    expect(placeIn('b', { side: 'difference', row: 0, column: -1 }, difference)).toEqual({ row: 0, column: -1 });
  });

  it('says how many tokens have no counterpart', () => {
    const [one, other] = [tokensOf('a cow ate grass'), tokensOf('a moon rose')];
    const view = (tokens: readonly Token[]) => headView(new Float32Array(tokens.length ** 2), tokens, { hideSpecial: true, pairs: 'all' });
    const pairs = alignByWords({ items: view(one).queries, tokens: one }, { items: view(other).queries, tokens: other }, null);
    expect(differenceOf(view(one), view(other), pairs, pairs).leftOut).toEqual({ a: 3, b: 2 });
  });
});

describe('the word that is compared', () => {
  const [music, noise] = ['He put notes on the music stand, the old stand.', 'I cannot stand the noise.'];
  const at = (text: string, word: string, from = 0) => ({ start: text.indexOf(word, from), end: text.indexOf(word, from) + word.length });

  it('is the longest that both share', () => {
    expect(chooseWord(music, noise, null, null)).toEqual({ words: ['stand', 'the'], chosen: { word: 'stand', first: at(music, 'stand'), second: at(noise, 'stand') } });
  });

  it('is the followed one, where it stands; or the one that is named', () => {
    const second = at(music, 'stand', 32);
    expect(chooseWord(music, noise, null, second).chosen?.first).toEqual(second);
    expect(chooseWord(music, noise, null, at(music, 'the')).chosen?.word).toBe('the');
    expect(chooseWord(music, noise, 'THE', second).chosen?.word).toBe('the');
    expect(chooseWord(music, noise, 'moon', null).chosen?.word).toBe('stand');
  });

  it('is none where nothing is shared', () => {
    expect(chooseWord('one', 'two', null, null)).toEqual({ words: [], chosen: null });
  });
});

describe('what B is', () => {
  const one = {
    overview: {
      model: encoderInfo, part: 'encoder', queries: [], tokens: [], written: null, windowed: null, layers: 6, heads: 12, kinds: [], rows: 0, columns: 0, thumbnails: new Uint8Array(),
    },
    request: { text: 'a cow', focus: 0 },
    map: { kind: 'head', layer: 3, head: 1 },
  } as const;
  const own = openedBeside(3, 1);

  it('opens with the layer before, the second from the first', () => {
    expect(own).toMatchObject({ kind: 'head', layer: 2, head: 1 });
    expect(openedBeside(0, 4)).toMatchObject({ layer: 1, head: 4 });
  });

  it('is a head that is there', () => {
    expect(otherSideOf({ ...own, layer: 99, head: 99 }, one, null)?.request).toEqual({ ...one.request, map: { kind: 'head', layer: 5, head: 11 } });
    expect(otherSideOf(own, { ...one, map: { kind: 'model' } }, null)?.request.map).toEqual({ kind: 'layer', layer: 2 });
  });

  it('waits for a text and for a model', () => {
    expect(otherSideOf({ ...own, kind: 'text' }, one, null)).toBeNull();
    expect(otherSideOf({ ...own, kind: 'text', text: 'the moon' }, one, null, 4)?.request).toEqual({ text: 'the moon', map: one.map, focus: 4 });
    expect(otherSideOf({ ...own, kind: 'model', model: 'small' }, one, null)).toBeNull();
    const small = { ...encoderInfo, layers: 2, heads: 1 };
    expect(otherSideOf({ ...own, kind: 'model', model: 'small' }, one, small)?.request).toEqual({ ...one.request, map: { kind: 'head', layer: 1, head: 0 }, inModel: 'small' });
  });

  it('is read back from what was remembered, whatever that is', () => {
    expect(readCompareState(JSON.parse(JSON.stringify({ ...own, text: 'x', word: 'y' })))).toEqual({ ...own, text: 'x', word: 'y' });
    for (const nothing of [null, undefined, 7, 'text']) expect(readCompareState(nothing)).toBeNull();
    expect(readCompareState({ kind: 'evil', layer: -3, head: 0.5, text: 7, model: {}, table: 'yes' })).toEqual({ kind: 'head', layer: 0, head: 0, text: '', model: null, word: null, table: false });
  });
});

describe('what the numbers of a word say', () => {
  it('tells where its vectors are least alike, and which way they move', () => {
    expect(cosineText([1, 1, 1])).toBe('In every layer the two vectors are the same.');
    expect(cosineText([0.98, 0.4, 0.6])).toMatch(/cosine 0\.98; they are least alike after layer 0 \(0\.40\)\. .*move the word apart/);
    expect(cosineText([0.5, 0.6, 0.9])).toMatch(/least alike before the first layer \(0\.50\)\. .*closer together/);
    expect(cosineText([0.9, 0.8, 0.9])).toMatch(/hardly changed/);
  });

  it('tells a head by the relation whose share changes most', () => {
    const profile = (share: Partial<Record<(typeof wordRelations)[number], number>>): number[] => wordRelations.map((name) => share[name] ?? 0);
    const profiles = [
      Float32Array.from([...profile({ start: 1 }), ...profile({ wordBefore: 0.75, later: 0.25 })]),
      Float32Array.from([...profile({ start: 1 }), ...profile({ wordBefore: 0.25, later: 0.5, separator: 0.25 })]),
    ] as const;
    const model = { ...encoderInfo, layers: 2, heads: 1 };
    expect(differingHead({ model, cosines: new Float32Array(3), profiles, distances: Float32Array.of(0, 0.5) }, 1)).toEqual({
      layer: 1, head: 0, distance: 0.5, relation: 'wordBefore', shares: [0.75, 0.25],
    });
  });
});
