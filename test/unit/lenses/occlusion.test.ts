import { describe, expect, it } from 'vitest';
import type { OcclusionMethod } from '../../../src/lenses/attribution/method';
import { occlude, occludedWords } from '../../../src/lenses/attribution/occlusion';
import { tokensPerRun } from '../../../src/lenses/batches';
import type { LensProgress } from '../../../src/lenses/calls';
import type { ModelInput } from '../../../src/lenses/model';
import { fakeId, fakeModel } from '../../support/fakeModel';

const idsOf = ({ ids, tokens }: ModelInput): readonly number[] => ids ?? tokens.map(({ id }) => id);
/** How often "the" stands in a row. */
const countThe = (rows: readonly ModelInput[]): Promise<number[]> => Promise.resolve(rows.map((row) => idsOf(row).filter((id) => id === fakeId('the')).length));

const text = 'the cow walking, the moon';

async function left(method: OcclusionMethod, pair?: string): Promise<readonly (readonly number[])[]> {
  const model = fakeModel();
  const { tokens } = model.tokenizer.encode(text, pair);
  const { without } = await occlude<readonly number[]>(model, {
    tokens, parts: occludedWords(tokens, text, pair), method, progress: () => undefined,
    measure: (rows) => Promise.resolve(rows.map(idsOf)),
  });
  return without;
}

describe('occludedWords', () => {
  it('takes all pieces of a word together, and each sign by itself', () => {
    const { tokens } = fakeModel().tokenizer.encode(text);
    expect(tokens.map(({ piece }) => piece)).toEqual(['[CLS]', 'the', 'cow', 'walk', '##ing', ',', 'the', 'moon', '[SEP]']);
    expect(occludedWords(tokens, text).map(({ start, end, tokens: own }) => [text.slice(start, end), own])).toEqual([
      ['the', [1]], ['cow', [2]], ['walking', [3, 4]], [',', [5]], ['the', [6]], ['moon', [7]],
    ]);
  });

  it('tells the words of a pair from those of the first text', () => {
    const { tokens } = fakeModel().tokenizer.encode('the cow', 'her grass');
    expect(occludedWords(tokens, 'the cow', 'her grass').map(({ segment, start, tokens: own }) => [segment, start, own])).toEqual([
      [0, 0, [1]], [0, 4, [2]], [1, 0, [4]], [1, 4, [5]],
    ]);
  });
});

describe('occludedWords of a part of a long text', () => {
  it('has places in the whole text', () => {
    const long = `${'money '.repeat(1000)}the cow ate`;
    const model = fakeModel();
    const from = long.indexOf('the cow');
    const tokens = model.tokenizer.encode('the cow ate').tokens.map((token) => (token.special ? token : { ...token, start: token.start + from, end: token.end + from }));
    expect(occludedWords(tokens, long).map(({ start, end }) => long.slice(start, end))).toEqual(['the', 'cow', 'ate']);
  });
});

describe('occlude', () => {
  it('measures the whole, and the rest without each word', async () => {
    const model = fakeModel();
    const { tokens } = model.tokenizer.encode(text);
    for (const method of ['mask', 'delete'] as const) {
      const { whole, without } = await occlude(model, { tokens, parts: occludedWords(tokens, text), method, measure: countThe, progress: () => undefined });
      expect(whole).toBe(2);
      expect(without).toEqual([1, 2, 2, 2, 1, 2]);
    }
  });

  it('puts the mask in the place of every piece', async () => {
    const [, , walking] = await left('mask');
    expect(walking!.map((id) => id === fakeId('[MASK]'))).toEqual([false, false, false, true, true, false, false, false, false]);
  });

  it('or takes the pieces away', async () => {
    const [, , walking] = await left('delete', 'her grass');
    expect(walking).toEqual(['[CLS]', 'the', 'cow', ',', 'the', 'moon', '[SEP]', 'her', 'grass', '[SEP]'].map(fakeId));
  });

  it('goes in batches, tells how far it is, and keeps the order whatever batch a row was in', async () => {
    const model = fakeModel({ info: { window: 512 } });
    const long = Array.from({ length: 300 }, (_, index) => (index === 7 ? 'cow' : 'the')).join(' ');
    const { tokens } = model.tokenizer.encode(long);
    const batches: number[] = [];
    const seen: LensProgress[] = [];
    const { whole, without } = await occlude(model, {
      tokens, parts: occludedWords(tokens, long), method: 'delete', progress: (progress) => seen.push(progress),
      measure: (rows) => {
        batches.push(rows.reduce((sum, row) => sum + row.tokens.length, 0));
        return countThe(rows);
      },
    });
    expect(whole).toBe(299);
    expect(without.flatMap((count, word) => (count === 299 ? [word] : []))).toEqual([7]);
    expect(Math.max(...batches)).toBeLessThanOrEqual(tokensPerRun);
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done!)].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ total: 301 });
  });

  it('ends with what ends the measure', async () => {
    const model = fakeModel();
    const { tokens } = model.tokenizer.encode(text);
    const options = { tokens, parts: occludedWords(tokens, text), method: 'mask' as const, progress: () => undefined };
    await expect(occlude(model, { ...options, measure: () => Promise.reject(new Error('cancelled')) })).rejects.toThrow('cancelled');
  });

  it('needs a mask token to mask, and none to delete', async () => {
    const model = fakeModel({ maskToken: false });
    const { tokens } = model.tokenizer.encode(text);
    const options = { tokens, parts: occludedWords(tokens, text), measure: countThe, progress: () => undefined };
    await expect(occlude(model, { ...options, method: 'mask' })).rejects.toMatchObject({ code: 'no-mask-token' });
    expect((await occlude(model, { ...options, method: 'delete' })).whole).toBe(2);
  });
});
