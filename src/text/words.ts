import { lineRangeAt } from './lines';
import type { TextRange } from './range';

let segmenter: Intl.Segmenter | undefined;
/** Made at first use: it takes some 15 ms, which nobody shall wait for who only loads this module. */
const wordSegmenter = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'word' }));

/** Most characters looked at on either side of an offset to find its word. */
const reach = 500;

/** Endings that English writes onto a word with an apostrophe without making it another word. */
const clitic = /^(.*\p{L})['’](?:s|re|ve|ll|d|m)$/isu;

/** Scripts that write words without spaces between them: only a segmenter can tell where one ends. */
export const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * The word at an offset: the one that holds it, else the one that ends there; null where there is none.
 * `can't` is one word, `Sally's` is the word `Sally`, and `well-known` is two.
 */
export function wordAt(text: string, offset: number): TextRange | null {
  const line = lineRangeAt(text, offset);
  const from = Math.max(line.start, offset - reach);
  const to = Math.min(line.end, offset + reach);
  let before: TextRange | null = null;
  for (const { segment, index, isWordLike } of wordSegmenter().segment(text.slice(from, to))) {
    const start = from + index;
    const end = start + segment.length;
    if (end < offset || isWordLike !== true) continue;
    if (start > offset) break;
    const range = { start, end: start + (clitic.exec(segment)?.[1] ?? segment).length };
    if (end > offset) return range;
    before = range;
  }
  return before;
}

/** Where words begin and end in a stretch of text, as offsets into it. */
export function wordBoundaries(text: string): ReadonlySet<number> {
  const boundaries = new Set([text.length]);
  for (const { index } of wordSegmenter().segment(text)) boundaries.add(index);
  return boundaries;
}

/** Lines, and parts of long ones that end before a space: the segmenter keeps a copy of all its text with each word. */
const parts = /[^\n]{1,2000}(?=\s|$)|[^\n]{1,2000}/g;

/** All words of a text in order, as `wordAt` delimits them. */
export function wordRanges(text: string): TextRange[] {
  return Array.from(text.matchAll(parts)).flatMap(({ 0: part, index: from }) =>
    Array.from(wordSegmenter().segment(part)).flatMap(({ segment, index, isWordLike }) =>
      isWordLike === true ? [{ start: from + index, end: from + index + (clitic.exec(segment)?.[1] ?? segment).length }] : [],
    ),
  );
}
