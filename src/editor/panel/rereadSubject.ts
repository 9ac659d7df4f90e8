import * as vscode from 'vscode';
import type { KeptToken, Subject } from '../../panel/contract';
import { sourceOf } from '../source/documentSource';
import { limited } from '../source/selectedPassage';
import type { ShownSource } from './shownSource';

/**
 * The shown subject of a lens that shades the document, with the text of the same places as it reads now; null where
 * nothing is left to read, or another lens is shown.
 */
export function rereadSubject(shown: ShownSource, kept: KeptToken | null): Subject | null {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === shown.uri);
  const { lens } = shown.subject;
  if (!document || (lens !== 'attention' && lens !== 'translation')) return null;
  const { first: before, selection } = shown.subject.source;
  const text = document.getText();
  const [first, second] = shown.parts().map((part) => limited(text, part));
  if ([first!, ...(second ? [second] : [])].some(({ start, end }) => text.slice(start, end).trim() === '')) return null;
  const passage = {
    first: first!,
    ...(second && { second }),
    selection: shown.inDocument({ start: before.offset + selection.start, end: before.offset + selection.end }),
    cut: false,
  };
  const source = sourceOf(document, passage);
  return lens === 'attention' ? { lens, source, ...(kept && { kept }) } : { lens, source };
}
