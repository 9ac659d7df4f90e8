import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sensesOf } from '../../../src/lenses/senses/senseDictionary';
import { senseDictionaryOf } from '../../../src/lenses/senses/senseDictionaryFile';
import { fakeModel } from '../../support/fakeModel';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headlight-'));
});
afterEach(() => rm(folder, { recursive: true }));

const floats = (count: number, value = 0.5): string => Buffer.from(new Float32Array(count).fill(value).buffer).toString('base64');
const width = fakeModel().info.hiddenSize;

const file = {
  probes: [{ template: ['W'], at: 'word', states: [1, 2] }],
  mean: floats(width),
  projection: floats(width * 2),
  spread: floats(2, 3),
  weights: floats(2, 0.25),
  places: Buffer.from(Int8Array.of(1, -2, 3, -4, 5, -6).buffer).toString('base64'),
  step: 0.5,
  prior: 0.9,
  unlisted: 0.5,
  omitted: 0.25,
  lemmas: {
    stand: { omitted: 2, verb: [['put up with', ['bear'], 9, 9.5]], noun: [['a rack', [], 3, 4]] },
    constructor: { omitted: 0, noun: [['one who builds', [], 1, 1]] },
  },
  irregular: { stood: ['stand'] },
};

async function indexIn(content: Buffer | string) {
  await writeFile(join(folder, 'sense-dictionary.json.gz'), content);
  return senseDictionaryOf(fakeModel({ folder }));
}

describe('senseDictionaryOf', () => {
  it('reads senses with their places, nouns first', async () => {
    const index = (await indexIn(gzipSync(JSON.stringify(file))))!;
    expect(index.senses[0]).toEqual({ lemma: 'stand', partOfSpeech: 'noun', gloss: 'a rack', synonyms: [], count: 3, evidence: 4 });
    expect(index.senses.map(({ gloss }) => gloss)).toEqual(['a rack', 'put up with', 'one who builds']);
    expect([...index.places]).toEqual([1, -2, 3, -4, 5, -6]);
    expect(index.omitted('stand')).toBe(2);
    expect(index.counts).toEqual({ unlisted: 0.5, omitted: 0.25 });
    expect(sensesOf('stood', index)).toEqual([0, 1]);
    expect(sensesOf('constructors', index)).toEqual([2]);
    expect(sensesOf('toString', index)).toEqual([]);
  });

  it('is none for a model without the file', async () => {
    expect(await senseDictionaryOf(fakeModel({ folder }))).toBeNull();
  });

  const packed = (change: object): Buffer => gzipSync(JSON.stringify({ ...file, ...change }));
  it.each([
    ['what is not compressed', '{}', /is not whole/],
    ['a file that was cut off', gzipSync(JSON.stringify(file)).subarray(0, -20), /is not whole/],
    ['what is not JSON', gzipSync('{'), /is not whole/],
    ['another form', packed({ lemmas: [] , weights: 3 }), /form of a sense dictionary/],
    ['a sense without a gloss', packed({ lemmas: { stand: { omitted: 0, noun: [[null, [], 1, 1]] } } }), /form/],
    ['fewer places than senses', packed({ places: Buffer.from(Int8Array.of(1, 2).buffer).toString('base64') }), /does not fit/],
    ['states that the model has not', packed({ probes: [{ ...file.probes[0], states: [3] }] }), /does not fit/],
    ['a mean of another width', packed({ mean: floats(width + 1) }), /does not fit/],
  ])('refuses %s', async (_, content, message) => {
    await expect(indexIn(content)).rejects.toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(message) as string,
    });
  });
});
