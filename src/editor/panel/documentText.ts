import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { DocumentText } from '../../panel/contract';
import { textAround } from '../../text/aroundText';
import type { ShownSource } from './shownSource';

/** Most UTF-16 units of a document that the panel is given: a novel's length, so that nearly all are whole. */
const mostCharacters = 400_000;

/**
 * The document that the panel shows, as its offsets count.
 * @throws HeadlightError `empty-text` where none is shown, or where it was edited since
 */
export async function documentText(shown: ShownSource | null): Promise<DocumentText> {
  if (!shown) throw new HeadlightError('empty-text', vscode.l10n.t('No document is shown. Put the cursor in a text and open the view again.'));
  const { first, version } = shown.subject.source;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
  // A page that is loaded anew counts versions from another life of the document: what fits has not changed.
  if (document.version !== version && (shown.changed || !shown.fits(document.getText()))) {
    throw new HeadlightError('empty-text', vscode.l10n.t('The document has changed since this was computed. Refresh, and try again.'));
  }
  return textAround(document.getText(), first.offset, mostCharacters);
}
