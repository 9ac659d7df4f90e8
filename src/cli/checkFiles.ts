import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { checkExtension } from '../lenses/checks/contract';
import { escapeRegExp } from '../text/patterns';
import { FileError } from './textFile';

/** Folders that hold no files of the user's own. */
const skipped = new Set(['node_modules', '.git']);

/**
 * The files that a command line means: files as they are, all files of checks in folders, and what patterns fit, in order.
 * In a pattern `*` and `?` stand for characters of a name, and `**` for any folders.
 * @throws FileError for what is not there
 */
export async function findCheckFiles(named: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const name of named) {
    const files = await filesOf(name);
    if (files.length === 0) throw new FileError(`There is no file of checks in ${name}. Their names end with ${checkExtension}.`);
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function filesOf(name: string): Promise<string[]> {
  const state = await stat(name).catch(() => null);
  if (state?.isDirectory()) return (await filesIn(name)).filter((file) => file.endsWith(checkExtension));
  if (state || !/[*?]/.test(name)) return [name];
  const parts = name.split(/[\\/]/);
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  const folder = parts.slice(0, wild).join(sep) || (wild > 0 ? sep : '.');
  const pattern = new RegExp(`^${parts.slice(wild).map(patternOf).join('').replace(/\/$/, '')}$`, 'u');
  return (await filesIn(folder)).filter((file) => pattern.test(relative(resolve(folder), resolve(file)).split(sep).join('/')));
}

function patternOf(part: string): string {
  if (part === '**') return '(?:[^/]+/)*';
  return `${part.split(/([*?])/).map((piece) => (piece === '*' ? '[^/]*' : piece === '?' ? '[^/]' : escapeRegExp(piece))).join('')}/`;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(() => [])).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const path = folder === '.' ? entry.name : join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !skipped.has(entry.name)) found.push(...await filesIn(path));
  }
  return found;
}
