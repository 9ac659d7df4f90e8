import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { occlusionMethods } from '../../src/lenses/attribution/method';
import { classify } from '../../src/lenses/classification/compute';
import { evidence } from '../../src/lenses/classification/evidence';
import { classifyLines } from '../../src/lenses/classification/lines';
import { logOdds, probabilitiesOf } from '../../src/lenses/classification/outcome';
import { contextOf } from '../support/computeContext';
import { committedFamilies, unpacked } from '../support/families';
import { type Golden, largestDifference, readGolden } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const goldens = join(import.meta.dirname, 'classification');
const { signal } = new AbortController();
/** fp32 against PyTorch. */
const tolerance = 1e-4;

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, { builtInModels: join(root, 'models'), storage: null }, signal);
const index = JSON.parse(readFileSync(join(goldens, 'index.json'), 'utf8')) as { modelSha256: string; withWords: number };

describe('sentiment of the built-in encoder against PyTorch', () => {
  const { sentences, ids, tensor } = readGolden(join(goldens, 'sentiment')) as unknown as
    { sentences: readonly string[]; ids: readonly (readonly number[])[] } & Pick<Golden, 'tensor'>;
  const logits = tensor('logits')!;
  const logitsOf = (row: number): Float32Array => logits.data.subarray(row * 2, row * 2 + 2);
  const request = { model: 'encoder', device: 'cpu' } as const;
  let model: LoadedModel;
  beforeAll(async () => { model = await load('encoder'); });
  afterAll(() => model.dispose());

  it('was made from the weights that are here, and tells both classes apart', () => {
    expect(createHash('sha256').update(readFileSync(join(root, 'models', 'encoder', 'model.onnx'))).digest('hex')).toBe(index.modelSha256);
    const positive = sentences.filter((_, row) => logitsOf(row)[1]! > logitsOf(row)[0]!);
    expect(positive.length).toBeGreaterThan(5);
    expect(positive.length).toBeLessThan(15);
  });

  it('has the labels of its configuration', () => {
    expect([model.info.labels, model.info.problemType]).toEqual([['negative', 'positive'], 'single-label']);
  });

  it.each(sentences.map((sentence, row) => [sentence, row] as const))('%s', async (text, row) => {
    const answer = await classify({ ...request, text }, contextOf(model));
    expect(answer.tokens.map(({ id }) => id)).toEqual(ids[row]);
    expect(largestDifference(answer.logits, logitsOf(row))).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(answer.probabilities!, probabilitiesOf(logitsOf(row), 'single-label')!)).toBeLessThanOrEqual(tolerance);
    expect(answer.heldOut!.accuracy).toBeGreaterThan(0.85);
  });

  it('is the same for all of them at once', async () => {
    const answer = await classifyLines({ ...request, texts: sentences }, contextOf(model));
    expect(largestDifference(answer.logits, logits.data)).toBeLessThanOrEqual(tolerance);
    expect(answer.cut).toEqual([]);
  });

  it.each(Array.from({ length: index.withWords }, (_, number) => number))('evidence of each word of sentence %i', async (number) => {
    const golden = readGolden(join(goldens, `words-${number}`)) as Golden & { words: readonly (readonly number[])[] };
    const whole = logitsOf(number);
    for (const method of occlusionMethods) {
      const answer = await evidence({ ...request, text: golden.text, method }, contextOf(model));
      expect(answer.words).toHaveLength(golden.words.length);
      const without = golden.tensor(method === 'mask' ? 'masked' : 'deleted')!.data;
      for (const [word, { logit, probability }] of answer.words.entries()) {
        const rest = without.subarray(word * 2, word * 2 + 2);
        expect(Math.abs(logit - (logOdds(whole, answer.of, 'single-label') - logOdds(rest, answer.of, 'single-label')))).toBeLessThanOrEqual(3 * tolerance);
        const p = (logits: Float32Array): number => probabilitiesOf(logits, 'single-label')![answer.of]!;
        expect(Math.abs(probability! - (p(whole) - p(rest)))).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('is carried by the words that a reader would name', async () => {
    const answer = await evidence({ ...request, text: sentences[3]!, method: 'mask' }, contextOf(model));
    const words = answer.words.map(({ start, end, logit }) => ({ word: sentences[3]!.slice(start, end), logit })).sort((a, b) => b.logit - a.logit);
    expect(words.slice(0, 5).map(({ word }) => word)).toEqual(expect.arrayContaining(['wastes', 'badly', 'mess']));
  });
});

describe('a folder of a sequence classifier against PyTorch', () => {
  const name = 'bert-classifier--optimum-eager-18-fp32';

  it(name, async () => {
    const folder = unpacked(committedFamilies, name);
    const golden = readGolden(join(folder, 'golden'));
    const model = await load(folder);
    const answer = await classify({ model: folder, device: 'cpu', text: golden.text }, contextOf(model));
    expect(model.info.labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    expect(answer.logits).toHaveLength(3);
    expect(largestDifference(answer.logits, golden.tensor('logits')!.data)).toBeLessThanOrEqual(tolerance);
    await model.dispose();
  });

  it('refuses a model without classes in words', async () => {
    const folder = unpacked(committedFamilies, 'electra--optimum-eager-18-fp32');
    const model = await load(folder);
    await expect(classify({ model: folder, device: 'cpu', text: 'The cat sat.' }, contextOf(model))).rejects.toMatchObject({ code: 'no-classifier' });
    await model.dispose();
  });
});
