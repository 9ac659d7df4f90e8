import type { Source, Subject } from '../../panel/contract';
import type { TextRange } from '../../text/range';
import { OffsetMap, type TextChange } from '../source/offsetMap';

/** The subject that the panel shows, followed through edits of its document. */
export class ShownSource {
  private readonly map = new OffsetMap();
  /** Whether an edit has touched the shown text. */
  touched = false;
  /** Whether the document was edited at all. */
  changed = false;

  constructor(readonly subject: Subject) {}

  get uri(): string {
    return this.subject.source.uri;
  }

  /**
   * Takes in an edit of the document.
   * @returns whether what is shown no longer fits: its text was touched, or, for senses, lines and training, any text of the document
   */
  edited(changes: readonly TextChange[]): boolean {
    this.changed = true;
    const touched = this.map.apply(changes, partsOf(this.subject.source));
    this.touched ||= touched;
    return touched || ['senses', 'drift', 'training'].includes(this.subject.lens);
  }

  /** Whether the shown parts read in the document as they are shown. */
  fits(content: string): boolean {
    const { first, second } = this.subject.source;
    return [first, ...(second ? [second] : [])].every(({ text, offset }) => content.startsWith(text, offset));
  }

  /** A range as the panel counts, in the document as it is now. */
  inDocument(range: TextRange): TextRange {
    return this.map.forward(range);
  }

  /** The shown parts in the document as it is now. */
  parts(): TextRange[] {
    return partsOf(this.subject.source).map((part) => this.inDocument(part));
  }

  /** A range of the document as the panel counts; null when it does not lie within a shown part. */
  inPanel(range: TextRange): TextRange | null {
    const shown = this.map.backward(range);
    return partsOf(this.subject.source).some(({ start, end }) => start <= shown.start && shown.end <= end) ? shown : null;
  }
}

function partsOf({ first, second }: Source): TextRange[] {
  return [first, ...(second ? [second] : [])].map(({ text, offset }) => ({ start: offset, end: offset + text.length }));
}
