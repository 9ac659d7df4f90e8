import { describe, expect, it } from 'vitest';
import { chooseWindow, encodeWithinWindow, fitToWindow, onlyUnknown } from '../../../src/text/window';
import { bertTokenizer } from './tokenizers';

const bert = bertTokenizer();
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `word ${i % 10}`).join(' ');

describe('the window over tokens', () => {
  it.each([
    [5, 10, 3, 0, 5],
    [10, 10, 9, 0, 10],
    [100, 10, 0, 0, 10],
    [100, 10, 50, 45, 55],
    [100, 10, 99, 90, 100],
    [100, 11, 50, 45, 56],
    [0, 10, 0, 0, 0],
    [10, 0, 5, 5, 5],
  ])('%i tokens through %i at %i', (count, size, focus, from, to) => {
    expect(chooseWindow(count, size, focus)).toEqual({ from, to });
  });
});

describe('an encoding that fits', () => {
  it('is left as it is', () => {
    const encoding = bert.encode('The cow jumped.');
    expect(fitToWindow(encoding, { window: 6 })).toEqual({ encoding, windowed: null });
  });
});

describe('an encoding that is too long', () => {
  it('keeps its template and what is around the focus', () => {
    const text = 'a b c d e f g h i j';
    const { encoding, windowed } = fitToWindow(bert.encode(text), { window: 5, focus: 10 });
    expect(encoding.tokens.map((token) => token.piece)).toEqual(['[CLS]', 'e', 'f', 'g', '[SEP]']);
    expect(windowed).toEqual({ read: 3, total: 10, explanation: 'Read 3 of 10 tokens, around the cursor.' });
  });

  it('is read from its start when there is no focus', () => {
    const { encoding, windowed } = fitToWindow(bert.encode(numbered(1000)), { window: 512 });
    expect(encoding.tokens).toHaveLength(512);
    expect(encoding.tokens[1]).toMatchObject({ start: 0, end: 4 });
    expect(windowed?.explanation).toBe('Read 510 of 2,000 tokens, from its start.');
  });

  it('of a pair loses tokens of the longer text first', () => {
    const fit = (first: string, second: string, focus?: number) => {
      const { encoding, windowed } = fitToWindow(bert.encode(first, second), { window: 11, focus });
      return [encoding.tokens.map((token) => token.piece).join(' '), windowed?.explanation];
    };
    expect(fit('a b c d e f g h i j', 'x y', 18)).toEqual([
      '[CLS] e f g h i j [SEP] x y [SEP]',
      'Read 6 of 10 tokens of the first text, around the cursor, and 2 of 2 of the second.',
    ]);
    expect(fit('x y', 'a b c d e f g h i j')[0]).toBe('[CLS] x y [SEP] a b c d e f [SEP]');
    expect(fit('a b c d e f', 'u v w x y z')[0]).toBe('[CLS] a b c d [SEP] u v w x [SEP]');
  });
});

describe('a text tokenized for a window', () => {
  it('is the same as one tokenized whole and then cut', () => {
    const text = numbered(3000);
    const focus = Math.floor(text.length / 2);
    const { encoding } = encodeWithinWindow(bert, text, { window: 128, focus });
    const whole = fitToWindow(bert.encode(text), { window: 128, focus });
    const ranges = (tokens: typeof encoding.tokens) => tokens.map(({ id, start, end }) => [id, start, end]);
    expect(ranges(encoding.tokens)).toEqual(ranges(whole.encoding.tokens));
    expect(encoding.text).toBe(text);
  });

  it('of a megabyte is read around the focus within milliseconds, its length estimated', () => {
    const text = 'The cow ate her treat that Sally gave. '.repeat(27_000);
    const focus = text.indexOf('Sally', 700_000);
    encodeWithinWindow(bert, text, { window: 512, focus });
    const started = performance.now();
    const { encoding, windowed } = encodeWithinWindow(bert, text, { window: 512, focus });
    expect(performance.now() - started).toBeLessThan(200);
    expect(encoding.tokens).toHaveLength(512);
    expect(encoding.tokens.some((token) => token.start === focus && token.text === 'Sally')).toBe(true);
    expect(encoding.tokens.every((token) => token.special || token.text === text.slice(token.start, token.end))).toBe(true);
    expect(windowed?.read).toBe(510);
    expect(Math.abs(windowed!.total / (27_000 * 9) - 1)).toBeLessThan(0.02);
    expect(windowed?.explanation).toMatch(/^Read 510 of about 24\d,\d{3} tokens, around the cursor\.$/);
  });

  it('fills the window even where there is little but white space', () => {
    const text = `a${' '.repeat(150)}`.repeat(600);
    const { encoding } = encodeWithinWindow(bert, text, { window: 64, focus: 45_000 });
    expect(encoding.tokens).toHaveLength(64);
  });

  it('of a megabyte without any white space is no trouble', () => {
    const started = performance.now();
    expect(encodeWithinWindow(bert, '🙂'.repeat(500_000), { window: 128, focus: 1001 }).encoding.tokens.length).toBeLessThanOrEqual(128);
    expect(encodeWithinWindow(bert, ' '.repeat(1_000_000), { window: 128 }).encoding.tokens).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('cuts a long second text from its start', () => {
    const { encoding, windowed } = encodeWithinWindow(bert, 'short one', { pair: numbered(100_000), window: 32 });
    expect(encoding.tokens).toHaveLength(32);
    expect(windowed?.explanation).toMatch(/^Read 2 of 2 tokens of the first text, from its start, and 27 of about \d{3},\d{3} of the second\.$/);
  });
});

describe('an empty text', () => {
  it('fits, and is counted beside a long second one', () => {
    expect(encodeWithinWindow(bert, '', { window: 8 }).windowed).toBeNull();
    expect(encodeWithinWindow(bert, '', { pair: '', window: 8 }).windowed).toBeNull();
    const { windowed } = encodeWithinWindow(bert, '', { pair: numbered(10_000), window: 8 });
    expect(windowed?.read).toBe(5);
    expect(windowed?.total).toBeGreaterThan(15_000);
  });
});

describe('text of only unknown characters', () => {
  it.each([
    ['𐍈𐌰', true],
    ['\u200b', true],
    ['', true],
    ['𐍈𐌰 a', false],
    ['[MASK]', false],
  ])('%j: %s', (text, expected) => {
    expect(onlyUnknown(bert.encode(text).tokens, bert.unknownId)).toBe(expected);
  });
});
