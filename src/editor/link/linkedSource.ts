import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import * as vscode from 'vscode';
import type { AttentionLink } from '../../link/attentionLink';
import { unreadable } from '../../link/linkFields';
import { inOwnDocument, placeText } from '../../link/placeText';
import type { Source } from '../../panel/contract';
import { sourceOf } from '../source/documentSource';
import { linkedTextUri } from './linkedText';

/** A text to show, and the document of the workspace that it stands in; null for a document of the link's own. */
export interface LinkedSource {
  readonly source: Source;
  readonly document: vscode.TextDocument | null;
}

/**
 * The text of a link where it stands in the workspace, else in a document of its own.
 * @throws HeadlightError `link-unreadable`
 */
export async function linkedSource(link: AttentionLink): Promise<LinkedSource> {
  for (const folder of link.path === undefined ? [] : (vscode.workspace.workspaceFolders ?? [])) {
    const document = await documentIn(folder.uri, link.path!);
    const placed = document && placeText(link, document.getText());
    if (placed) return { source: sourceOf(document, { ...placed, cut: false }), document };
  }
  const own = inOwnDocument(link);
  const document = await vscode.workspace.openTextDocument(await linkedTextUri(link));
  const placed = placeText(own.link, document.getText());
  if (!placed) throw unreadable('its text cannot be shown');
  const label = vscode.l10n.t('{0}, as the link has it', link.label);
  return { source: { ...sourceOf(document, { ...placed, cut: false }), label }, document: null };
}

/** A file in a workspace folder by its relative path; null where there is none, or a symbolic link leads out of the folder. */
async function documentIn(folder: vscode.Uri, path: string): Promise<vscode.TextDocument | null> {
  const uri = vscode.Uri.joinPath(folder, ...path.split('/'));
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.File) === 0 || !(await staysWithin(folder, uri))) return null;
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return null;
  }
}

async function staysWithin(folder: vscode.Uri, uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') return true;
  const [outer, inner] = await Promise.all([realpath(folder.fsPath), realpath(uri.fsPath)]);
  return inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
