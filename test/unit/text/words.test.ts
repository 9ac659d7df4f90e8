import { describe, expect, it } from 'vitest';
import { grammarOf } from '../../../src/text/codeGrammars';
import { occurrencesInContext, occurrencesOf } from '../../../src/text/occurrences';
import { textInCode } from '../../../src/text/textInCode';
import { wordAt, wordRanges } from '../../../src/text/words';

/** The word at the `|` in a text. */
function wordUnder(marked: string): string | null {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const range = wordAt(text, offset);
  return range && text.slice(range.start, range.end);
}

describe('the word at an offset', () => {
  it.each([
    ['The co|w ate', 'cow'],
    ['|The cow', 'The'],
    ['The cow|', 'cow'],
    ['The cow|, ate', 'cow'],
    ["She can|'t stand it", "can't"],
    ["Sal|ly's treat", 'Sally'],
    ["they|'ve gone", 'they'],
    ['a well|-known word', 'well'],
    ['Přítom|nost žluté', 'Přítomnost'],
    ['nai\u0308|ve', 'nai\u0308ve'],
    ['今日は天|気がいい', '天気'],
    ['first\nse|cond', 'second'],
    ['\nx|', 'x'],
    ['|\nx', null],
    ['one  |  two', null],
    ['... | !', null],
    ['', null],
  ])('%j', (marked, word) => {
    expect(wordUnder(marked)).toBe(word);
  });

  it('is found in a line of a megabyte without reading all of it', () => {
    const text = 'lorem ipsum '.repeat(90_000);
    const started = performance.now();
    expect(wordAt(text, 600_008)).toEqual({ start: 600_006, end: 600_011 });
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe('all words of a text', () => {
  const wordsOf = (text: string): string[] => wordRanges(text).map(({ start, end }) => text.slice(start, end));

  it('are those of the segmenter, without clitics', () => {
    expect(wordsOf("Sally's well-known cow\r\ncan't\tjump,\n\n3.14 times!")).toEqual(['Sally', 'well', 'known', 'cow', "can't", 'jump', '3.14', 'times']);
    expect(wordsOf('')).toEqual([]);
  });

  it('are whole where a long line is read in stretches', () => {
    const line = Array.from({ length: 400 }, (_, at) => `word${at}`).join(' ');
    expect(wordsOf(line)).toEqual(line.split(' '));
    expect(wordsOf(`${'x'.repeat(1200)} y`)).toEqual(['x'.repeat(1200), 'y']);
  });

  it('take time in proportion to the text', () => {
    const text = 'The cow jumped over the moon and the little dog laughed.\n'.repeat(5000);
    expect(wordRanges(text)).toHaveLength(55_000);
  });
});

describe('occurrences of a word', () => {
  it.each([
    ['stand', "I can't stand it; Stand up, I understand the stands. STAND!", [8, 18, 53]],
    ['can', "can can't CAN can’t canto", [0, 10]],
    ["can't", 'can’t and can\'t', [0, 10]],
    ['Sally', "Sally's treat, sally.", [0, 15]],
    ['well', 'well-known as well', [0, 14]],
    ['x', 'x_y x, 2x x2 éx x', [4, 16]],
    ['C++', 'C++, C and C++', [0, 11]],
    ['music stand', 'music\nstand, musics stand', [0]],
    ['café', 'café cafe\u0301 CAFÉ cafes', [0, 5, 11]],
    ['мир', 'Мир и мира, мир', [0, 12]],
    ['bank', '𝒳bank bank 🙂bank', [7, 14]],
    ['天気', '天気がいい。今日の天気は', [0, 9]],
    ['気', '天気がいい。気がする', [6]],
    ['a.b', 'a.b axb', [0]],
    ['', 'anything', []],
    ['  ', 'any thing', []],
  ])('%j in %j', (word, text, offsets) => {
    expect(occurrencesOf(text, word).map((range) => range.start)).toEqual(offsets);
  });

  it('are found in a megabyte in good time', () => {
    const text = 'The cow could not understand why it should stand there at all, so it left.\n'.repeat(13_500);
    expect(text.length).toBeGreaterThan(1_000_000);
    const started = performance.now();
    expect(occurrencesOf(text, 'stand')).toHaveLength(13_500);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('occurrences in their sentences', () => {
  const text = ['One stand.', 'Two stands.', '', 'A stand here. And a stand there!', 'No more.', 'Last stand.'].join('\r\n');

  it('tells sentence, place and line of each', () => {
    const { occurrences, total, current } = occurrencesInContext(text, 'stand', { around: 0, most: 10 });
    expect({ total, current }).toEqual({ total: 4, current: 0 });
    expect(occurrences.map(({ sentence, line }) => [line, sentence])).toEqual([
      [1, 'One stand.'],
      [4, 'A stand here.'],
      [4, 'And a stand there!'],
      [6, 'Last stand.'],
    ]);
    for (const { sentence, start, end, offset } of occurrences) {
      expect(sentence.slice(start, end)).toBe('stand');
      expect(text.slice(offset, offset + end - start)).toBe('stand');
    }
  });

  it('lists the nearest and says which is the current one', () => {
    const around = text.indexOf('stand there');
    const { occurrences, total, current } = occurrencesInContext(text, 'stand', { around, most: 2 });
    expect(total).toBe(4);
    expect(occurrences.map(({ sentence }) => sentence)).toEqual(['A stand here.', 'And a stand there!']);
    expect(current).toBe(1);
  });

  it('has no current occurrence where there is none at all', () => {
    expect(occurrencesInContext(text, 'absent', { around: 3, most: 5 })).toEqual({ occurrences: [], total: 0, hasMore: false, current: -1 });
  });

  it('takes a megabyte in good time', () => {
    const long = 'The cow could not understand why it should stand there at all, so it left. '.repeat(13_500);
    const started = performance.now();
    const { occurrences, total } = occurrencesInContext(long, 'stand', { around: 500_000, most: 200 });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(total).toBe(13_500);
    expect(new Set(occurrences.map(({ sentence }) => sentence)).size).toBe(1);
  });

  it('looks for a frequent word nearby only, and for a rare one everywhere', () => {
    const long = `A rare stand. ${'The cow jumped over the moon. '.repeat(100)}One rare cow.`;
    const wanted = { around: 1500, most: 4, reach: 300 };
    const frequent = occurrencesInContext(long, 'cow', wanted);
    expect(frequent).toMatchObject({ total: 20, hasMore: true });
    expect(frequent.occurrences.map(({ offset }) => Math.abs(offset - 1500) < 100)).toEqual([true, true, true, true]);
    expect(occurrencesInContext(long, 'rare', wanted)).toMatchObject({ total: 2, hasMore: false });
    expect(occurrencesInContext(long, 'rare', { ...wanted, reach: 5000 })).toMatchObject({ total: 2, hasMore: false });
  });

  it('in code, leaves out names and ends sentences with their comment or string', () => {
    const code = ['stand(); // You cannot stand it. Stand!', "say('A stand.', 'No stand here', stand);", '/* The stand', ' * is old. */'].join('\n');
    const within = textInCode(code, grammarOf('typescript')!);
    const { occurrences, total } = occurrencesInContext(code, 'stand', { around: 0, most: 10, within });
    expect(occurrences.map(({ sentence, line }) => [line, sentence])).toEqual([
      [1, 'You cannot stand it.'],
      [1, 'Stand!'],
      [2, 'A stand.'],
      [2, 'No stand here'],
      [3, 'The stand'],
    ]);
    expect(total).toBe(5);
    for (const { sentence, start, end } of occurrences) expect(sentence.slice(start, end).toLowerCase()).toBe('stand');
  });
});
