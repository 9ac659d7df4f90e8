import { describe, expect, it } from 'vitest';
import { formatCount, formatPercent, formatWeight } from '../../webview/format';
import { excerpt, visibleText } from '../../src/text/visibleText';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('numbers', () => {
  it('writes weights with two significant digits', () => {
    expect([0, 1, 0.4218, 0.996, 0.0996, 0.00312, 0.00001, -0.25, Number.NaN].map(formatWeight).map(plain)).toEqual([
      '0', '1.00', '0.42', '1.00', '0.10', '0.0031', '< 0.001', '−0.25', '–',
    ]);
    expect(formatWeight(4.3712)).toBe('4.37');
  });

  it('writes probabilities as percentages', () => {
    expect([0, 0.418, 0.0321, 0.00999, 0.00012, 1e-9, 0.99999, 1].map(formatPercent).map(plain)).toEqual([
      '0 %', '41.8 %', '3.2 %', '1.0 %', '0.012 %', '< 0.0001 %', '> 99.9 %', '100 %',
    ]);
  });

  it('counts', () => {
    expect([formatCount(1, 'sense'), formatCount(3, 'sense')].map(plain)).toEqual(['1 sense', '3 senses']);
  });
});

describe('text', () => {
  it('shows what cannot be seen', () => {
    expect(visibleText('a b\tc\n')).toBe('a·b⇥c↵');
    expect(visibleText('a\u200bb')).toBe('a⟨U+200B⟩b');
    expect(visibleText('\u202eabc')).toBe('⟨U+202E⟩abc');
    expect(visibleText('\ud800')).toBe('⟨U+D800⟩');
    expect(visibleText('\u0007')).toBe('⟨U+0007⟩');
  });

  it('keeps emoji, accents and right-to-left text whole', () => {
    for (const text of ['👩‍👩‍👧', 'e\u0301', 'שלום', '❤️', '中文']) expect(visibleText(text)).toBe(text);
    expect(visibleText('a\u200db')).toBe('a⟨U+200D⟩b');
  });

  it('shortens on one line', () => {
    expect(excerpt('one\n  two three', 8)).toBe('one two…');
    expect(excerpt('one', 8)).toBe('one');
  });
});
