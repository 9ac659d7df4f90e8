import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelled } from '../../engine/cancellation';
import { escapeRegExp } from '../../text/patterns';

const program = process.platform === 'win32' ? 'rg.exe' : 'rg';
/** Where VS Code has kept its ripgrep, from its own folder. */
const places = [
  ['node_modules', '@vscode', 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`],
  ['node_modules.asar.unpacked', '@vscode', 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`],
  ['node_modules', '@vscode', 'ripgrep', 'bin'],
  ['node_modules.asar.unpacked', '@vscode', 'ripgrep', 'bin'],
];

/** The ripgrep that comes with VS Code; null where it is not found. */
export async function findRipgrep(appRoot: string): Promise<string | null> {
  for (const place of places) {
    const path = join(appRoot, ...place, program);
    const found = await access(path, constants.X_OK).then(() => true, () => false);
    if (found) return path;
  }
  return null;
}

export interface FilesWanted {
  /** Absolute path of the folder that globs and results count from. */
  readonly root: string;
  /** Folder that is walked, from the root. */
  readonly folder: string;
  /** Globs of files that are wanted; all where empty. */
  readonly include: readonly string[];
  /** Globs, from the root, of what is left out beside what .gitignore and .ignore name. */
  readonly exclude: readonly string[];
  /** A word that the files hold in some form; all files where absent. */
  readonly word?: string;
}

/**
 * Paths of files in a folder, from the root, as VS Code's own search lists them.
 * @throws HeadlightError `cancelled`; an Error with ripgrep's words when it fails
 */
export async function ripgrepFiles(ripgrep: string, wanted: FilesWanted, signal: AbortSignal): Promise<string[]> {
  const globs = [...wanted.include, ...wanted.exclude.map((glob) => `!${glob.startsWith('**/') ? '' : '/'}${glob}`)];
  const what = wanted.word === undefined ? ['--files'] : ['--files-with-matches', '--ignore-case', '--regexp', wordPattern(wanted.word)];
  const args = ['--no-config', '--no-messages', '--hidden', '--no-require-git', '--null', ...globs.flatMap((glob) => ['--glob', glob]), ...what, '--', `./${wanted.folder}`];
  const child = spawn(ripgrep, args, { cwd: wanted.root, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => { child.kill(); };
  signal.addEventListener('abort', stop, { once: true });
  const parts: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => { said += part; });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (signal.aborted) throw cancelled();
    // 1: nothing found. 2 with results: some file could not be read.
    if (code !== 0 && code !== 1 && parts.length === 0) throw new Error(said.trim() || `ripgrep ended with ${code}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(parts).toString('utf8').split('\0').filter(Boolean).map((path) => path.replace(/^\.[\\/]/, ''));
}

/** Finds at least what `occurrencesOf` finds: it decides, on fewer files. */
function wordPattern(word: string): string {
  const forms = [...new Set([word.normalize('NFC'), word.normalize('NFD'), word])];
  return forms.map((form) => escapeRegExp(form).replace(/['’]/g, "['’]").replace(/\s+/g, '\\s+')).join('|');
}
