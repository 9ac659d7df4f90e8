import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';

/** Hash over names and contents of files and folders, given relative to the project; missing ones count as absent. */
export function hashOf(paths, ...more) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesUnder(join(root, path))) hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  }
  return hash.update(JSON.stringify(more)).digest('hex');
}

/** Hash of one file's contents. */
export function hashOfFile(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((entry) => entry !== 'node_modules' && entry !== '.venv' && entry !== '__pycache__')
    .sort()
    .flatMap((entry) => filesUnder(join(path, entry)));
}

/**
 * Does `work` unless the last success had the same `hash`.
 * @param {string} stamp file that remembers the hash; delete it, or what was made beside it, to do the work again
 */
export async function unlessUnchanged(stamp, hash, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 'nothing changed';
  rmSync(stamp, { force: true });
  const remark = await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return remark;
}
