import type { TextRange } from '../../text/range';

/** One replacement in a document, in offsets of the document before it: VS Code's own form. */
export interface TextChange {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

/** Where the places of an earlier version of a document lie now, after edits. */
export class OffsetMap {
  private readonly changes: TextChange[] = [];

  /**
   * Records the changes of one edit.
   * @returns whether one of them touched the inside of a range of the earlier version
   */
  apply(changes: readonly TextChange[], ranges: readonly TextRange[]): boolean {
    const now = ranges.map((range) => this.forward(range));
    // Changes of one event do not overlap and all count from the document before it: the last goes first.
    const ordered = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset);
    this.changes.push(...ordered);
    return now.some(({ start, end }) =>
      ordered.some(({ rangeOffset, rangeLength }) => rangeOffset < end && rangeOffset + rangeLength > start),
    );
  }

  /** A range of the earlier version as it lies now. */
  forward({ start, end }: TextRange): TextRange {
    // Text typed at an edge of a range stays outside of it.
    const from = this.changes.reduce((offset, change) => moved(offset, change, 'after'), start);
    const to = this.changes.reduce((offset, change) => moved(offset, change, start === end ? 'after' : 'before'), end);
    return { start: from, end: Math.max(from, to) };
  }

  /** A range of the document as it is now, in offsets of the earlier version. */
  backward({ start, end }: TextRange): TextRange {
    const back = (offset: number): number => this.changes.reduceRight(restored, offset);
    const from = back(start);
    return { start: from, end: Math.max(from, back(end)) };
  }
}

/** An offset after a change; `side` says whether it follows text that is inserted right at it. */
function moved(offset: number, { rangeOffset, rangeLength, text }: TextChange, side: 'before' | 'after'): number {
  const changeEnd = rangeOffset + rangeLength;
  if (offset < rangeOffset || (offset === rangeOffset && side === 'before')) return offset;
  if (offset >= changeEnd) return offset + text.length - rangeLength;
  return Math.min(offset, rangeOffset + text.length);
}

function restored(offset: number, { rangeOffset, rangeLength, text }: TextChange): number {
  if (offset <= rangeOffset) return offset;
  if (offset >= rangeOffset + text.length) return offset - text.length + rangeLength;
  return Math.min(offset, rangeOffset + rangeLength);
}
