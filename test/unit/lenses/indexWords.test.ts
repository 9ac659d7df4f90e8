import { describe, expect, it } from 'vitest';
import { exactWordReader, indexWords } from '../../../src/lenses/senses/indexWords';
import { wordSpaceOf } from '../../../src/lenses/senses/wordSpace';
import { contentWords, isContentWord } from '../../../src/text/contentWords';
import { wordRanges } from '../../../src/text/words';
import { contextOf } from '../../support/computeContext';
import { fakeModel } from '../../support/fakeModel';

describe('contentWords', () => {
  const of = (text: string): string[] => contentWords(text).map(({ start, end }) => text.slice(start, end));

  it('are words of letters that are no function words', () => {
    expect(of("The cow can't stand Sally's 3 well-known x2 notes_here, and e.g. hover.png isn't one.")).toEqual(['cow', 'stand', 'Sally', 'well', 'known', 'one']);
    expect(['can', 'will', 'The', 'a', 'x'].map(isContentWord)).toEqual([true, true, false, false, false]);
  });

  it('are those that the editor takes for words', () => {
    const text = 'Ärger über naïve cafés; it’s “quoted”—and o’clock, dogs’ bones/sticks (2nd) v2.0 a:b c.d 猫が立つ';
    const known = wordRanges(text).filter(({ start, end }) => isContentWord(text.slice(start, end)));
    expect(contentWords(text)).toEqual(known);
    const latin = text.slice(0, text.indexOf('猫'));
    expect(contentWords(latin)).toEqual(wordRanges(latin).filter(({ start, end }) => isContentWord(latin.slice(start, end))));
  });
});

describe('indexWords', () => {
  it('reads each sentence once, without what stands beside it', async () => {
    const inputs: string[][] = [];
    const model = fakeModel({ onRun: (batch) => { inputs.push(...batch.map(({ tokens }) => tokens.map(({ piece }) => piece))); } });
    const space = await wordSpaceOf(model);
    const texts = ['The cow jumped over the moon.\n\nThe bank ate.', '', 'The snowman.'];
    const [first, empty, unknown] = await indexWords(texts, space.dimensions, exactWordReader(space, model), contextOf(model));
    expect(inputs.sort((a, b) => a.length - b.length)).toEqual([
      ['[CLS]', 'the', 'bank', 'ate', '.', '[SEP]'],
      ['[CLS]', 'the', 'cow', 'jumped', 'over', 'the', 'moon', '.', '[SEP]'],
    ]);
    expect(first!.forms).toEqual(['cow', 'jumped', 'over', 'moon', 'bank', 'ate']);
    expect([...first!.starts]).toEqual([4, 8, 15, 24, 35, 40]);
    expect([...first!.lengths]).toEqual([3, 6, 4, 4, 4, 3]);
    expect(space).toMatchObject({ fitted: false, probe: { states: [2], own: null, projection: null }, dimensions: 4 });
    expect(first!.vectors).toHaveLength(6 * 4);
    expect(Math.hypot(...first!.vectors.subarray(0, 4)) / 127).toBeCloseTo(1, 1);
    expect(empty!.starts).toHaveLength(0);
    expect(unknown!.forms).toEqual([]);
  });

  it('reads a long sentence in windows, each word with text on both sides', async () => {
    let longest = 0;
    const model = fakeModel({
      onRun: (batch) => { longest = Math.max(longest, ...batch.map(({ tokens }) => tokens.length)); },
      hidden: (_, { start }, index, { tokens }) => [start, index, tokens.length - index, 1],
    });
    const text = `${Array.from({ length: 40 }, (_, at) => (at % 2 ? 'cow' : 'moon')).join(' ')}.`;
    const space = { ...(await wordSpaceOf(model)), vector: ([states]: readonly Float32Array[]) => states!.map((x) => x / 127) };
    const [read] = await indexWords([text], space.dimensions, exactWordReader(space, model), contextOf(model));
    expect(longest).toBe(16);
    expect(read!.starts).toHaveLength(40);
    read!.starts.forEach((start, word) => {
      const [at, before, after] = read!.vectors.subarray(word * 4);
      if (start < 128) expect(at).toBe(start);
      if (word > 5) expect(before).toBeGreaterThan(2);
      if (word < 34) expect(after).toBeGreaterThan(2);
    });
  });
});
