import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { ShownSource } from './shownSource';

/**
 * Puts text behind the passage that the panel shows, as one edit that can be undone, and selects it.
 * @throws HeadlightError `empty-text` where the passage no longer stands in its document, `file-not-written` where that cannot be edited
 */
export async function insertBehind(text: string, shown: ShownSource | null): Promise<null> {
  const passage = shown?.parts().at(-1);
  if (!shown || !passage) throw new HeadlightError('empty-text', vscode.l10n.t('No document is shown. Put the cursor in a text and let it be written on again.'));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
  const { first, second } = shown.subject.source;
  if (document.getText().slice(passage.start, passage.end) !== (second ?? first).text) {
    throw new HeadlightError('empty-text', vscode.l10n.t('The prompt has changed in the document since it was read. Refresh, and try again.'));
  }
  const at = document.positionAt(passage.end);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, at, text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new HeadlightError('file-not-written', vscode.l10n.t('This document cannot be edited. Copy the text and put it elsewhere.'));
  }
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, document.positionAt(passage.end + text.length)),
    preserveFocus: true,
    ...(open?.viewColumn === undefined ? {} : { viewColumn: open.viewColumn }),
  });
  return null;
}
