import type { Line } from './lines';
import { lineAt } from './lines';
import type { TextRange } from './range';

let segmenter: Intl.Segmenter | undefined;
/** Made at first use: it takes some 15 ms, which nobody shall wait for who only loads this module. */
const sentenceSegmenter = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' }));

/** Longest sentence given out, in UTF-16 units; of a longer one, the part around the word. */
const longestSentence = 2000;
/** Paragraphs are read this far on either side of the place of interest. */
const paragraphReach = 4000;
/** A line shorter than this was not ended by the width of the page. */
const shortLine = 50;

/** An ending that looks like the end of a sentence and is none: a title, a short form, an initial. */
const abbreviation =
  /(?:^|[\s("“[])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Mt|Gen|Col|Capt|Lt|Sgt|Rev|Hon|vs|cf|e\.\s?g|i\.\s?e|viz|ca|approx|resp|et al|(?!I)\p{Lu})\.\s*$/u;
/** Short forms that stand before a number, and are words otherwise ("No."). */
const beforeNumber = /(?:^|[\s("“[])(?:no|nos|figs?|eqs?|vol|ch|sec|pp?|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.\s*$/i;

/**
 * The sentence around a range, or the sentences that it touches, as one source range without comment leaders and list
 * markers. Sentences end with their paragraph; a list item, heading, table row or comment line is a paragraph of its
 * own. The range itself is always part of it, so that on a blank line it is all there is. At most about 2,000
 * characters are given, around the range.
 */
export function sentenceAt(text: string, range: TextRange): TextRange {
  return sentencesAt(text, [range])[0]!;
}

/** The sentence of each range, as `sentenceAt` gives it; quickest when the ranges come in order. */
export function sentencesAt(text: string, ranges: readonly TextRange[]): TextRange[] {
  let sentences: readonly TextRange[] = [];
  let readAt = -paragraphReach;
  const sentenceOf = (offset: number): TextRange => {
    const holds = (sentence: TextRange) => sentence.start <= offset && offset < sentence.end;
    // What was read around a far offset may have been cut off here.
    let found = Math.abs(offset - readAt) < paragraphReach / 2 ? sentences.find(holds) : undefined;
    if (found === undefined) {
      sentences = sentencesAround(text, offset);
      readAt = offset;
      found = sentences.find(holds) ?? sentences.findLast((sentence) => sentence.start <= offset) ?? sentences[0];
    }
    return found ?? { start: offset, end: offset };
  };
  return ranges.map((range) => {
    const first = sentenceOf(range.start);
    const last = range.end > first.end ? sentenceOf(range.end - 1) : first;
    if (range.start === range.end) return shorten(text, first, range);
    const start = Math.min(first.start, range.start);
    return shorten(text, { start, end: Math.max(first.end, last.end, range.end) }, range);
  });
}

/** Where the paragraph at an offset begins, without list marker or comment leader; the offset itself on a blank line. */
export function paragraphStart(text: string, offset: number): number {
  return Math.min(offset, paragraphAt(text, offset)[0]?.start ?? offset);
}

/** All sentences of the paragraph at an offset, in order. */
function sentencesAround(text: string, offset: number): TextRange[] {
  return paragraphAt(text, offset).flatMap((part) => sentencesIn(text, part));
}

/** The paragraph at an offset, in parts where a line break was meant as an end. */
function paragraphAt(text: string, offset: number): TextRange[] {
  const lines = [lineAt(text, offset)];
  if (lines[0]!.kind === 'blank') return [];
  for (;;) {
    const first = lines[0]!;
    if (first.kind !== 'text' || first.start === 0 || text.charAt(first.start - 1) !== '\n') break;
    const above = lineAt(text, first.start - 1);
    if (!joins(above, first) || offset - above.start > paragraphReach) break;
    lines.unshift(above);
  }
  for (;;) {
    const last = lines.at(-1)!;
    if (last.end >= text.length || text.charAt(last.end) !== '\n') break;
    const below = lineAt(text, last.end + 1);
    if (!joins(last, below) || below.end - offset > paragraphReach) break;
    lines.push(below);
  }
  const width = Math.max(...lines.map((line) => line.end - line.start));
  const parts: { start: number; end: number }[] = [];
  lines.forEach((line, i) => {
    const above = lines[i - 1];
    if (above === undefined || isMeant(text, above, line, width)) parts.push({ ...line.content });
    else parts.at(-1)!.end = line.content.end;
  });
  return parts;
}

/** Whether a line goes on in the next one. */
function joins(line: Line, next: Line): boolean {
  return next.kind === 'text' && (line.kind === 'text' || (line.kind === 'item' && next.isIndented));
}

/**
 * Whether the break between two lines was meant by the author: the next begins like a sentence, and its first word
 * would have fitted, or the line is too short to be a wrapped one.
 */
function isMeant(text: string, line: Line, next: Line, width: number): boolean {
  const following = text.slice(next.content.start, next.content.end);
  if (/^["“‘'([]*\p{Ll}/u.test(following)) return false;
  if (/[,;–—-]\s*$/.test(text.slice(line.content.start, line.content.end))) return false;
  const length = line.end - line.start;
  return length < shortLine || length + 1 + (/^\S*/.exec(following)?.[0].length ?? 0) <= width;
}

function sentencesIn(text: string, paragraph: TextRange): TextRange[] {
  // Every line break ends a sentence for the segmenter, so soft ones are hidden from it.
  const flat = text.slice(paragraph.start, paragraph.end).replace(/[\r\n\t\u0085\u2028\u2029]/g, ' ');
  const sentences: { start: number; end: number }[] = [];
  let before = '';
  for (const { segment, index } of sentenceSegmenter().segment(flat)) {
    const start = paragraph.start + index;
    const end = start + segment.trimEnd().length;
    const last = sentences.at(-1);
    if (last && (abbreviation.test(before) || (beforeNumber.test(before) && /^\d/.test(segment)))) last.end = end;
    else sentences.push({ start: start + segment.length - segment.trimStart().length, end });
    before = segment;
  }
  return sentences.filter(({ start, end }) => end > start);
}

/** Cuts a sentence that is too long down to what lies around the range, between words where there are any. */
function shorten(text: string, sentence: TextRange, range: TextRange): TextRange {
  if (sentence.end - sentence.start <= longestSentence) return sentence;
  const room = Math.max(0, longestSentence - (range.end - range.start)) / 2;
  let start = Math.max(sentence.start, Math.floor(range.start - room));
  let end = Math.min(sentence.end, Math.ceil(range.end + room));
  if (start > sentence.start) start += /^\S{0,100}\s+/.exec(text.slice(start, range.start))?.[0].length ?? 0;
  if (end < sentence.end) end -= /\s+\S{0,100}$/.exec(text.slice(range.end, end))?.[0].length ?? 0;
  return { start: wholeCharacter(text, start), end: wholeCharacter(text, end) };
}

/** The offset, moved off the middle of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset + 1 : offset;
}
