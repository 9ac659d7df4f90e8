import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { WordReader, WordsInput } from '../../src/lenses/model';
import { exactWordReader } from '../../src/lenses/senses/indexWords';
import { type WordSpace, wordSpaceOf } from '../../src/lenses/senses/wordSpace';
import { dot } from '../../src/math/vector';
import { bundle } from '../support/bundle';

const root = join(import.meta.dirname, '..', '..');
const { signal } = new AbortController();
let script: string;
beforeAll(async () => { script = await bundle('src/engine/main.ts'); });
afterAll(() => rm(script));
const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, { builtInModels: join(root, 'models'), storage: null }, signal, script);

/** Hidden states are compared with Transformers in models.test.ts; this compares the index's way to read them with those. */
describe('many words at a time, in integers', () => {
  let model: LoadedModel;
  let space: WordSpace;
  let reader: WordReader;
  beforeAll(async () => {
    model = await load('encoder');
    space = await wordSpaceOf(model);
    reader = (await model.openWordReader!(space.probe))!;
  });
  afterAll(() => model.dispose());

  const rows = (...sentences: string[]): WordsInput[] =>
    sentences.map((sentence) => {
      const { tokens } = model.tokenizer.encode(sentence);
      const words: number[][] = [];
      tokens.forEach(({ piece, special }, index) => {
        if (piece.startsWith('##')) words.at(-1)!.push(index);
        else if (!special) words.push([index]);
      });
      return { tokens, words };
    });
  const sentences = [
    'She put her sheet music on the stand.',
    'Few could stand the unbearably thunderous loudspeakers for longer than it takes to say so.',
    'Money!',
    'The river bank was where grandmother’s spectroscope had been found, 40 years before.',
  ];
  const cosines = (some: Float32Array, others: Float32Array): number[] =>
    Array.from({ length: some.length / space.dimensions }, (_, word) => {
      const range = [word * space.dimensions, (word + 1) * space.dimensions] as const;
      return dot(some.subarray(...range), others.subarray(...range));
    });

  it('has nearly the vectors of the exact run, of words of one piece and of several', async () => {
    const batch = rows(...sentences);
    expect(Math.max(...batch.flatMap(({ words }) => words.map(({ length }) => length)))).toBeGreaterThan(1);
    const [exact, ours] = [await exactWordReader(space, model).read(batch, signal), await reader.read(batch, signal)];
    expect(ours).toHaveLength(exact.length);
    expect(Math.min(...cosines(exact, ours))).toBeGreaterThan(0.998);
  });

  it('has the same vector of a word whatever else is in the batch', async () => {
    const [alone] = rows(sentences[0]!);
    const among = await reader.read(rows(...sentences), signal);
    const itself = await reader.read([alone!], signal);
    expect(Math.min(...cosines(itself, among.subarray(0, itself.length)))).toBeGreaterThan(0.99999);
  });

  it('answers batches that are read at the same time each with its own vectors', async () => {
    const batches = sentences.map((sentence) => rows(sentence));
    const inTurn: Float32Array[] = [];
    for (const batch of batches) inTurn.push(await reader.read(batch, signal));
    expect(await Promise.all(batches.map((batch) => reader.read(batch, signal)))).toEqual(inTurn);
  });

  it('is not there for a file whose weights are not in eight bits', async () => {
    const other = await load(join(root, 'test', 'fixtures', 'models', 'bert-tiny'));
    expect(await other.openWordReader!((await wordSpaceOf(other)).probe)).toBeNull();
    await other.dispose();
  });
});
