import { describe, expect, it } from 'vitest';
import { sentencesNear } from '../../../src/text/sentencesNear';
import { sentenceAt, sentencesAt } from '../../../src/text/sentences';

/** The sentence around what stands between two `|`. */
function sentenceOf(marked: string): string {
  const start = marked.indexOf('|');
  const text = marked.replaceAll('|', '');
  const range = sentenceAt(text, { start, end: marked.lastIndexOf('|') - 1 });
  return text.slice(range.start, range.end);
}

describe('the sentence around a word', () => {
  it.each([
    ['in prose', 'She sang. He could not |stand| it. They left.', 'He could not stand it.'],
    ['at the start', '|Will| they? They will.', 'Will they?'],
    ['at the end, without a full stop', 'They left. He |stayed|', 'He stayed'],
    ['after a title', 'Yes. I saw Mr. |Smith| today. He ran.', 'I saw Mr. Smith today.'],
    ['before an initial', 'It was |written| by J. R. Tolkien. He died.', 'It was written by J. R. Tolkien.'],
    ['with a short form', 'Bring fruit, e.g. |Apples|, home. Thanks.', 'Bring fruit, e.g. Apples, home.'],
    ['with a numbered figure', 'As |seen| in Fig. 3 it grows. So it is.', 'As seen in Fig. 3 it grows.'],
    ['that says no', 'He said no. |Then| he left.', 'Then he left.'],
    ['over a soft line break', 'This line is wrapped by hand at the width of the page, which\nis |narrow|. Next.', 'This line is wrapped by hand at the width of the page, which\nis narrow.'],
    ['over a soft CRLF', 'This line is wrapped by hand at the width of the page, which\r\nis |narrow|. Next.', 'This line is wrapped by hand at the width of the page, which\r\nis narrow.'],
    ['one a line', 'It is a music stand.\nThey can’t |stand| it.\nPlease stand up.', 'They can’t stand it.'],
    ['one a line, CRLF', 'It is a music stand.\r\nThey can’t |stand| it.\r\nPlease stand up.\r\n', 'They can’t stand it.'],
    ['one a line, no full stops', 'A music stand\nThey |stand| up\nWe rise', 'They stand up'],
    ['in its paragraph only', 'First paragraph here\n\nsecond |one| here\n\nthird', 'second one here'],
    ['in a list item', '- the first item\n- the |second| item\n- the third', 'the second item'],
    ['in a list item that goes on', '- the first item\n  goes |on| here\n- the second', 'the first item\n  goes on here'],
    ['in a numbered item', '1. Alpha\n2. |Beta|\n', 'Beta'],
    ['in a task', '- [x] A |done| task', 'A done task'],
    ['in a heading', '# The |moon|\nIt rose. It set.', 'The moon'],
    ['below a heading', '# The moon\nIt |rose|. It set.', 'It rose.'],
    ['in a quote', '> They |rise|. We fall.', 'They rise.'],
    ['in a line comment', '// Rows |stand| for queries.\nconst x = 1;', 'Rows stand for queries.'],
    ['in a comment without a space', '//Rows |stand| here', 'Rows stand here'],
    ['in one of several comment lines', '// First line\n// the |second| line\n', 'the second line'],
    ['in a hash comment', '    # the |model| reads this', 'the model reads this'],
    ['in an SQL comment', '-- the |bank| table', 'the bank table'],
    ['in a doc comment', '/**\n * Opens the |bank|. Closes it.\n */', 'Opens the bank.'],
    ['in a one-line block comment', '/* the |moon| */', 'the moon'],
    ['in an HTML comment', '<!-- the |moon| rises -->', 'the moon rises'],
    ['in a docstring', '"""Read the |apple|."""', 'Read the apple.'],
    ['in a comment after code', 'let a = 1; // the |bank| opens', 'the bank opens'],
    ['in code before a comment', 'let |a| = 1; // the bank opens', 'let a = 1;'],
    ['in a comment after Python code', 'a = f(x)  # the |bank| opens', 'the bank opens'],
    ['with an address in it', 'See https://example.org/a for |more|. Bye.', 'See https://example.org/a for more.'],
    ['over two sentences', 'One. Two |is here. Three| too. Four.', 'Two is here. Three too.'],
    ['in Japanese', '今日は晴れ。明日は|雨|です。', '明日は雨です。'],
  ])('%s', (_, marked, sentence) => {
    expect(sentenceOf(marked)).toBe(sentence);
  });

  it('leaves out the borders of a table row', () => {
    const text = '| a | b |\n|---|---|\n| music stand | rise |';
    const start = text.indexOf('stand');
    const range = sentenceAt(text, { start, end: start + 5 });
    expect(text.slice(range.start, range.end)).toBe('music stand | rise');
  });

  it('is the range itself on a blank line or in an empty text', () => {
    expect(sentenceAt('a\n\nb', { start: 2, end: 2 })).toEqual({ start: 2, end: 2 });
    expect(sentenceAt('', { start: 0, end: 0 })).toEqual({ start: 0, end: 0 });
    expect(sentenceAt('\n', { start: 0, end: 0 })).toEqual({ start: 0, end: 0 });
  });

  it('of extraordinary length is cut around the word, between words', () => {
    const text = `${'lorem ipsum '.repeat(5000)}word ${'dolor sit '.repeat(5000)}`;
    const start = text.indexOf('word');
    const range = sentenceAt(text, { start, end: start + 4 });
    const sentence = text.slice(range.start, range.end);
    expect(sentence.length).toBeLessThanOrEqual(2000);
    expect(sentence.length).toBeGreaterThan(1900);
    expect(sentence).toMatch(/^(?:lorem|ipsum) .* word .* (?:dolor|sit)$/);
  });

  it.each([' '.repeat(1_000_000), `x${' '.repeat(1_000_000)}`, '*'.repeat(1_000_000), 'a. '.repeat(300_000), '\n'.repeat(1_000_000), '- '.repeat(500_000), 'a\n'.repeat(500_000)])(
    'of a megabyte of one thing takes no time',
    (text) => {
      const started = performance.now();
      for (const offset of [0, 1, 500_000, text.length]) {
        const { start, end } = sentenceAt(text, { start: Math.min(offset, text.length), end: Math.min(offset, text.length) });
        expect(end - start).toBeLessThanOrEqual(2001);
      }
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );
});

describe('sentences of many ranges', () => {
  it('are those of each range', () => {
    const text = '# Moon\nThe moon rose. It set; then the moon\nrose again.\n\n- moon item\n// moon comment\nA moon. Another moon.';
    const ranges = [...text.matchAll(/moon/gi)].map((match) => ({ start: match.index, end: match.index + 4 }));
    expect(ranges).toHaveLength(7);
    expect(sentencesAt(text, ranges)).toEqual(ranges.map((range) => sentenceAt(text, range)));
  });

  it('always hold their range', () => {
    const text = 'a) word\n1. (x)\n| y |\n"""\n*** z';
    for (let start = 0; start < text.length; start++) {
      const sentence = sentenceAt(text, { start, end: start + 1 });
      expect(sentence.start).toBeLessThanOrEqual(start);
      expect(sentence.end).toBeGreaterThan(start);
    }
  });
});

describe('sentences near a place', () => {
  const text = 'One two three. Four five\nsix seven.\n\nShort.\n\n- Eight nine ten.\n- One two three.\n\nEleven twelve thirteen fourteen fifteen sixteen.';
  const near = (word: string, most: number) => {
    const start = text.indexOf(word);
    return sentencesNear(text, { start, end: start }, { most, words: [3, 5] });
  };

  it('come in the order of the text, on one line each, by their number of words, none twice', () => {
    expect(near('Four', 9)).toEqual(['One two three.', 'Four five six seven.', 'Eight nine ten.']);
  });

  it('are the nearest', () => {
    expect(near('nine', 1)).toEqual(['Eight nine ten.']);
    expect(near('Four', 2)).toEqual(['One two three.', 'Four five six seven.']);
    expect(sentencesNear('', { start: 0, end: 0 }, { most: 3, words: [1, 9] })).toEqual([]);
  });
});
