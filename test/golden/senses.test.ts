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

/** All sentences of a word in the sets that were written by hand, with the marks of their senses. */
function sentencesOf(word: string): { occurrences: OccurrenceInContext[]; marks: string[] } {
  const lines = readFileSync(join(root, 'models', 'recipes', 'sense_sets.txt'), 'utf8').split('\n');
  const own = lines.filter((line, at) => /^\w+: /.test(line) && lines.slice(0, at).findLast((before) => before.startsWith('# ')) === `# ${word}`);
  const occurrences = own.map((line) => {
    const sentence = line.slice(line.indexOf(': ') + 2);
    const { index } = new RegExp(`\\b${word}\\b`, 'i').exec(sentence)!;
    return { sentence, start: index, end: index + word.length };
  });
  return { occurrences, marks: own.map((line) => line.slice(0, line.indexOf(':'))) };
}

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
    // Clear or not: the dictionary does not know all of its senses.
    const { names } = await group('moon', (JSON.parse(readFileSync(join(goldens, 'moon.json'), 'utf8')) as SenseGolden).occurrences);
    expect(new Set(names.map((name) => name!.senses[0]!.gloss))).toEqual(new Set(['the natural satellite of the Earth']));
    // The dictionary knows two of its nine senses, and not the fish.
    expect(new Set(await glossesOf('bass'))).toEqual(new Set([null]));
  });

  // As a long document has them: how many groups there are must not grow with how many occurrences.
  it.each([
    ['stand', 3], ['apple', 2], ['bass', 2], ['crane', 2], ['spring', 3], ['moon', 1],
  ])('all sentences of "%s" at once fall into its %d senses', async (word, count) => {
    const { marks, occurrences } = sentencesOf(word);
    expect(occurrences.length).toBeGreaterThanOrEqual(30);
    const groups = groupsOf(await group(word, occurrences));
    expect(new Set(groups).size).toBe(count);
    // Each group counts as the sense of most of its members.
    const members = (of: number): string[] => marks.filter((_, at) => groups[at] === of);
    const most = (list: readonly string[]): number => Math.max(...[...new Set(list)].map((mark) => list.filter((one) => one === mark).length));
    const right = [...new Set(groups)].reduce((sum, of) => sum + most(members(of)), 0);
    expect(right / groups.length).toBeGreaterThanOrEqual(0.95);
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
