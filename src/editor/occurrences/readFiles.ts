import * as vscode from 'vscode';
import { cancelled } from '../../engine/cancellation';
import type { FoundWord } from '../../panel/contract';

/** Files that are read at once: enough to hide a slow disk or network, few enough to keep little in memory. */
const atOnce = 32;

export type ReadFile = { readonly uri: vscode.Uri } & (
  | { readonly text: string; readonly mtime: number; readonly size: number }
  | { readonly skipped: keyof FoundWord['skipped'] | 'binary' }
);

/**
 * Texts of files, in their order, a few at a time. What is open in an editor is read from there, saved or not.
 * @param mostBytes larger files are skipped
 * @throws HeadlightError `cancelled`
 */
export async function* readFiles(uris: readonly vscode.Uri[], mostBytes: number, signal: AbortSignal): AsyncGenerator<ReadFile> {
  const open = new Map(vscode.workspace.textDocuments.map((document) => [document.uri.toString(), document]));
  for (let from = 0; from < uris.length; from += atOnce) {
    const read = await Promise.all(uris.slice(from, from + atOnce).map((uri) => readFile(uri, open.get(uri.toString()), mostBytes)));
    if (signal.aborted) throw cancelled();
    yield* read;
  }
}

async function readFile(uri: vscode.Uri, document: vscode.TextDocument | undefined, mostBytes: number): Promise<ReadFile> {
  if (document?.isClosed === false) return { uri, text: document.getText(), mtime: 0, size: 0 };
  try {
    const { size, mtime } = await vscode.workspace.fs.stat(uri);
    if (size > mostBytes) return { uri, skipped: 'large' };
    const text = await decoded(await vscode.workspace.fs.readFile(uri));
    return text === null ? { uri, skipped: 'binary' } : { uri, text, mtime, size };
  } catch {
    return { uri, skipped: 'unreadable' };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text as VS Code would show it; null for what is none. UTF-8 is read here, which spares a way to the window. */
async function decoded(bytes: Uint8Array): Promise<string | null> {
  if (!bytes.includes(0)) {
    try {
      return utf8.decode(bytes);
    } catch {
      // Another encoding, which VS Code guesses or is told.
    }
  }
  try {
    return await vscode.workspace.decode(bytes);
  } catch {
    return null;
  }
}
