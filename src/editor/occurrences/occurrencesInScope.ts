import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { CallOptions } from '../../lenses/calls';
import { type FoundWord, type OccurrenceScope, occurrenceScopes } from '../../panel/contract';
import type { ShownSource } from '../panel/shownSource';
import { WordCollector } from './collectWord';
import { listFiles } from './listFiles';
import { nearestFirst } from './nearness';
import { readFiles } from './readFiles';

/** Most occurrences that are compared: as many as the senses lens groups. */
const mostOccurrences = 500;
/** Largest file that is read, in bytes. */
const mostBytes = 2_000_000;

/**
 * The shown word's occurrences in the document and beyond it, those of the document first and then those of the files
 * that lie nearest to it.
 * @throws HeadlightError `word-not-found` where no word is shown, `no-folder`, `out-of-range`, `cancelled`
 */
export async function occurrencesInScope(shown: ShownSource | null, scope: Exclude<OccurrenceScope, 'document'>, options: Required<CallOptions>): Promise<FoundWord> {
  if (!occurrenceScopes.includes(scope)) throw new HeadlightError('out-of-range', 'There is no such scope. Choose another one.');
  if (shown?.subject.lens !== 'senses') {
    throw new HeadlightError('word-not-found', 'No word is shown. Put the cursor in a word and run “Headlight: Show Senses of Word”.');
  }
  const { signal, onProgress } = options;
  const { word, occurrences, current } = shown.subject.word;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
  const here = occurrences[current] ?? occurrences[0];
  const around = here ? shown.inDocument({ start: here.offset, end: here.offset }).start : 0;
  const collector = new WordCollector(word, { text: document.getText(), around }, mostOccurrences);
  onProgress({ message: 'Looking for files' });
  const found = await filesIn(scope, document.uri, word, signal);
  const others = nearestFirst(found.filter((uri) => uri.toString() !== shown.uri), document.uri.path);
  let done = 0;
  for await (const file of readFiles(others, mostBytes, signal)) {
    const label = vscode.workspace.asRelativePath(file.uri);
    if (!('skipped' in file)) collector.add({ uri: file.uri.toString(), label, text: file.text });
    else if (file.skipped !== 'binary') collector.add({ uri: file.uri.toString(), label, skipped: file.skipped });
    if (++done % 100 === 0) onProgress({ message: 'Reading files', done, total: others.length });
  }
  return collector.result(scope);
}

async function filesIn(scope: Exclude<OccurrenceScope, 'document'>, document: vscode.Uri, word: string, signal: AbortSignal): Promise<vscode.Uri[]> {
  if (scope === 'editors') return openEditors();
  const folders = scope === 'folder' ? [folderOf(document)] : (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  if (folders.length === 0) throw new HeadlightError('no-folder', 'No folder is open. Open one (File: Open Folder), or compare the open editors.');
  const listed = await listFiles({ folders, word, signal });
  // What was typed since the last save is not on the disk.
  const unsaved = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && folders.some((folder) => isWithin(uri, folder)));
  return [...new Map([...listed, ...unsaved.map(({ uri }) => uri)].map((uri) => [uri.toString(), uri])).values()];
}

/** The texts in tabs, whether or not their editor has been looked at. */
function openEditors(): vscode.Uri[] {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return inputs.flatMap((input) =>
    input instanceof vscode.TabInputText ? [input.uri] : input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [],
  );
}

function folderOf(document: vscode.Uri): vscode.Uri {
  if (document.scheme === 'untitled' || document.scheme === 'headlight-link') {
    throw new HeadlightError('no-folder', 'This text lies in no folder. Save it in one, or compare the open editors or the workspace.');
  }
  return vscode.Uri.joinPath(document, '..');
}

function isWithin({ scheme, authority, path }: vscode.Uri, folder: vscode.Uri): boolean {
  return scheme === folder.scheme && authority === folder.authority && path.startsWith(folder.path.endsWith('/') ? folder.path : `${folder.path}/`);
}
