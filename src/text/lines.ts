import type { TextRange } from './range';

/**
 * What a line of a document is to its reader. `text` lines next to each other are one paragraph; an `item` of a list
 * goes on in indented text lines below it; a `unit` (heading, table row, comment line, code) stands for itself.
 */
export type LineKind = 'blank' | 'text' | 'item' | 'unit';

/** A line with the range of its own words: without list marker, comment leader, quote mark or table border. */
export interface Line extends TextRange {
  readonly kind: LineKind;
  readonly isIndented: boolean;
  readonly content: TextRange;
}

/** Lines longer than this are read in part: only what lies around the place of interest. */
const longestLine = 8000;

const commentLeader = /^(?:\/\/+[/!]?|\/\*+!?|\*(?=\s)|#+!?(?=\s)|--+(?=\s)|;+(?=\s)|%+(?=\s)|<!--|"""|'''|>+)\s*/;
const listMarker = /^(?:[-+*•‣◦–—](?=\s)|\d{1,3}[.)](?=\s)|[a-z]\)(?=\s))\s*(?:\[[ xX]\]\s+)?/;
const closer = /(?:\*+\/|-->|"""|''')$/;
const inlineComment = /[;{},)]\s{0,80}(?:\/\/|\/\*)\s*|\s{2,80}#\s+/;
const codeEnd = /[{};]\s*$/;

/** The whole line at an offset, without its line feed. */
export function lineRangeAt(text: string, offset: number): TextRange {
  const newline = text.indexOf('\n', offset);
  return {
    start: offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1,
    end: newline < 0 ? text.length : newline,
  };
}

/** How many lines end before an offset. */
export function lineBreaksBefore(text: string, offset: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The line at an offset; of a very long one, the stretch around the offset. */
export function lineAt(text: string, offset: number): Line {
  const { start: lineStart, end: lineEnd } = lineRangeAt(text, offset);
  const isLong = lineEnd - lineStart > longestLine;
  const start = isLong ? Math.max(lineStart, offset - longestLine / 2) : lineStart;
  const end = isLong ? Math.min(lineEnd, offset + longestLine / 2) : lineEnd;
  return readLine(text.slice(start, end), start, offset);
}

function readLine(line: string, start: number, offset: number): Line {
  const end = start + line.length;
  const isIndented = /^(?:\t| {2})/.test(line);
  if (!/[\p{L}\p{N}]/u.test(line)) return { kind: 'blank', start, end, isIndented, content: { start, end: start } };
  let from = /^\s*/.exec(line)![0].length;
  let to = line.trimEnd().replace(closer, '').trimEnd().length;
  let kind: LineKind = 'text';
  for (;;) {
    const rest = line.slice(from);
    // A lone `*` or `-` may begin a list or a comment; as a list its item may go on below.
    const item = listMarker.exec(rest);
    const leader = item ?? commentLeader.exec(rest);
    if (leader === null) break;
    if (kind !== 'unit') kind = item === null ? 'unit' : 'item';
    from += leader[0].length;
  }
  if (line.charAt(from) === '|') {
    kind = 'unit';
    from += /^\|\s*/.exec(line.slice(from))![0].length;
    to = line.slice(0, to).replace(/\|$/, '').trimEnd().length;
  }
  if (kind === 'text') {
    const comment = inlineComment.exec(line);
    if (comment !== null) {
      kind = 'unit';
      // The sign before the comment belongs to the code.
      const codeEnds = comment.index + 1;
      if (offset - start > codeEnds) from = comment.index + comment[0].length;
      else to = line.slice(0, codeEnds).trimEnd().length;
    } else if (codeEnd.test(line)) kind = 'unit';
  }
  const content = { start: start + Math.min(from, to), end: start + Math.max(from, to) };
  return { kind, start, end, isIndented, content };
}
