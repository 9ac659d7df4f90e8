import type { TextRange } from '../../text/range';
import { firstSentences } from './selectedPassage';

/** UTF-16 units on either side of the place of interest in which sentences are looked for. */
const reach = 10_000;
const mostSentences = 1000;
/** Letters of the shortest sentence that is one. */
const fewestLetters = 12;
const longest = 400;

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/**
 * Whole sentences around a place of a document, without those that are given or are a part of them, and without the ones
 * before and after each. Headings, table cells and other lines that do not end as a sentence does are none.
 */
export function unrelatedSentences(text: string, around: number, given: readonly string[]): TextRange[] {
  const window = { start: Math.max(0, around - reach), end: Math.min(text.length, around + reach) };
  const all = firstSentences(text, window, mostSentences);
  const read = all.map(({ start, end }) => inOneLine(text.slice(start, end)));
  const known = given.map(inOneLine);
  const isGiven = read.map((sentence) => known.some((one) => one.includes(sentence)));
  return all.filter((_, at) => {
    const cutOff = (at === 0 && window.start > 0) || (at === all.length - 1 && window.end < text.length);
    return !cutOff && ![at - 1, at, at + 1].some((near) => isGiven[near]) && isSentence(read[at]!);
  });
}

function isSentence(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters >= fewestLetters && text.length <= longest && /[.!?…。！？]["'”’»)\]*_]*$/u.test(text);
}
