import type { TextRange } from '../../text/range';
import type { DriftRequest } from './contract';
import { type Example, labelledExamples } from '../training/examples';

/** Lines that are compared where nobody asks for more: minutes of work, and enough for means that hold. */
export const usualLines = 1_000;
/** Characters of a line that are kept: more than the tokens that are read of it have. */
const longestText = 4_000;

/** A line of a document, without white space at its ends. */
export interface PickedLine {
  readonly text: string;
  /** UTF-16 offset of its first character in the document. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** What its author says it is, where the document is a file of labelled lines: the text is then without it. */
  readonly label?: string;
  /** What stands for it in the document, where its text is written otherwise there, as with JSON's escapes. */
  readonly record?: TextRange;
}

/** Lines with text: all of them, or as many as were asked for, evenly spread. */
export interface PickedLines {
  readonly lines: readonly PickedLine[];
  /** Lines with text that there are. */
  readonly total: number;
}

/** Which lines of a document are meant. */
export interface WantedLines {
  /** The file's name: by its ending, it may be one of labelled lines. */
  readonly name?: string;
  /** Of a line that the range cuts, what lies in it; of a labelled one, all. */
  readonly within?: TextRange | null;
  /** Which of them, such as those that were held out of training; all when absent. */
  readonly only?: (line: PickedLine) => boolean;
}

/** Picks at most `most` lines of a document that have text. */
export function pickLines(text: string, most: number, { name = '', within, only }: WantedLines = {}): PickedLines {
  const range = within ?? { start: 0, end: text.length };
  const examples = labelledExamples(name, text);
  const all = examples ? ofExamples(examples, text, range) : plainLines(text, range);
  const found = only ? all.filter(only) : all;
  const { length } = found;
  const lines = length <= most ? found : Array.from({ length: most }, (_, index) => found[Math.floor((index * length) / most)]!);
  return { lines, total: length };
}

/** Where a part of a line's text stands in the document: all of its record, where the text is written otherwise there. */
export function placeInDocument({ offset, record }: PickedLine, { start, end }: TextRange): TextRange {
  return record ?? { start: offset + start, end: offset + end };
}

/** What `drift/measure` is asked of these lines. */
export function askedLines({ lines }: PickedLines): Pick<DriftRequest, 'lines' | 'labels'> {
  return { lines: lines.map(({ text }) => text), ...(lines.some(({ label }) => label !== undefined) && { labels: lines.map(({ label }) => label ?? null) }) };
}

function plainLines(text: string, within: TextRange): PickedLine[] {
  const found: PickedLine[] = [];
  let line = 1;
  for (let start = 0; start < within.end; line++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const from = Math.max(start, within.start);
    const content = text.slice(from, Math.min(end, within.end));
    const trimmed = content.trim();
    if (trimmed !== '') found.push({ text: shortened(trimmed), offset: from + content.indexOf(trimmed), line });
    start = end + 1;
  }
  return found;
}

function ofExamples(examples: readonly Example[], text: string, within: TextRange): PickedLine[] {
  return examples.flatMap(({ end, label, line, start, text: own }): PickedLine[] => {
    if (end <= within.start || start >= within.end) return [];
    // The last one: a label may say the same before it.
    const at = text.slice(start, end).lastIndexOf(own);
    const kept = { text: shortened(own), line, label };
    return [at < 0 ? { ...kept, offset: start, record: { start, end } } : { ...kept, offset: start + at }];
  });
}

function shortened(text: string): string {
  // No half of a character of two units stays.
  return text.length <= longestText ? text : text.slice(0, longestText).replace(/[\ud800-\udbff]$/, '');
}
