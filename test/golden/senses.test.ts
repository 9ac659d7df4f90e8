import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { groupSenses } from '../../src/lenses/senses/compute';
import type { OccurrenceInContext, Senses } from '../../src/lenses/senses/contract';
import { occurrencesInContext } from '../../src/text/occurrences';

const root = join(import.meta.dirname, '..', '..');
const goldens = join(root, 'test', 'golden', 'senses');
const { signal } = new AbortController();

interface SenseGolden {
  readonly word: string;
  readonly occurrences: readonly OccurrenceInContext[];
  readonly marked: readonly string[];
  readonly probabilities: readonly (readonly number[])[];
  readonly groups: readonly number[];
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
    groupSenses({ model: 'encoder', device: 'cpu', word, occurrences, top: 5 }, { model, signal, progress: () => undefined });
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
    const six = occurrences.filter(({ line }) => line > lesson.split('\n').findIndex((text) => text.startsWith('## 5')));
    expect(six).toHaveLength(6);
    expect(new Set(groupsOf(await group('moon', six))).size).toBe(1);
    expect(new Set(groupsOf(await group('moon', occurrences))).size).toBe(1);
  });
});
