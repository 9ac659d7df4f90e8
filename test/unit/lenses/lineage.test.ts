import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bleu } from '../../../src/lenses/lineage/bleu';
import type { ForgottenText } from '../../../src/lenses/lineage/contract';
import { bleuByLength, countWords, groupName } from '../../../src/lenses/lineage/lengths';
import { leftOfWords, movedByPlace } from '../../../src/lenses/lineage/meanForgetting';
import { longestSide, mostPairs, readPairs } from '../../../src/lenses/lineage/pairs';
import { readFigures } from '../../../src/lenses/lineage/recorded';

describe('pairs', () => {
  it('are lines with a tab; blank lines are skipped', () => {
    expect(readPairs('One.\tUno.\r\n\n  Two. \t Dos. \t\n')).toEqual([{ source: 'One.', reference: 'Uno.' }, { source: 'Two.', reference: 'Dos.' }]);
  });

  it.each([
    ['', 'There are no pairs'],
    [' \n\t\n', 'There are no pairs'],
    ['One. Uno.', 'Line 1 has no tab.'],
    ['a\tb\nc\nd\ne\nf\ng', 'Lines 2, 3, 4 and 2 more have no tab.'],
    ['a\tb\n\n\tc', 'Line 3 has nothing on one side of its tab.'],
    ['a\tb\tc', 'Line 1 has more than one tab.'],
    [`a\t${'b'.repeat(longestSide + 1)}`, `Line 1 is longer than ${longestSide} characters.`],
    ['a\tb\n'.repeat(mostPairs + 1), `There are ${mostPairs + 1} pairs, but at most ${mostPairs}`],
  ])('refuses %j', (text, message) => {
    expect(() => readPairs(text)).toThrow(message);
  });
});

describe('lengths', () => {
  it('count words as the recipes do', () => {
    expect(countWords("I can't stand the noise — of “it”.")).toBe(8);
    expect(countWords(' … ')).toBe(0);
  });

  it('are grouped, with the BLEU of each group', () => {
    const pair = (words: number, right: boolean) => ({
      source: 'word '.repeat(words),
      reference: 'a b c d e',
      output: right ? 'a b c d e' : 'v w x y z',
    });
    expect(bleuByLength([pair(50, true), pair(4, true), pair(5, false), pair(8, true), pair(0, true)])).toEqual([
      { words: [1, 4], pairs: 1, bleu: bleu([pair(4, true)]) },
      { words: [5, 8], pairs: 2, bleu: bleu([pair(5, false), pair(8, true)]) },
      { words: [41, Infinity], pairs: 1, bleu: bleu([pair(50, true)]) },
    ]);
    expect([groupName([5, 8]), groupName([41, Infinity])]).toEqual(['5–8', '41+']);
  });
});

describe('recorded figures', () => {
  const path = join(import.meta.dirname, '../../../models/rnn/figures.json');
  const text = readFileSync(path, 'utf8');

  it('are read as the recipe wrote them', () => {
    const figures = readFigures(text, path)!;
    const written = JSON.parse(text) as { bleu: { int8: number }; joined_by_length: unknown };
    expect(figures).toMatchObject({ pairs: 2000, beams: 4, bleu: written.bleu.int8 });
    expect(figures.byLength.map(({ words }) => groupName(words))).toEqual(['1–4', '5–8', '9–12', '13–16']);
    expect(figures.joinedByLength).toEqual(written.joined_by_length);
  });

  it('of another kind of model are none', () => {
    expect(readFigures('{"accuracy": 0.5}', path)).toBeNull();
  });

  it.each([
    ['{', 'is not valid JSON'],
    [text.replace('"beams": 4', '"beams": 0'), 'figures that cannot be'],
    [text.replace('"int8": 23.87', '"int8": "<b>"'), 'figures that cannot be'],
    [text.replace('"bleu": 29.12', '"bleu": 129.12'), 'figures that cannot be'],
    [text.replace(/"words": \[\s*1,/, '"words": [9,'), 'figures that cannot be'],
    [text.replace('joined_by_length', 'other'), 'figures that cannot be'],
  ])('that are broken are refused', (broken, message) => {
    expect(() => readFigures(broken, path)).toThrow(message);
  });
});

describe('forgetting', () => {
  const moved = (...distances: number[]) => distances.map((distance) => ({ distance, cosineDistance: distance ** 2 }));
  const texts: readonly ForgottenText[] = [
    { words: [{ start: 0, end: 1, moved: moved(0.8, 0.4, 0.2) }, { start: 2, end: 3, moved: moved(0.6, 0.3) }, { start: 3, end: 4, moved: moved(0.1) }] },
    { words: [{ start: 0, end: 1, moved: moved(0.5) }] },
  ];

  it('compares words with the same words when they were just read', () => {
    expect(leftOfWords(texts, 'distance')).toEqual([
      { later: 0, value: 1, words: 4, texts: 2 },
      { later: 1, value: (0.4 + 0.3) / (0.8 + 0.6), words: 2, texts: 1 },
      { later: 2, value: 0.2 / 0.8, words: 1, texts: 1 },
    ]);
    expect(leftOfWords(texts, 'cosineDistance')[2]!.value).toBeCloseTo(1 / 16, 9);
  });

  it('averages by place, from the end', () => {
    expect(movedByPlace(texts, 'distance')).toEqual([
      { later: 0, value: (0.1 + 0.5) / 2, words: 2, texts: 2 },
      { later: 1, value: 0.3, words: 1, texts: 1 },
      { later: 2, value: 0.2, words: 1, texts: 1 },
    ]);
  });

  it('of no texts is nothing', () => {
    expect([leftOfWords([], 'distance'), movedByPlace([{ words: [] }], 'distance')]).toEqual([[], []]);
  });
});
