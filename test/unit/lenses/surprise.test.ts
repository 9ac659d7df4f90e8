import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../../src/lenses/model';
import { surprise } from '../../../src/lenses/predictions/surprise';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu', top: 2 } as const;
const size = fakeModel().tokenizer.vocabularySize;

/** Logits that give an entry `weight` parts and each other one a single part. */
const favour = (entry: string, weight: number): number[] =>
  Array.from({ length: size }, (_, id) => (id === fakeId(entry) ? Math.log(weight) : 0));

describe('surprise', () => {
  it('is −log₂ of each word, with what was expected instead', async () => {
    const model = fakeModel({ logits: () => favour('moon', size + 1) });
    const { words, unknown } = await surprise({ ...target, text: 'The cow, the moon.' }, contextOf(model));
    expect(words.map(({ start, end }) => [start, end])).toEqual([[0, 3], [4, 7], [9, 12], [13, 17]]);
    const total = 2 * size;
    expect(words[1]!.bits).toBeCloseTo(Math.log2(total), 5);
    expect(words[3]!.bits).toBeCloseTo(Math.log2(total / (size + 1)), 5);
    expect(words[3]!.rank).toBe(1);
    expect(words[1]!.expected[0]).toMatchObject({ token: 'moon' });
    expect(words[1]!.expected).toHaveLength(2);
    expect(unknown).toBe(0);
  });

  it('adds up the pieces of a word, each given those before it', async () => {
    const fed: (readonly number[])[] = [];
    const model = fakeModel({ onRun: (batch) => void fed.push(...batch.map(({ ids }) => ids!)), logits: () => favour('##s', 1) });
    const { words } = await surprise({ ...target, text: 'walks' }, contextOf(model));
    expect(words).toHaveLength(1);
    expect(words[0]!.bits).toBeCloseTo(2 * Math.log2(size), 5);
    expect(words[0]!.rank).toBeNull();
    const mask = fakeId('[MASK]');
    expect(fed.map((ids) => ids.slice(1, -1))).toEqual(expect.arrayContaining([[mask, mask], [fakeId('walk'), mask]]));
  });

  it('masks words far from each other together, near ones apart', async () => {
    const rows: ModelInput[] = [];
    const model = fakeModel({ info: { window: 64 }, onRun: (batch) => void rows.push(...batch) });
    await surprise({ ...target, text: 'the cow ate the grass over the moon and the river' }, contextOf(model));
    expect(rows).toHaveLength(8);
    const alone: ModelInput[] = [];
    const exact = fakeModel({ info: { window: 64 }, onRun: (batch) => void alone.push(...batch) });
    await surprise({ ...target, text: 'the cow ate the grass over the moon and the river', exact: true }, contextOf(exact));
    expect(alone).toHaveLength(11);
  });

  it('leaves out words that the vocabulary does not know, and those outside the range', async () => {
    const text = 'the zebra ate the cow';
    const { words, unknown } = await surprise({ ...target, text, within: { start: 4, end: 13 } }, contextOf(fakeModel()));
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(['ate']);
    expect(unknown).toBe(1);
  });

  it('passes over masks that the text holds', async () => {
    const text = 'the [MASK] ate';
    const { words, unknown } = await surprise({ ...target, text }, contextOf(fakeModel()));
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(['the', 'ate']);
    expect(unknown).toBe(0);
  });

  it('reads a text longer than the window piece by piece', async () => {
    const text = Array.from({ length: 60 }, (_, at) => ['the', 'cow', 'ate', 'grass'][at % 4]).join(' ');
    const { words } = await surprise({ ...target, text }, contextOf(fakeModel()));
    expect(words).toHaveLength(60);
  });

  it('refuses an empty text and a model that predicts no words', async () => {
    await expect(surprise({ ...target, text: ' ' }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'empty-text' });
    const model = fakeModel({ info: { hasMaskedLanguageHead: false } });
    await expect(surprise({ ...target, text: 'the cow' }, contextOf(model))).rejects.toMatchObject({ code: 'no-masked-lm-head' });
  });
});
