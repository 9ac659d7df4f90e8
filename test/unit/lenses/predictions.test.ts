import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../../src/lenses/model';
import { predict } from '../../../src/lenses/predictions/compute';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu', top: 3 } as const;
const size = fakeModel().tokenizer.vocabularySize;

/** Logits that give an entry `weight` parts and each other one a single part. */
function favour(entry: string, weight: number): number[] {
  return Array.from({ length: size }, (_, id) => (id === fakeId(entry) ? Math.log(weight) : 0));
}

describe('temperature', () => {
  const at = async (temperature: number, text = 'the [MASK]') => {
    const model = fakeModel({ logits: () => favour('moon', 16) });
    return (await predict({ ...target, text, temperature, candidates: ['moon', 'walks'] }, contextOf(model))).masks[0]!;
  };

  it('sharpens below 1 and evens out above, for all that is said', async () => {
    // Logit log 16: at temperature 2 it weighs 4, at ½ 256.
    for (const [temperature, weight] of [[1, 16], [2, 4], [0.5, 256]] as const) {
      const { candidates: [moon, walks], entropy, predictions } = await at(temperature);
      expect(predictions[0]!.probability).toBeCloseTo(weight / (weight + size - 1), 5);
      expect(moon!.probability).toBeCloseTo(weight / (weight + size - 1), 5);
      expect(walks!.probability).toBeCloseTo((1 / (weight + size - 1)) ** 2, 5);
      expect(entropy).toBeGreaterThan(0);
    }
    expect((await at(2)).entropy).toBeGreaterThan((await at(1)).entropy);
  });

  it.each([0, -1, NaN, Infinity])('refuses %d', async (temperature) => {
    await expect(at(temperature)).rejects.toMatchObject({ code: 'out-of-range' });
  });
});

describe('predict', () => {
  it('answers with tokens alone when nothing is masked', async () => {
    const answer = await predict({ ...target, text: 'the cow' }, contextOf(fakeModel()));
    expect(answer.masks).toEqual([]);
    expect(answer.tokens.map(({ text }) => text)).toEqual(['[CLS]', 'the', 'cow', '[SEP]']);
  });

  it('predicts for a mask typed in the text', async () => {
    const model = fakeModel({ logits: () => favour('moon', size) });
    const { masks } = await predict({ ...target, text: 'over the [MASK].' }, contextOf(model));
    expect(masks).toHaveLength(1);
    expect(masks[0]).toMatchObject({ index: 3, original: null });
    expect(masks[0]!.predictions[0]).toMatchObject({ token: 'moon', id: fakeId('moon') });
    expect(masks[0]!.predictions[0]!.probability).toBeCloseTo(size / (2 * size - 1), 6);
    expect(masks[0]!.predictions).toHaveLength(3);
  });

  it('feeds the mask in place of a masked word and tells what stood there', async () => {
    const fed: (readonly number[])[] = [];
    const model = fakeModel({
      onRun: ([input]) => void fed.push(input!.ids!),
      logits: () => favour('moon', 5),
    });
    const text = 'the cow ate';
    const { masks } = await predict({ ...target, text, maskRange: { start: 4, end: 7 } }, contextOf(model));
    expect(fed[0]!.map((id) => id === fakeId('[MASK]'))).toEqual([false, false, true, false, false]);
    expect(masks[0]!.original).toMatchObject({ token: 'cow', rank: 2 });
    expect(masks[0]!.original!.probability).toBeCloseTo(1 / (size + 4), 6);
    expect(masks[0]!.index).toBe(2);
  });

  it('masks all pieces under a range, typed masks and chosen tokens, once each and in order', async () => {
    const text = 'walks [MASK] the stands';
    const { masks } = await predict(
      { ...target, text, maskRange: { start: 1, end: 3 }, maskTokens: [5, 3] },
      contextOf(fakeModel()),
    );
    // [CLS] walk ##s [MASK] the stands [SEP]
    expect(masks.map(({ index }) => index)).toEqual([1, 3, 5]);
    expect(masks.map(({ original }) => original?.token)).toEqual(['walk', undefined, 'stands']);
  });

  it('gives probability and rank of a word of one piece', async () => {
    const model = fakeModel({ logits: () => favour('moon', 3) });
    const { masks } = await predict({ ...target, text: 'the [MASK]', candidates: ['Moon', 'cow'] }, contextOf(model));
    const [moon, cow] = masks[0]!.candidates;
    expect(moon).toMatchObject({ text: 'Moon', pieces: ['moon'], rank: 1 });
    expect(moon!.probability).toBeCloseTo(3 / (size + 2), 6);
    expect(cow).toMatchObject({ rank: 2 });
    expect(cow!.probability).toBeCloseTo(1 / (size + 2), 6);
  });

  it('scores a word of several pieces jointly from left to right', async () => {
    const inputs: ModelInput[] = [];
    const model = fakeModel({
      onRun: ([input]) => void inputs.push(input!),
      logits: (ids, place) => {
        const previous = ids[place - 1];
        return previous === fakeId('walk') ? favour('##ing', size + 1) : favour('walk', size + 1);
      },
    });
    const { masks } = await predict({ ...target, text: 'the [MASK].', candidates: ['walking'] }, contextOf(model));
    const half = (size + 1) / (2 * size);
    expect(masks[0]!.candidates[0]).toMatchObject({ pieces: ['walk', '##ing'], rank: null });
    expect(masks[0]!.candidates[0]!.probability).toBeCloseTo(half * half, 6);
    const mask = fakeId('[MASK]');
    const [cls, the, dot, sep] = ['[CLS]', 'the', '.', '[SEP]'].map(fakeId);
    expect(inputs.slice(1).map(({ ids }) => ids)).toEqual([
      [cls, the, mask, mask, dot, sep],
      [cls, the, fakeId('walk'), mask, dot, sep],
    ]);
  });

  it('shortens the far end when a wider candidate exceeds the window', async () => {
    const lengths: number[] = [];
    const model = fakeModel({
      info: { window: 6 },
      onRun: ([input]) => void lengths.push(input!.tokens.length),
    });
    await predict({ ...target, text: 'the [MASK] the cow', candidates: ['walkings'] }, contextOf(model));
    expect(Math.max(...lengths)).toBe(6);
    expect(lengths).toHaveLength(4);
  });

  it('has no probability for a word that the vocabulary does not know', async () => {
    const { masks } = await predict({ ...target, text: '[MASK]', candidates: ['мир', ''] }, contextOf(fakeModel()));
    expect(masks[0]!.candidates.map(({ probability, rank }) => [probability, rank])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('measures entropy in bits', async () => {
    const model = fakeModel({ logits: () => new Array<number>(size).fill(7) });
    const { masks } = await predict({ ...target, text: '[MASK]' }, contextOf(model));
    expect(masks[0]!.entropy).toBeCloseTo(Math.log2(size), 5);
  });

  it.each([
    [{ text: 'the cow', maskTokens: [9] }, 'out-of-range', /no token 9/],
    [{ text: 'the cow', maskTokens: [0] }, 'out-of-range', /\[CLS\]/],
    [{ text: 'the  cow', maskRange: { start: 3, end: 5 } }, 'out-of-range', /nothing to mask/],
    [{ text: '  ' }, 'empty-text', /empty/],
  ])('refuses %j', async (request, code, message) => {
    await expect(predict({ ...target, ...request }, contextOf(fakeModel()))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('says which models have what this one lacks', async () => {
    const text = 'the [MASK]';
    await expect(predict({ ...target, text }, contextOf(fakeModel({ maskToken: false })))).rejects.toMatchObject({
      code: 'no-mask-token',
      message: expect.stringContaining('masked language model') as string,
    });
    const headless = fakeModel({ info: { hasMaskedLanguageHead: false } });
    await expect(predict({ ...target, text }, contextOf(headless))).rejects.toMatchObject({
      code: 'no-masked-lm-head',
      message: expect.stringContaining('fill-mask') as string,
    });
  });
});
