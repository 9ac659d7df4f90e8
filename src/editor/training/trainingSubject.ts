import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { Subject } from '../../panel/contract';
import type { ShownSource } from '../panel/shownSource';
import { sourceOf } from '../source/documentSource';

/** Characters of a file's beginning by which the panel knows it again. */
const mostShown = 200;

/**
 * The subject of training on a document. The panel is given its beginning only: the editor reads the whole when it is
 * trained on.
 * @param start of this run of the command, which begins at once; absent where the reader says when
 * @throws HeadlightError `data-unusable` for an empty document
 */
export function trainingSubject(document: vscode.TextDocument, start?: string): Subject & { lens: 'training' } {
  const begin = /\S.*/.exec(document.getText());
  const name = fileNameOf(document);
  if (!begin) throw new HeadlightError('data-unusable', `${name} is empty. Write a line for each example: label, a tab and the text.`);
  const first = { start: begin.index, end: begin.index + Math.min(mostShown, begin[0].length) };
  const source = sourceOf(document, { first, selection: { start: first.start, end: first.start }, cut: false });
  return { lens: 'training', source: { ...source, label: name }, ...(start !== undefined && { start }) };
}

/**
 * The whole of the shown document as it reads now.
 * @throws HeadlightError `data-unusable` where none is shown, or it cannot be opened
 */
export async function trainingData(shown: ShownSource | null): Promise<{ readonly document: vscode.TextDocument; readonly name: string; readonly text: string }> {
  if (!shown) throw new HeadlightError('data-unusable', 'No file is shown. Open a file of labelled lines and run “Headlight: Train a Classifier on This File”.');
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
    return { document, name: fileNameOf(document), text: document.getText() };
  } catch (error) {
    throw new HeadlightError('data-unusable', `The file can no longer be opened: ${error instanceof Error ? error.message : String(error)}. Open it in the editor and try again.`, { cause: error });
  }
}

function fileNameOf(document: vscode.TextDocument): string {
  return document.uri.path.split('/').at(-1) ?? document.fileName;
}
