import * as vscode from 'vscode';
import { ordinarySentence } from '../../lenses/nextSentence/ordinarySentences';
import { drawn } from '../../math/random';
import type { ControlRequest, ControlSentence } from '../../panel/contract';
import { unrelatedSentences } from '../source/unrelatedSentences';
import type { ShownSource } from './shownSource';

/**
 * A sentence of the shown document that does not stand beside those that are compared, or where there is none an ordinary
 * one of Headlight's own.
 */
export async function controlSentence({ first, second, turn }: ControlRequest, shown: ShownSource | null): Promise<ControlSentence> {
  const document = shown && (await documentOf(shown));
  const content = document?.getText() ?? '';
  const around = shown?.parts()[0]?.start ?? 0;
  const found = drawn(unrelatedSentences(content, around, [first, second]), turn);
  if (!document || !found) return { text: ordinarySentence(turn, [first, second]), label: null };
  const line = document.positionAt(found.start).line + 1;
  return { text: content.slice(found.start, found.end), label: `${document.uri.path.split('/').at(-1) ?? document.fileName}:${line}` };
}

/** Null where the document is gone: its text is not needed for an answer. */
async function documentOf({ uri }: ShownSource): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  } catch {
    return null;
  }
}
