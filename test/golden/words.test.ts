import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { neighbours } from '../../src/lenses/neighbours/compute';
import type { OccurrenceInContext } from '../../src/lenses/senses/contract';
import { senseWords } from '../../src/lenses/senses/words';
import { stateVectors } from '../../src/lenses/stateVectors';
import { nearest } from '../../src/lenses/vectors/nearest';
import { contextOf } from '../support/computeContext';
import { readGolden, largestDifference } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const target = { model: 'encoder', device: 'cpu' } as const;
const tolerance = 1e-4;
const golden = readGolden(join(root, 'test', 'golden', 'words', 'stand')) as ReturnType<typeof readGolden> & {
  readonly words: readonly OccurrenceInContext[];
  readonly occurrences: readonly OccurrenceInContext[];
  readonly senses: readonly number[];
};

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, { builtInModels: join(root, 'models'), storage: null }, new AbortController().signal);

describe('further words, against Transformers', () => {
  let model: LoadedModel;
  beforeAll(async () => { model = await load('encoder'); });
  afterAll(() => model.dispose());

  it('have its vectors after each layer: a word, one of several pieces, and a phrase', async () => {
    const vectors = await stateVectors(golden.words, contextOf(model));
    const ours = vectors.flatMap((states) => states!.map((vector) => [...vector])).flat();
    expect(golden.tensor('vectors')!.dims).toEqual([3, 7, 384]);
    expect(largestDifference(Float32Array.from(ours), golden.tensor('vectors')!.data)).toBeLessThanOrEqual(tolerance);
  });

  it('have its mean cosines to each sense', async () => {
    const { occurrences, senses } = golden;
    const { words } = await senseWords({ ...target, occurrences, senses, words: golden.words.map((word) => [word]) }, contextOf(model));
    const ours = words.flatMap(({ states }) => states.flatMap(({ cosines }) => cosines.map((cosine) => cosine!)));
    expect(golden.tensor('cosines')!.dims).toEqual([3, 7, 3]);
    expect(largestDifference(Float32Array.from(ours), golden.tensor('cosines')!.data)).toBeLessThanOrEqual(tolerance);
    // What a reader sees: to tolerate is one sense of "stand", a music stand another.
    const nearest = words.map(({ states }) => states[6]!.cosines.indexOf(Math.max(...states[6]!.cosines.map((cosine) => cosine!))));
    expect(nearest[0]).toBe(senses[3]);
    expect(nearest[2]).toBe(senses[0]);
  });

  it('have the neighbours that cosines of its vectors give', async () => {
    const text = golden.words.map(({ sentence }) => sentence).join('\n\n');
    const of = golden.words[0]!;
    const { states } = await neighbours({ ...target, of, text, focus: 0, top: 50, sameWord: false }, contextOf(model));
    const { data, dims } = golden.tensor('vectors')!;
    const vector = (word: number, state: number): Float32Array => data.subarray((word * dims[1]! + state) * dims[2]!, (word * dims[1]! + state + 1) * dims[2]!);
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
    for (let state = 0; state < 7; state++) {
      const found = states[state]!.find(({ start, end }) => text.slice(start, end) === 'unbearableness')!;
      const [a, b] = [vector(0, state), vector(1, state)];
      expect(found.cosine).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 4);
    }
  });
});

describe('the static vectors', () => {
  it('give "stand" the neighbours that their card lists', async () => {
    const model = await load('static');
    const { words } = await nearest({ model: 'static', device: 'cpu', word: 'stand', top: 4 }, contextOf(model));
    expect(words!.map(({ token, cosine }) => `${token} ${cosine.toFixed(2)}`)).toEqual(['stands 0.61', 'sit 0.59', 'stood 0.57', 'budge 0.56']);
    await model.dispose();
  });
});
