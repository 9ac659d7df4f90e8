import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { groupSenses } from '../../src/lenses/senses/compute';
import type { OccurrenceInContext, Senses } from '../../src/lenses/senses/contract';
import { occurrencesInContext } from '../../src/text/occurrences';
import { contextOf } from '../support/computeContext';

const root = join(import.meta.dirname, '..', '..');
const goldens = join(root, 'test', 'golden', 'senses');
const { signal } = new AbortController();

interface SenseGolden {
  readonly word: string;
  readonly occurrences: readonly OccurrenceInContext[];
  readonly marked: readonly string[];
  readonly probabilities: readonly (readonly number[])[];
  readonly groups: readonly number[];
  readonly glosses: readonly string[];
  /** Probability of each gloss at each occurrence, and that it is none of them. */
  readonly names: readonly (readonly number[])[];
}

/** Group labels numbered by first appearance, so that equal groupings are equal lists. */
const inOrder = (labels: readonly (number | string)[]): number[] => {
  const seen = [...new Set(labels)];
  return labels.map((label) => seen.indexOf(label));
};

describe('senses on the built-in encoder', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel({ model: 'encoder', device: 'cpu' }, { builtInModels: join(root, 'models'), storage: null }, signal);
  });
  afterAll(() => model.dispose());

  const group = (word: string, occurrences: readonly OccurrenceInContext[]): Promise<Senses> =>
    groupSenses({ model: 'encoder', device: 'cpu', word, occurrences, top: 5 }, contextOf(model));
  const groupsOf = (senses: Senses): number[] => inOrder(senses.occurrences.map((occurrence) => occurrence!.sense));

  const names = readdirSync(goldens).filter((file) => file.endsWith('.json'));
  it('goldens are there', () => {
    expect(names).toEqual(expect.arrayContaining(['stand.json', 'apple.json', 'bank.json', 'moon.json']));
  });

  it.each(names)('%s: probabilities and groups as in Python', async (name) => {
    const golden = JSON.parse(readFileSync(join(goldens, name), 'utf8')) as SenseGolden;
    const senses = await group(golden.word, golden.occurrences);
    expect(senses.calibrated).toBe(true);
    const count = golden.occurrences.length;
    golden.probabilities.forEach((row, i) => {
      row.forEach((probability, j) => {
        if (i !== j) expect(senses.sameSense[i * count + j]).toBeCloseTo(probability, 3);
      });
    });
    expect(groupsOf(senses)).toEqual(inOrder(golden.groups));
  });

  it.each(names)('%s: names of senses as in Python', async (file) => {
    const { word, occurrences, glosses, names: expected } = JSON.parse(readFileSync(join(goldens, file), 'utf8')) as SenseGolden;
    const senses = await group(word, occurrences);
    expect(expected).toHaveLength(occurrences.length);
    expected.forEach((probabilities, at) => {
      const name = senses.names[at]!;
      expect(name.unlisted).toBeCloseTo(probabilities.at(-1)!, 3);
      for (const { gloss, probability } of name.senses) expect(probability).toBeCloseTo(probabilities[glosses.indexOf(gloss)]!, 3);
      expect(name.senses[0]!.probability).toBeCloseTo(Math.max(...probabilities.slice(0, -1)), 3);
    });
  });

  it('what "stand" and "bank" mean, in words', async () => {
    const glossesOf = async (word: string): Promise<(string | null)[]> => {
      const { occurrences } = JSON.parse(readFileSync(join(goldens, `${word}.json`), 'utf8')) as SenseGolden;
      return (await group(word, occurrences)).names.map((name) => (name!.clear ? name!.senses[0]!.gloss : null));
    };
    expect((await glossesOf('stand')).filter((gloss) => gloss === 'put up with something or somebody unpleasant')).toHaveLength(3);
    const bank = await glossesOf('bank');
    expect(bank.filter((gloss) => gloss?.startsWith('sloping land'))).toHaveLength(4);
    expect(bank.filter((gloss) => gloss?.startsWith('a financial institution'))).toHaveLength(4);
    expect(new Set(await glossesOf('moon'))).toEqual(new Set(['the natural satellite of the Earth']));
    // The dictionary knows two of its nine senses, and not the fish.
    expect(new Set(await glossesOf('bass'))).toEqual(new Set([null]));
  });

  // What a reader of the lesson sees; nothing is fitted on these sentences or words.
  it.each([
    ['stand', [0, 0, 0, 1, 1, 1, 2, 2, 2]],
    ['apple', [0, 0, 0, 1, 1, 1]],
    ['bank', [0, 0, 0, 1, 1, 1]],
  ])('the lesson: "%s" falls into its senses', async (word, expected) => {
    const lesson = readFileSync(join(root, 'media', 'lesson.md'), 'utf8');
    const { occurrences } = occurrencesInContext(lesson, word, { around: 0, most: 40 });
    expect(groupsOf(await group(word, occurrences))).toEqual(expected);
  });

  it('the lesson: "moon" keeps one sense', async () => {
    const lesson = readFileSync(join(root, 'media', 'lesson.md'), 'utf8');
    const { occurrences } = occurrencesInContext(lesson, 'moon', { around: 0, most: 40 });
    const [from, to] = ['## 5', '## 6'].map((heading) => lesson.split('\n').findIndex((text) => text.startsWith(heading)));
    const six = occurrences.filter(({ line }) => line > from! && line < to!);
    expect(six).toHaveLength(6);
    expect(new Set(groupsOf(await group('moon', six))).size).toBe(1);
    expect(new Set(groupsOf(await group('moon', occurrences))).size).toBe(1);
  });
});
