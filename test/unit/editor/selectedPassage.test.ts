import { describe, expect, it } from 'vitest';
import { chosenWord, longestWord } from '../../../src/editor/source/chosenWord';
import { attentionPassage, longestPassage, maskedPassage, promptPassage, sentencePair } from '../../../src/editor/source/selectedPassage';
import type { TextRange } from '../../../src/text/range';

const text = [
  '# Nursery rhymes',
  '',
  '- The cow jumped over the moon.',
  '- The dish ran away with the spoon.',
  '- The cow jumped over the [MASK].',
  '',
  'One ends here. Two ends here. Three ends here.',
].join('\n');

const cow = 'The cow jumped over the moon.';
const dish = 'The dish ran away with the spoon.';

function find(part: string): TextRange {
  const start = text.indexOf(part);
  expect(start).toBeGreaterThanOrEqual(0);
  return { start, end: start + part.length };
}
const cursor = (part: string): TextRange => ({ start: find(part).start, end: find(part).start });
const read = (range: TextRange | null | undefined): string | null => (range ? text.slice(range.start, range.end) : null);

describe('attentionPassage', () => {
  it('takes the sentence around a bare cursor, without its list marker', () => {
    const { first, second, selection } = attentionPassage(text, [cursor('jumped')]);
    expect([read(first), read(second), read(selection)]).toEqual([cow, null, '']);
  });

  it('takes the sentence of a single word and singles the word out', () => {
    const { first, selection } = attentionPassage(text, [find('dish')]);
    expect([read(first), read(selection)]).toEqual([dish, 'dish']);
  });

  it('takes a selection of several words as it is, without white space at its ends', () => {
    const { first, selection } = attentionPassage(text, [find(' ran away ')]);
    expect([read(first), read(selection)]).toEqual(['ran away', '']);
  });

  it('makes a pair of two selections, in the order of the document', () => {
    const { first, second } = attentionPassage(text, [find(dish), find(cow)]);
    expect([read(first), read(second)]).toEqual([cow, dish]);
  });

  it('makes a pair of one selection that holds two sentences, on one line or on two', () => {
    const one = attentionPassage(text, [find('One ends here. Two ends here.')]);
    expect([read(one.first), read(one.second)]).toEqual(['One ends here.', 'Two ends here.']);
    const two = attentionPassage(text, [find(`${cow}\n- ${dish}`)]);
    expect([read(two.first), read(two.second)]).toEqual([cow, dish]);
  });

  it('keeps one and three selected sentences single', () => {
    expect(attentionPassage(text, [find(cow)]).second).toBeUndefined();
    const three = attentionPassage(text, [find('One ends here. Two ends here. Three ends here.')]);
    expect(read(three.first)).toBe('One ends here. Two ends here. Three ends here.');
    expect(three.second).toBeUndefined();
  });

  it('pairs the sentences of two words, but not two words of one sentence', () => {
    const pair = attentionPassage(text, [find('spoon'), find('moon')]);
    expect([read(pair.first), read(pair.second), read(pair.selection)]).toEqual([cow, dish, 'moon']);
    expect(attentionPassage(text, [find('cow'), find('jumped')]).second).toBeUndefined();
  });

  it('ignores a bare cursor beside a selection', () => {
    const { first, second } = attentionPassage(text, [find(cow), cursor('dish')]);
    expect([read(first), second]).toEqual([cow, undefined]);
  });

  it('refuses blank lines and more than two selections', () => {
    const blank = text.indexOf('\n\n') + 1;
    expect(() => attentionPassage(text, [{ start: blank, end: blank }])).toThrow(expect.objectContaining({ code: 'empty-text' }));
    expect(() => attentionPassage('  \n ', [{ start: 0, end: 4 }])).toThrow(expect.objectContaining({ code: 'empty-text' }));
    expect(() => attentionPassage(text, [find('cow'), find('dish'), find('One')])).toThrow(expect.objectContaining({ code: 'out-of-range' }));
  });

  it('cuts a megabyte to what is read, and says so', () => {
    const long = 'All the king’s horses 👑 '.repeat(50_000);
    const { first, cut } = attentionPassage(long, [{ start: 0, end: long.length }]);
    expect(cut).toBe(true);
    expect(first.end - first.start).toBeLessThanOrEqual(longestPassage);
    expect(attentionPassage(text, [find(cow)]).cut).toBe(false);
  });
});

describe('promptPassage', () => {
  const prompt = (range: TextRange): string | null => read(promptPassage(text, range).first);
  const after = (part: string): TextRange => ({ start: find(part).end, end: find(part).end });

  it('is the paragraph up to a bare cursor, without its list marker and the space before the cursor', () => {
    expect(prompt(after('The cow jumped over '))).toBe('The cow jumped over');
    expect(prompt(after('Two ends here.'))).toBe('One ends here. Two ends here.');
    expect(prompt(cursor('ran away'))).toBe('The dish');
  });

  it('ends behind the word that the cursor stands in, or that is selected', () => {
    expect(prompt(after('Two en'))).toBe('One ends here. Two ends');
    expect(prompt(find('dish'))).toBe('The dish');
    expect(prompt(find('ish'))).toBe('The dish');
    // What is read again, as Refresh does, stays what it is.
    expect(prompt(find('One'))).toBe('One');
    expect(prompt(find('The dish'))).toBe('The dish');
  });

  it('is what is selected, and the sentence where nothing stands before the cursor', () => {
    expect(prompt(find(' ran away '))).toBe('ran away');
    expect(prompt(cursor('One ends'))).toBe('One ends here.');
    const blank = text.indexOf('\n\n') + 1;
    expect(() => promptPassage(text, { start: blank, end: blank })).toThrow(expect.objectContaining({ code: 'empty-text' }));
  });

  it('keeps the end of a megabyte, whole characters', () => {
    const long = `${'All the king’s horses 👑 '.repeat(50_000)}and men`;
    const { first, cut } = promptPassage(long, { start: 0, end: long.length });
    expect(cut).toBe(true);
    expect(first.end).toBe(long.length);
    expect(first.end - first.start).toBeGreaterThan(longestPassage - 2);
    expect(long.slice(first.start)).not.toMatch(/^[\udc00-\udfff]/);
  });
});

describe('maskedPassage', () => {
  it('masks the selected words within their sentence', () => {
    const { first, mask } = maskedPassage(text, find('ran away'));
    expect([read(first), read(mask)]).toEqual([dish, 'ran away']);
  });

  it('masks the word at a bare cursor', () => {
    expect(read(maskedPassage(text, cursor('spoon')).mask)).toBe('spoon');
  });

  it('leaves a typed mask to stand for itself', () => {
    const { first, mask } = maskedPassage(text, { start: find('[MASK]').start - 8, end: find('[MASK]').start - 8 });
    expect([read(first), read(mask)]).toEqual(['The cow jumped over the [MASK].', null]);
    expect(maskedPassage(text, find('[MASK]')).mask).toBeNull();
  });

  it('adds selected words to a typed mask', () => {
    const sentence = find('The cow jumped over the [MASK].');
    const { mask } = maskedPassage(text, { start: sentence.start + 4, end: sentence.start + 7 });
    expect(read(mask)).toBe('cow');
  });

  it('masks nothing when a whole sentence is selected: its tokens are there to choose from', () => {
    const { first, mask } = maskedPassage(text, find(cow));
    expect([read(first), mask]).toEqual([cow, null]);
  });
});

describe('sentencePair', () => {
  const pair = (...selections: TextRange[]): (string | null)[] => {
    const { first, second } = sentencePair(text, selections);
    return [read(first), read(second)];
  };

  it('takes the sentence that follows, across lines and in one line', () => {
    expect(pair(cursor('jumped'))).toEqual([cow, dish]);
    expect(pair(cursor('One'))).toEqual(['One ends here.', 'Two ends here.']);
    // A part of a sentence stands for all of it.
    expect(pair(find('cow jumped over'))).toEqual([cow, dish]);
  });

  it('takes two selections as they are, and the first two sentences of one', () => {
    expect(pair(find(cow), find('Two ends here.'))).toEqual([cow, 'Two ends here.']);
    expect(pair(find('One ends here. Two ends here. Three'))).toEqual(['One ends here.', 'Two ends here.']);
  });

  it('has no second one at the end of the text, and nothing without text', () => {
    expect(pair(cursor('Three'))).toEqual(['Three ends here.', null]);
    expect(() => sentencePair(' \n ', [{ start: 0, end: 0 }])).toThrow(/no text here/);
  });
});

describe('chosenWord', () => {
  it('is the word at the cursor, or the one that the selection lies in', () => {
    expect(read(chosenWord(text, cursor('cow')))).toBe('cow');
    expect(read(chosenWord(text, find('cow ')))).toBe('cow');
    expect(read(chosenWord(text, find('umpe')))).toBe('jumped');
  });

  it('is null for several words, for none, and for white space', () => {
    expect(chosenWord(text, find('cow jumped'))).toBeNull();
    expect(chosenWord(text, find('- The'))).toBeNull();
    expect(chosenWord('a  -  b', { start: 3, end: 3 })).toBeNull();
  });
});

describe('longestWord', () => {
  it('is a word of the range', () => {
    expect(read(longestWord(text, find(cow)))).toBe('jumped');
    expect(longestWord('1 2 3', { start: 0, end: 5 })).toBeNull();
  });
});
