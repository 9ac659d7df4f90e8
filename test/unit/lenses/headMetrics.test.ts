import { describe, expect, it } from 'vitest';
import { headMetrics } from '../../../src/lenses/attention/headMetrics';
import { headLabel } from '../../../src/lenses/attention/headMetricTexts';
import type { HeadMetricName } from '../../../src/lenses/attention/contract';
import type { AttentionKind } from '../../../src/lenses/model';
import { fakeTokenizer } from '../../support/fakeModel';

const { signal } = new AbortController();

/** [CLS] the cow ate . the moon [SEP] */
const tokens = fakeTokenizer().encode('the cow ate . the moon').tokens;
const pair = fakeTokenizer().encode('the cow', 'her grass').tokens;

type Key = (query: number, size: number) => number;
const oneHot = (key: Key) => (size: number): number[] =>
  Array.from({ length: size * size }, (_, at) => (at % size === key(Math.floor(at / size), size) ? 1 : 0));
const even = (size: number): number[] => new Array<number>(size * size).fill(1 / size);
const evenSoFar = (size: number): number[] =>
  Array.from({ length: size * size }, (_, at) => (at % size <= Math.floor(at / size) ? 1 / (Math.floor(at / size) + 1) : 0));

async function measure(map: (size: number) => number[], of = tokens, kind: AttentionKind = 'self'): Promise<Partial<Record<HeadMetricName, number>>> {
  const size = of.length;
  const tensor = { dims: [1, 1, size, size], data: Float32Array.from(map(size)) };
  const { values } = await headMetrics(new Map([[0, tensor]]), of, [kind], signal);
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, Math.round(value[0]! * 1e5) / 1e5]] : [])));
}

describe('head metrics', () => {
  it('of a head that looks at the token before', async () => {
    expect(await measure(oneHot((query) => Math.max(0, query - 1)))).toMatchObject({
      previousToken: 1, nextToken: 0, sameToken: 0, distance: 1, entropy: 0, firstToken: 0.16667,
    });
  });

  it('of a head that looks at the token after', async () => {
    expect(await measure(oneHot((query, size) => Math.min(size - 1, query + 1)))).toMatchObject({ nextToken: 1, previousToken: 0, separator: 0.16667 });
  });

  it('of an even head', async () => {
    // Six text tokens at 1 to 6 among eight: the mean distance to all, |q − k| / 8.
    const distance = [1, 2, 3, 4, 5, 6].reduce((sum, query) => sum + [...Array(8).keys()].reduce((row, key) => row + Math.abs(query - key), 0) / 8, 0) / 6;
    expect(await measure(even)).toMatchObject({
      entropy: 1, previousToken: 0.125, nextToken: 0.125, firstToken: 0.125, separator: 0.125, punctuation: 0.125,
      // Two of six rows are the repeated "the".
      sameToken: 0.16667, distance: Math.round(distance * 1e5) / 1e5,
    });
  });

  it('of sinks', async () => {
    expect(await measure(oneHot(() => 0))).toMatchObject({ firstToken: 1, separator: 0, entropy: 0 });
    expect(await measure(oneHot((_, size) => size - 1))).toMatchObject({ separator: 1, firstToken: 0 });
    expect(await measure(oneHot(() => 4))).toMatchObject({ punctuation: 1 });
  });

  it('count a repeat of the word as the same token', async () => {
    expect(await measure(oneHot((query) => query))).toMatchObject({ sameToken: 1, distance: 0 });
    expect(await measure(oneHot((query) => ({ 1: 5, 5: 1 })[query] ?? 0))).toMatchObject({ sameToken: 0.33333 });
  });

  it('of attention to another text are those that need no places in one text', async () => {
    const queries = fakeTokenizer().encode('her grass').tokens.map((token) => ({ ...token, segment: 1 as const }));
    // Each of two words looks at "." and at the start, half and half; special rows do not count.
    const rows = queries.map(({ special }) => tokens.map((_, key) => (special ? Number(key === 7) : key === 4 || key === 0 ? 0.5 : 0)));
    const tensor = { dims: [1, 1, queries.length, tokens.length], data: Float32Array.from(rows.flat()) };
    const { values } = await headMetrics(new Map([[0, tensor]]), tokens, ['cross'], signal, queries);
    expect(Object.entries(values).flatMap(([name, value]) => (value ? [[name, Math.round(value[0]! * 1e4) / 1e4]] : []))).toEqual([
      ['firstToken', 0.5], ['separator', 0], ['punctuation', 0.5], ['entropy', Math.round((1e4 * Math.LN2) / Math.log(8)) / 1e4],
    ]);
    expect(headLabel({ values }, 0).text).toBe('first token 0.50');
  });

  it('count the other sentence of a pair, without its separator', async () => {
    // [CLS] the cow [SEP] her grass [SEP]
    expect(await measure(oneHot((query) => (query < 3 ? 4 : 1)), pair)).toMatchObject({ crossSentence: 1 });
    expect(await measure(oneHot((query) => (query < 3 ? 6 : 3)), pair)).toMatchObject({ crossSentence: 0, separator: 1 });
    expect(await measure(even)).not.toHaveProperty('crossSentence');
  });

  it('take as even what a causal row may look at', async () => {
    expect(await measure(evenSoFar, tokens, 'causal')).toMatchObject({ entropy: 1, nextToken: 0 });
    expect((await measure(evenSoFar)).entropy).toBeLessThan(1);
  });

  it('leave out what the text has nothing to measure on', async () => {
    const plain = tokens.filter(({ special, text }) => !special && text !== '.');
    const found = await measure(even, plain);
    expect(found).not.toHaveProperty('separator');
    expect(found).not.toHaveProperty('punctuation');
    expect(found).toHaveProperty('firstToken');
  });

  it('take every row where there are special tokens only', async () => {
    expect(await measure(oneHot(() => 0), tokens.filter(({ special }) => special))).toMatchObject({ firstToken: 1 });
  });

  it('stop between layers when they are cancelled', async () => {
    const tensor = { dims: [1, 1, 1, 1], data: Float32Array.of(1) };
    const call = headMetrics(new Map([[0, tensor]]), tokens.slice(0, 1), ['self'], AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });
});
