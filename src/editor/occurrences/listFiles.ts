import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { isCancelled } from '../../errors';
import { cancelled } from '../../engine/cancellation';
import { findRipgrep, ripgrepFiles } from './ripgrep';

export interface ListOptions {
  readonly folders: readonly vscode.Uri[];
  /** Glob of files that are wanted; all where absent. */
  readonly include?: string;
  /** A word that the files hold in some form. Files of a folder that is not on this disk are listed whatever they hold. */
  readonly word?: string;
  readonly signal: AbortSignal;
}

/**
 * Files of folders without what `files.exclude` and `search.exclude` leave out, in any order. On this machine's disk
 * VS Code's own ripgrep lists them, which reads .gitignore too and knows which hold a word; elsewhere, or where it
 * fails, VS Code's file search does, which knows neither.
 * @throws HeadlightError `cancelled`
 */
export async function listFiles({ folders, include, word, signal }: ListOptions): Promise<vscode.Uri[]> {
  const ripgrep = await findRipgrep(vscode.env.appRoot);
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const exclude = excludedGlobs(folder);
      if (ripgrep !== null && folder.scheme === 'file') {
        try {
          const root = vscode.workspace.getWorkspaceFolder(folder)?.uri.fsPath ?? folder.fsPath;
          const wanted = { root, folder: relative(root, folder.fsPath), include: [], exclude, ...(word !== undefined && { word }) };
          let paths = await ripgrepFiles(ripgrep, wanted, signal);
          if (include !== undefined) {
            // A glob that includes wins over .gitignore: what that leaves out is only known without one.
            const included = new Set(await ripgrepFiles(ripgrep, { ...wanted, include: [include] }, signal));
            paths = paths.filter((path) => included.has(path));
          }
          return paths.map((path) => vscode.Uri.file(join(root, path)));
        } catch (error) {
          if (isCancelled(error)) throw error;
        }
      }
      return findFiles(folder, include ?? '**/*', exclude, signal);
    }),
  );
  return [...new Map(lists.flat().map((uri) => [uri.toString(), uri])).values()];
}

async function findFiles(folder: vscode.Uri, include: string, exclude: readonly string[], signal: AbortSignal): Promise<vscode.Uri[]> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => { source.cancel(); };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const pattern = exclude.length > 0 ? new vscode.RelativePattern(folder, `{${exclude.join(',')}}`) : undefined;
    const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, include), pattern, undefined, source.token);
    if (signal.aborted) throw cancelled();
    return found;
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

/** Globs of the settings that hold for a folder, without those that depend on a file beside. */
function excludedGlobs(folder: vscode.Uri): string[] {
  const settings = ['files', 'search'].map((section) => vscode.workspace.getConfiguration(section, folder).get<Record<string, unknown>>('exclude', {}));
  return [...new Set(settings.flatMap((globs) => Object.entries(globs).flatMap(([glob, on]) => (on === true ? [glob] : []))))];
}
