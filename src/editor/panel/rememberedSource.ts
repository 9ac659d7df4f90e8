import * as vscode from 'vscode';
import type { Subject } from '../../panel/contract';
import { ShownSource } from './shownSource';

/**
 * What a page remembers that it showed before the window was reloaded, so that it is followed again; null where the
 * document cannot be opened, or no longer reads as it did.
 */
export async function rememberedSource(subject: Subject | null): Promise<ShownSource | null> {
  if (!subject) return null;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(subject.source.uri));
    const shown = new ShownSource(subject);
    return shown.fits(document.getText()) ? shown : null;
  } catch {
    return null;
  }
}
