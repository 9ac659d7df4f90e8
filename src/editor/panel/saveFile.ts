import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { SavedFile } from '../../panel/contract';

/** What the save dialog calls each kind of file. */
const kinds: Readonly<Record<string, string>> = { svg: 'SVG', png: 'PNG', csv: 'CSV', json: 'JSON', html: 'HTML' };

/**
 * Asks where to, beside the document that is shown, and writes the whole file.
 * @returns where it was written, null where the reader thought better of it
 * @throws HeadlightError `file-not-written`
 */
export async function saveFile({ name, text, base64 }: SavedFile, document: string | null): Promise<string | null> {
  const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? '';
  const label = kinds[extension];
  const folder = folderOf(document) ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    // The name comes from the panel: only its last part counts.
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name.replace(/[^\w.\- ]+/g, '-')) }),
    ...(label && { filters: { [label]: [extension] } }),
    title: vscode.l10n.t('Save What Headlight Shows'),
  });
  if (!uri) return null;
  try {
    await vscode.workspace.fs.writeFile(uri, base64 === undefined ? new TextEncoder().encode(text ?? '') : Buffer.from(base64, 'base64'));
  } catch (error) {
    throw new HeadlightError(
      'file-not-written',
      vscode.l10n.t('{0} could not be written: {1}. Choose another place, or make room on the disk.', uri.fsPath, error instanceof Error ? error.message : String(error)),
      { cause: error },
    );
  }
  return vscode.workspace.asRelativePath(uri);
}

function folderOf(document: string | null): vscode.Uri | undefined {
  const uri = document === null ? undefined : vscode.Uri.parse(document);
  return uri && uri.scheme !== 'untitled' ? vscode.Uri.joinPath(uri, '..') : undefined;
}
