import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { isCancelled } from '../../errors';
import { throwIfCancelled } from '../../engine/cancellation';
import { findRipgrep, ripgrepFiles } from './ripgrep';

export interface ListOptions {
  readonly folders: readonly vscode.Uri[];
  /** Glob of files that are wanted; all where absent. */
  readonly include?: string;
  /** A word that the files hold in some form. Files of a folder that is not on this disk are listed whatever they hold. */
  readonly word?: string;
  readonly signal: AbortSignal;
}

/** Folders that are listed at once: enough to hide a slow network. */
const atOnce = 32;

/**
 * Files of folders without what `files.exclude` and `search.exclude` leave out, in any order. On this machine's disk
 * VS Code's own ripgrep lists them, which reads .gitignore too and knows which hold a word; elsewhere, or where it
 * fails, they are listed folder by folder, which knows neither. VS Code's file search is no help there: of a file system
 * that it cannot search it waits for somebody who can, for ever.
 * @throws HeadlightError `cancelled`
 */
export async function listFiles({ folders, include, word, signal }: ListOptions): Promise<vscode.Uri[]> {
  const ripgrep = await findRipgrep(vscode.env.appRoot);
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const exclude = excludedGlobs(folder);
      const root = vscode.workspace.getWorkspaceFolder(folder)?.uri ?? folder;
      if (ripgrep !== null && folder.scheme === 'file') {
        try {
          const wanted = { root: root.fsPath, folder: relative(root.fsPath, folder.fsPath), include: [], exclude, ...(word !== undefined && { word }) };
          let paths = await ripgrepFiles(ripgrep, wanted, signal);
          if (include !== undefined) {
            // A glob that includes wins over .gitignore: what that leaves out is only known without one.
            const included = new Set(await ripgrepFiles(ripgrep, { ...wanted, include: [include] }, signal));
            paths = paths.filter((path) => included.has(path));
          }
          return paths.map((path) => vscode.Uri.file(join(root.fsPath, path)));
        } catch (error) {
          if (isCancelled(error)) throw error;
        }
      }
      return filesBelow(folder, root, include ?? '**', exclude, signal);
    }),
  );
  return [...new Map(lists.flat().map((uri) => [uri.toString(), uri])).values()];
}

/** Files of a folder and those in it, by globs that count from a root. Links are not followed, as ripgrep follows none. */
async function filesBelow(folder: vscode.Uri, root: vscode.Uri, include: string, exclude: readonly string[], signal: AbortSignal): Promise<vscode.Uri[]> {
  const files: vscode.Uri[] = [];
  const folders = [folder];
  while (folders.length > 0) {
    throwIfCancelled(signal);
    const listed = folders.splice(0, atOnce);
    const lists = await Promise.all(listed.map((uri) => vscode.workspace.fs.readDirectory(uri).then((entries) => entries, () => [])));
    lists.forEach((entries, at) => {
      for (const [name, type] of entries) {
        const uri = vscode.Uri.joinPath(listed[at]!, name);
        if (exclude.some((glob) => matches(uri, root, glob))) continue;
        if (type === vscode.FileType.Directory) folders.push(uri);
        else if (type === vscode.FileType.File && matches(uri, root, include)) files.push(uri);
      }
    });
  }
  return files;
}

/** Whether a glob means a file, as VS Code understands it: it reads nothing of a document but where it lies. */
function matches(uri: vscode.Uri, root: vscode.Uri, glob: string): boolean {
  return vscode.languages.match({ pattern: new vscode.RelativePattern(root, glob) }, { uri, languageId: '' } as vscode.TextDocument) > 0;
}

/** Globs of the settings that hold for a folder, without those that depend on a file beside. */
function excludedGlobs(folder: vscode.Uri): string[] {
  const settings = ['files', 'search'].map((section) => vscode.workspace.getConfiguration(section, folder).get<Record<string, unknown>>('exclude', {}));
  return [...new Set(settings.flatMap((globs) => Object.entries(globs).flatMap(([glob, on]) => (on === true ? [glob] : []))))];
}
