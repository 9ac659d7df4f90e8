import type { TextRange } from '../text/range';
import type { AttentionLink, LinkedText } from './attentionLink';

/** Where the texts of a link stand in a document. */
export interface PlacedText {
  readonly first: TextRange;
  readonly second?: TextRange;
  /** In the document. */
  readonly selection: TextRange;
}

/**
 * Finds the texts of a link in a document: where they stood, or where they stand now if there is just one such place
 * for each. Line breaks count as the document's.
 * @returns null where a text is gone, or its place is not certain
 */
export function placeText({ first, second, selection }: Pick<AttentionLink, 'first' | 'second' | 'selection'>, content: string): PlacedText | null {
  const lineBreak = content.includes('\r\n') ? '\r\n' : '\n';
  const one = placeOf(first, content, lineBreak);
  const other = second && placeOf(second, content, lineBreak);
  if (!one || (second && (!other || other.start < one.end))) return null;
  const at = (offset: number): number => one.start + withLineBreaks(first.text.slice(0, offset), lineBreak).length;
  return { first: one, ...(other && { second: other }), selection: { start: at(selection.start), end: at(selection.end) } };
}

/** The same link with its texts in a document of their own, and what stands in that. */
export function inOwnDocument(link: AttentionLink): { readonly link: AttentionLink; readonly content: string } {
  const text = (part: string): string => withLineBreaks(part, '\n');
  const first = { text: text(link.first.text), offset: 0 };
  const second = link.second && { text: text(link.second.text), offset: first.text.length + 1 };
  const at = (offset: number): number => text(link.first.text.slice(0, offset)).length;
  return {
    link: { ...link, first, ...(second && { second }), selection: { start: at(link.selection.start), end: at(link.selection.end) } },
    content: second ? `${first.text}\n${second.text}` : first.text,
  };
}

function placeOf({ text, offset }: LinkedText, content: string, lineBreak: string): TextRange | null {
  const sought = withLineBreaks(text, lineBreak);
  const found = content.indexOf(sought);
  const start = content.startsWith(sought, offset) ? offset : found === content.lastIndexOf(sought) ? found : -1;
  return start < 0 ? null : { start, end: start + sought.length };
}

function withLineBreaks(text: string, lineBreak: string): string {
  return text.replace(/\r\n|\r|\n/g, lineBreak);
}
