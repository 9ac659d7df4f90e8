import type { TextRange } from '../../text/range';

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
}

/** Lines with text: all of them, or as many as were asked for, evenly spread. */
export interface PickedLines {
  readonly lines: readonly PickedLine[];
  /** Lines with text that there are. */
  readonly total: number;
}

/** Picks at most `most` lines of a document that have text, in a range of it; of a line that the range cuts, what lies in it. */
export function pickLines(text: string, most: number, within: TextRange = { start: 0, end: text.length }): PickedLines {
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
  const { length } = found;
  const lines = length <= most ? found : Array.from({ length: most }, (_, index) => found[Math.floor((index * length) / most)]!);
  return { lines, total: length };
}

function shortened(text: string): string {
  // No half of a character of two units stays.
  return text.length <= longestText ? text : text.slice(0, longestText).replace(/[\ud800-\udbff]$/, '');
}
