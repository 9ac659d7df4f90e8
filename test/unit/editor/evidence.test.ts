import { describe, expect, it } from 'vitest';
import { evidenceMarks } from '../../../src/editor/evidence/evidenceOf';
import { strengthOf } from '../../../src/editor/evidence/strength';
import { t } from './fixtures';

const text = 'A dull but *funny* film.';
const word = (own: string, logit: number, probability: number | null = logit / 10) => ({ start: text.indexOf(own), end: text.indexOf(own) + own.length, logit, probability });
/** What a reader of the Markdown sees. */
const visible = (markdown: string): string => markdown.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe('strengthOf', () => {
  it('steps at thirds of the largest, whatever its sign, and leaves out what is hardly any', () => {
    expect([0, 0.1, 0.12, 1, -1.01, 2, -2.01, 3].map((logit) => strengthOf(logit, 3))).toEqual([null, null, 1, 1, 2, 2, 3, 3]);
    expect(strengthOf(0, Number.MIN_VALUE)).toBeNull();
    expect(strengthOf(NaN, 3)).toBeNull();
  });
});

describe('evidenceMarks', () => {
  const evidence = { uri: 'file:///a.md', version: 1, label: 'negative' };

  it('tells for from against, how strongly, and by which numbers', () => {
    const marks = evidenceMarks({ ...evidence, words: [word('A', 0.01), word('dull', 3), word('funny', -1.5)] }, text, t);
    expect(marks.map(({ end, look, start }) => [text.slice(start, end), look])).toEqual([['dull', 'for3'], ['funny', 'against2']]);
    expect(visible(marks[0]!.message)).toBe('$(tag) “dull” speaks for negative: **+3.00** log-odds · +30.0 points of probability · Esc clears');
    expect(visible(marks[1]!.message)).toContain('“funny” speaks against negative: **−1.50**');
  });

  it('has no probability for a number, and marks no word that is gone', () => {
    const marks = evidenceMarks({ ...evidence, label: 'stars', words: [word('dull', -2, null), { ...word('film', 1), end: text.indexOf('film') }] }, text, t);
    expect(marks).toHaveLength(1);
    expect(visible(marks[0]!.message)).toBe('$(tag) “dull” speaks against stars: **−2.00** · Esc clears');
  });

  it('writes labels and words as text, not as Markdown', () => {
    const [mark] = evidenceMarks({ ...evidence, label: '[x](command:evil) $(bug)', words: [{ ...word('*funny*', 1) }] }, text, t);
    expect(mark!.message).not.toContain('](command');
    expect(mark!.message).not.toContain('*funny*');
  });
});
