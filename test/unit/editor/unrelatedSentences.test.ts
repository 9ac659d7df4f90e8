import { describe, expect, it } from 'vitest';
import { unrelatedSentences } from '../../../src/editor/source/unrelatedSentences';
import { lessonFile } from '../../support/lesson';

const text = [
  '# A heading without an end',
  '',
  'The first one is here. The second one is here. The third one is here. The fourth one',
  'is here, on two lines. The fifth one is here.',
  '',
  '| a cell. | another cell of a table |',
  '',
  '- Short.',
  '- The last one is here!',
].join('\n');
const found = (given: readonly string[], content = text, around = 0): string[] =>
  unrelatedSentences(content, around, given).map(({ start, end }) => content.slice(start, end).replace(/\s+/g, ' '));

describe('unrelatedSentences', () => {
  it('are whole sentences, and neither headings, table cells nor words', () => {
    expect(found([])).toEqual([
      'The first one is here.', 'The second one is here.', 'The third one is here.', 'The fourth one is here, on two lines.', 'The fifth one is here.', 'The last one is here!',
    ]);
  });

  it('leave out what is given and what stands beside it, also within a longer text and over line breaks', () => {
    expect(found(['The second one is here.', 'The third one is here.'])).toEqual(['The fifth one is here.', 'The last one is here!']);
    expect(found(['The fourth one is\nhere, on two lines.'])).toEqual(['The first one is here.', 'The second one is here.', 'The last one is here!']);
    expect(found(['The first one is here. The second one is here.'])).toEqual(['The fourth one is here, on two lines.', 'The fifth one is here.', 'The last one is here!']);
    expect(found([], '')).toEqual([]);
    expect(found(['One short text alone.'], 'One short text alone.')).toEqual([]);
  });

  it('take no part of a sentence from where a long document is cut off, and take no longer than a moment', () => {
    const long = 'Here is one more of many sentences that all read alike. '.repeat(20_000);
    const before = performance.now();
    const all = found([], long, 500_000);
    expect(performance.now() - before).toBeLessThan(3000);
    expect(all.length).toBeGreaterThan(300);
    expect(new Set(all)).toEqual(new Set(['Here is one more of many sentences that all read alike.']));
  });

  it('of the lesson do not hold its pair a second time', () => {
    const lesson = lessonFile['lesson.md'];
    const pair = ['The cow jumped over the moon.', 'The dish ran away with the spoon.'];
    const all = found(pair, lesson, lesson.lastIndexOf(pair[0]!));
    expect(all.length).toBeGreaterThan(30);
    expect(all.some((sentence) => pair.includes(sentence))).toBe(false);
  });
});
