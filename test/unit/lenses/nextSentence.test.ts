import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scoreNextSentence } from '../../../src/lenses/nextSentence/compute';
import { crossing } from '../../../src/lenses/nextSentence/crossing';
import { crossingHeads } from '../../../src/lenses/nextSentence/crossingHeads';
import { crossingShares } from '../../../src/lenses/nextSentence/crossingShares';
import { isNextInWords } from '../../../src/lenses/nextSentence/inWords';
import { ordinarySentence } from '../../../src/lenses/nextSentence/ordinarySentences';
import { contextOf } from '../../support/computeContext';
import { fakeModel, fakeTokenizer } from '../../support/fakeModel';

const request = { model: 'fake', device: 'cpu', first: 'the cow', second: 'her grass' } as const;
const folder = mkdtempSync(join(tmpdir(), 'headlight-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

describe('scoreNextSentence', () => {
  it('is the softmax of "follows" against "from elsewhere"', async () => {
    const { isNext, tokens } = await scoreNextSentence(request, contextOf(fakeModel()));
    expect(isNext).toBeCloseTo(0.75, 6);
    expect(tokens.map(({ segment }) => segment)).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  it('needs two sentences and a model with the head', async () => {
    await expect(scoreNextSentence({ ...request, second: ' ' }, contextOf(fakeModel()))).rejects.toMatchObject({
      code: 'empty-text',
    });
    const headless = fakeModel({ info: { hasNextSentenceHead: false } });
    await expect(scoreNextSentence(request, contextOf(headless))).rejects.toMatchObject({ code: 'no-next-sentence-head' });
  });

  it('says how good the head is of the built-in encoder alone, and only where its figures are there', async () => {
    const heldOutOf = async (id: string): Promise<unknown> => (await scoreNextSentence(request, contextOf(fakeModel({ folder, info: { id } })))).heldOut;
    expect(await heldOutOf('encoder')).toBeNull();
    writeFileSync(join(folder, 'figures.json'), '{"pairs": 40, "int8": {"next_other_document": 0.8, "next_same_document": 0.6}}');
    expect(await heldOutOf('encoder')).toEqual({ pairs: 40, otherDocument: 0.8, sameDocument: 0.6 });
    expect(await heldOutOf(folder)).toBeNull();
    writeFileSync(join(folder, 'figures.json'), '{"pairs": 40, "int8": {"next_other_document": "<b>"}}');
    expect(await heldOutOf('encoder')).toBeNull();
  });
});

describe('crossing', () => {
  /** [CLS] a b [SEP] c [SEP] */
  const { tokens } = fakeTokenizer().encode('the cow', 'grass');
  const tensor = (...rows: number[][]) => new Map([[0, { dims: [1, 1, 6, 6], data: Float32Array.from(rows.flat()) }]]);
  const even = Array<number>(6).fill(1 / 6);

  it('is the other sentence’s share of what is left without special tokens, the mean over the rows', () => {
    const attention = tensor(
      even,
      // Of 0.4 on words, 0.3 goes over; of 0.9, 0.09.
      [0.5, 0.05, 0.05, 0.1, 0.3, 0],
      [0.1, 0.4, 0.41, 0, 0.09, 0],
      even,
      [0.2, 0.1, 0.2, 0.2, 0.3, 0],
      even,
    );
    const { firstToSecond, secondToFirst, onWords, even: unbiased } = crossingShares(attention, tokens, 1, 1);
    expect(firstToSecond[0]).toBeCloseTo((0.75 + 0.1) / 2, 6);
    expect(secondToFirst[0]).toBeCloseTo(0.5, 6);
    expect(onWords[0]).toBeCloseTo((0.4 + 0.9 + 0.6) / 3, 6);
    expect(unbiased).toEqual({ firstToSecond: 1 / 3, secondToFirst: 2 / 3 });
  });

  it('leaves out rows that are spent on special tokens, and is no number where all are', () => {
    const onSpecial = [0.5, 0, 0, 0.5, 0, 0];
    const some = crossingShares(tensor(even, onSpecial, [0, 0.25, 0.25, 0, 0.5, 0], even, onSpecial, even), tokens, 1, 1);
    expect(some.firstToSecond[0]).toBeCloseTo(0.5, 6);
    expect(some.secondToFirst[0]).toBeNaN();
    expect(some.onWords[0]).toBeCloseTo(1 / 3, 6);
  });

  it('reads every head, each from its own map', async () => {
    const answer = await crossing(request, contextOf(fakeModel()));
    expect([answer.layers, answer.heads, answer.firstToSecond.length]).toEqual([2, 3, 6]);
    // Each query looks at the key that stands layer + head places behind it: "the cow" [SEP] "her grass" [SEP].
    const heads = crossingHeads(answer);
    expect(heads.map(({ layer, head }) => [layer, head])).toEqual([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
    expect(heads[0]).toMatchObject({ firstToSecond: 0, secondToFirst: 0, onWords: 1 });
    // By 2: the → [SEP], which is left out, cow → her; her → [SEP], grass → [CLS].
    expect(heads[2]).toMatchObject({ firstToSecond: 1, onWords: 0.25 });
    expect(heads[2]!.secondToFirst).toBeNaN();
    // By 3: both of the first look at the second.
    expect(heads[5]).toMatchObject({ firstToSecond: 1, onWords: 0.75 });
  });

  it('needs two sentences, and a model with attention, but no head', async () => {
    await expect(crossing({ ...request, second: '' }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'empty-text' });
    await expect(crossing(request, contextOf(fakeModel({ info: { layers: 0 } })))).rejects.toMatchObject({ code: 'cannot-instrument' });
    await crossing(request, contextOf(fakeModel({ info: { hasNextSentenceHead: false } })));
  });
});

describe('ordinarySentence', () => {
  it('is the same for the same turn, another for the next, and none of those given', () => {
    const turns = Array.from({ length: 12 }, (_, at) => ordinarySentence(at + 1, []));
    expect(new Set(turns).size).toBe(12);
    expect(ordinarySentence(13, [])).toBe(turns[0]);
    expect(ordinarySentence(1, [turns[0]!])).not.toBe(turns[0]);
  });
});

describe('isNextInWords', () => {
  it.each([[1, 'surely follows'], [0.7, 'rather follows'], [0.454, 'undecided'], [0.2, 'rather from elsewhere'], [0, 'surely from elsewhere']])('%d: %s', (isNext, words) => {
    expect(isNextInWords(isNext)).toBe(words);
  });
});
