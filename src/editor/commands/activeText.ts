import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { TextRange } from '../../text/range';
import { linkedRange } from '../hover/commandLinks';

/** What a command works on: a document and ranges of it, the primary one first. */
export interface ActiveText {
  readonly document: vscode.TextDocument;
  readonly selections: readonly [TextRange, ...TextRange[]];
}

/** The active editor's document and selections. @throws HeadlightError `empty-text` when no text editor is active */
export function activeText(): ActiveText {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    throw new HeadlightError(
      'empty-text',
      'No text is open in the active editor. Open a text file, or run “Headlight: Open the Lesson”, and try again.',
    );
  }
  const { document, selection, selections } = editor;
  const offsets = (range: vscode.Range): TextRange => ({ start: document.offsetAt(range.start), end: document.offsetAt(range.end) });
  return { document, selections: [offsets(selection), ...selections.slice(1).map(offsets)] };
}

/** The document and range that a link of a hover card names. @throws HeadlightError when it is not open to be read */
export async function linkedText(argument: unknown): Promise<ActiveText> {
  const range = linkedRange(argument);
  if (!range) throw new HeadlightError('empty-text', 'This link names no text. Point at the word again.');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(range.uri));
  return { document, selections: [{ start: range.start, end: range.end }] };
}
