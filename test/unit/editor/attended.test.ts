import { describe, expect, it } from 'vitest';
import { decorationsOf } from '../../../src/editor/attended/decorations';
import { FollowedWords } from '../../../src/editor/attended/followedWords';
import { strengthOf } from '../../../src/editor/attended/strength';
import type { Attended } from '../../../src/panel/contract';
import { t } from './fixtures';

const text = 'Before. The cow saw it.';
const at = (word: string): { start: number; end: number } => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });
const sentence = { start: 8, end: text.length };

const attended: Attended = {
  uri: 'file:///a.md',
  version: 1,
  kept: { side: 'query', range: at('it') },
  label: 'it',
  words: [
    { ...at('The'), weight: 0.004 },
    { ...at('cow'), weight: 0.51234 },
    { ...at('saw'), weight: 0.05 },
  ],
  map: 'layer 3, head 1',
};
const follow = (changed: Partial<Attended> = {}, stale = false): FollowedWords => new FollowedWords({ ...attended, ...changed }, [sentence], stale);
/** What a reader of the Markdown sees. */
const visible = (markdown: string): string => markdown.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe('strengthOf', () => {
  it('steps at the squares of fifths, the same for every map', () => {
    expect([0.01, 0.04, 0.041, 0.16, 0.161, 0.36, 0.361, 0.64, 0.641, 1].map(strengthOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('leaves out what is too little, and what is no weight', () => {
    expect([0, 0.0099, -1, NaN].map(strengthOf)).toEqual([null, null, null, null]);
    expect(strengthOf(1.000001)).toBe(5);
  });
});

describe('FollowedWords', () => {
  it('moves with edits before it and stays fresh', () => {
    const followed = follow();
    followed.edited([{ rangeOffset: 0, rangeLength: 0, text: 'Long ' }]);
    expect(followed.stale).toBe(false);
    expect(followed.words[1]).toEqual({ start: at('cow').start + 5, end: at('cow').end + 5, weight: 0.51234 });
  });

  it('is stale after an edit of what was read, and stays so', () => {
    const followed = follow();
    followed.edited([{ rangeOffset: at('saw').start, rangeLength: 0, text: 'never ' }]);
    expect(followed.stale).toBe(true);
    expect(followed.kept).toEqual({ side: 'query', range: { start: at('it').start + 6, end: at('it').end + 6 } });
    followed.edited([{ rangeOffset: 0, rangeLength: 1, text: '' }]);
    expect(followed.stale).toBe(true);
  });

  it('forgets words that were deleted, the kept one too', () => {
    const followed = follow();
    followed.edited([{ rangeOffset: at('cow').start, rangeLength: text.length - at('cow').start, text: '' }]);
    expect(followed.words).toHaveLength(1);
    expect(followed.kept).toBeNull();
  });

  it('keeps a special token, which stands for no text', () => {
    const followed = follow({ kept: { side: 'key', range: null }, label: '[CLS]' });
    followed.edited([{ rangeOffset: 10, rangeLength: 1, text: '' }]);
    expect(followed.kept).toEqual({ side: 'key', range: null });
  });
});

describe('decorationsOf', () => {
  it('shades by weight, borders the kept token, and tells exact weight, direction and map', () => {
    const marks = decorationsOf(follow(), text, t);
    expect(marks.map(({ start, end, look }) => [text.slice(start, end), look])).toEqual([['cow', 4], ['saw', 2], ['it', 'kept']]);
    expect(visible(marks[0]!.message)).toBe('$(eye) it → cow **0.5123** · layer 3, head 1');
    expect(visible(marks[2]!.message)).toContain('What “it” attends to is shaded.');
    expect(visible(marks[2]!.message)).toContain('Esc clears');
  });

  it('points the other way for a key', () => {
    const marks = decorationsOf(follow({ kept: { side: 'key', range: at('it') } }), text, t);
    expect(visible(marks[0]!.message)).toContain('cow → it');
    expect(visible(marks.at(-1)!.message)).toContain('What attends to “it” is shaded.');
  });

  it('only marks where shades were after an edit, and says so', () => {
    const marks = decorationsOf(follow({}, true), text, t);
    expect(marks.map(({ look }) => look)).toEqual(['stale', 'stale', 'keptStale']);
    for (const { message } of marks) expect(visible(message)).toContain('layer 3, head 1, before your edit');
  });

  it('shades without a kept place for a special token', () => {
    const marks = decorationsOf(follow({ kept: { side: 'query', range: null }, label: '[CLS]' }), text, t);
    expect(marks.map(({ look }) => look)).toEqual([4, 2]);
    expect(visible(marks[0]!.message)).toContain('[CLS] → cow');
  });

  it('shows text as text', () => {
    const hostile = follow({ label: '<img src=x> [a](command:b) **' });
    for (const { message } of decorationsOf(hostile, text, t)) expect(message).not.toMatch(/<|\]\(|command:/);
  });
});
