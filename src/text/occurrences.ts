import { lineRangeAt } from './lines';
import { escapeRegExp } from './patterns';
import type { TextRange } from './range';
import { sentencesAt } from './sentences';
import type { TextInCode } from './textInCode';
import { unspacedScript, wordBoundaries } from './words';

/** An occurrence of a word: its sentence, its place there and in the whole text. */
export interface Occurrence {
  readonly sentence: string;
  /** UTF-16 range of the word within `sentence`. */
  readonly start: number;
  readonly end: number;
  /** Offset of the word in the whole text. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
}

export interface Occurrences {
  readonly occurrences: readonly Occurrence[];
  /** Occurrences in the whole text, of which only the nearest may be listed. */
  readonly total: number;
  /** Whether only a part of the text was searched, of which `total` is true. */
  readonly hasMore: boolean;
  /** Index of the occurrence at `around`, else of the nearest; −1 when there is none. */
  readonly current: number;
}

/**
 * All places where `word` stands as a word, whatever its case: `stand` is found in "can't stand" and in "Stand!",
 * not in "understand"; `can` is not found in "can't". Spaces within `word` match any white space.
 * @param part only those that begin in it
 */
export function occurrencesOf(text: string, word: string, part: TextRange = { start: 0, end: text.length }): TextRange[] {
  const wanted = word.trim();
  if (wanted === '') return [];
  const forms = [...new Set([wanted.normalize('NFC'), wanted.normalize('NFD'), wanted])];
  const pattern = new RegExp(forms.map(patternOf).join('|'), 'giu');
  const isOccurrence = unspacedScript.test(wanted)
    ? segmentedCheck(text)
    : (range: TextRange) => standsAlone(text, range);
  const found: TextRange[] = [];
  pattern.lastIndex = part.start;
  for (let match = pattern.exec(text); match && match.index < part.end; match = pattern.exec(text)) {
    const range = { start: match.index, end: match.index + match[0].length };
    if (isOccurrence(range)) found.push(range);
  }
  return found;
}

/** Which occurrences are wanted. */
export interface Wanted {
  /** Offset of the place of interest. */
  readonly around: number;
  readonly most: number;
  /** UTF-16 units on either side within which `most` are enough: a frequent word is then not searched in the whole of a long text. */
  readonly reach?: number;
  /** Where to look in code, in order; everywhere when absent. */
  readonly within?: readonly TextInCode[];
}

/**
 * The `most` occurrences of a word nearest to the offset `around`, in order, each in its sentence, which in code ends with
 * the comment or string that it stands in.
 */
export function occurrencesInContext(text: string, word: string, { around, most, reach = Infinity, within }: Wanted): Occurrences {
  const find = (part: TextRange): (TextRange & { readonly place: TextInCode | null })[] => {
    const found = occurrencesOf(text, word, part).map(({ start, end }) => ({ start, end, place: within ? placeOf(start, end, within) : null }));
    return within ? found.filter(({ place }) => place) : found;
  };
  const near = { start: Math.max(0, around - reach), end: Math.min(text.length, around + reach) };
  const isWhole = near.start === 0 && near.end === text.length;
  const nearby = find(near);
  const suffices = isWhole || nearby.length >= most;
  const all = suffices ? nearby : find({ start: 0, end: text.length });
  const distance = ({ start, end }: TextRange) => (around < start ? start - around : Math.max(0, around - end));
  const nearest = all.reduce((best, range, i) => (best < 0 || distance(range) < distance(all[best]!) ? i : best), -1);
  let from = Math.max(nearest, 0);
  let to = Math.min(from + 1, all.length);
  while (to - from < Math.min(most, all.length)) {
    const before = from > 0 ? distance(all[from - 1]!) : Infinity;
    const after = to < all.length ? distance(all[to]!) : Infinity;
    if (before < after) from--;
    else to++;
  }
  const chosen = all.slice(from, to);
  const sentences = sentencesAt(text, chosen);
  let line = 1;
  let counted = 0;
  const occurrences = chosen.map((range, i) => {
    const sentence = range.place ? cut(text, sentences[i]!, range.place.whole) : sentences[i]!;
    for (let at = text.indexOf('\n', counted); at >= 0 && at < range.start; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    return {
      sentence: text.slice(sentence.start, sentence.end),
      start: range.start - sentence.start,
      end: range.end - sentence.start,
      offset: range.start,
      line,
    };
  });
  return { occurrences, total: all.length, hasMore: suffices && !isWhole, current: nearest < 0 ? -1 : nearest - from };
}

/** The stretch of text that holds a range, found by halving. */
function placeOf(start: number, end: number, within: readonly TextInCode[]): TextInCode | null {
  let low = 0;
  let high = within.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (within[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  const place = within[low];
  return place && place.start <= start && place.end >= end ? place : null;
}

/** What two ranges share, without white space at its ends. */
function cut(text: string, one: TextRange, other: TextRange): TextRange {
  const start = Math.max(one.start, other.start);
  const content = text.slice(start, Math.min(one.end, other.end));
  const from = start + content.length - content.trimStart().length;
  return { start: from, end: from + content.trim().length };
}

function patternOf(word: string): string {
  return escapeRegExp(word).replace(/['’]/g, "['’]").replace(/\s+/g, '\\s+');
}

const space = 32;
const apostrophe = 39;

/** Letters, digits and the underscore of ASCII. */
function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

const wordCharacter = /[\p{L}\p{M}\p{N}_]/u;

/** Whether no letter, digit or underscore adjoins the range, nor the `'t` of a negation. */
function standsAlone(text: string, { start, end }: TextRange): boolean {
  // Nearly all neighbours are ASCII, where no expression has to be tried; a frequent word has thousands of them.
  const previous = start === 0 ? space : text.charCodeAt(start - 1);
  const next = end === text.length ? space : text.charCodeAt(end);
  if (isAsciiWord(text.charCodeAt(start)) && isAsciiWord(text.charCodeAt(end - 1)) && previous < 128 && next < 128 && next !== apostrophe) {
    return !isAsciiWord(previous) && !isAsciiWord(next);
  }
  const before = /(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^])$/.exec(text.slice(Math.max(0, start - 2), start))?.[0] ?? '';
  const after = text.slice(end, end + 3);
  if (isWordCharacter(text, start) && wordCharacter.test(before)) return false;
  const last = text.slice(Math.max(start, end - 2), end);
  if (!/[\p{L}\p{M}\p{N}_]$/u.test(last)) return true;
  return !/^(?:[\p{L}\p{M}\p{N}_]|['’]t(?!\p{L}))/iu.test(after);
}

function isWordCharacter(text: string, index: number): boolean {
  return wordCharacter.test(String.fromCodePoint(text.codePointAt(index) ?? 0));
}

/** For scripts without spaces: both ends must be where the segmenter cuts the line. */
function segmentedCheck(text: string): (range: TextRange) => boolean {
  const most = 1000;
  let from = 0;
  let to = 0;
  let boundaries: ReadonlySet<number> = new Set();
  return ({ start, end }) => {
    if (end > to) {
      from = Math.max(lineRangeAt(text, start).start, start - most);
      to = Math.min(lineRangeAt(text, end).end, end + most);
      boundaries = wordBoundaries(text.slice(from, to));
    }
    return boundaries.has(start - from) && boundaries.has(end - from);
  };
}

/** What a model is asked about an occurrence: its sentence and where the word stands in it. */
export function inContext({ sentence, start, end }: { readonly sentence: string; readonly start: number; readonly end: number }) {
  return { sentence, start, end };
}
