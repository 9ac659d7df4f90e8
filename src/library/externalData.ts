import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { HeadlightError } from '../errors';
import { broken, fileError, modelFileSize } from './files';

/** Letters of a file's name with its folders. */
const longestName = 1024;

/**
 * The real paths of the weight files that a graph names. A name may only lead to a file inside the model's folder: the
 * graph is foreign data, and the runtime would resolve names against the working directory. In a cache of the Hugging
 * Face hub, files are links to the blobs of their repository, which they may lead to.
 * @throws HeadlightError `model-broken` for a name that leads elsewhere, `model-missing` for one that leads nowhere
 */
export async function findExternalData(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const home = await realpath(folder);
  const blobs = hubBlobs(home);
  const entries = names.map(async (name): Promise<[string, string]> => {
    const path = join(home, name);
    if (name.length > longestName) throw broken(folder, `names a weight file in ${name.length} letters, more than any system takes`);
    if (name === '' || isAbsolute(name) || name.includes('\0') || leaves(home, path)) throw outside(folder, name);
    const target = await realpath(path).catch((error: unknown) => Promise.reject(fileError(path, error)));
    if (leaves(home, target) && (blobs === null || leaves(blobs, target))) throw outside(folder, name);
    await modelFileSize(target, Infinity);
    return [name, target];
  });
  return new Map(await Promise.all(entries));
}

/** `models--org--name/blobs` for a folder below `models--org--name/snapshots/commit`; null for any other. */
function hubBlobs(home: string): string | null {
  for (let folder = home; dirname(folder) !== folder; folder = dirname(folder)) {
    const repository = dirname(dirname(folder));
    if (basename(dirname(folder)) === 'snapshots' && basename(repository).startsWith('models--')) return join(repository, 'blobs');
  }
  return null;
}

function outside(folder: string, name: string): HeadlightError {
  return new HeadlightError(
    'model-broken',
    `The model names the weight file "${name}", which lies outside its folder ${folder}. It was not read; put the file beside the model.`,
  );
}

function leaves(home: string, path: string): boolean {
  const way = relative(home, path);
  return way.startsWith('..') || isAbsolute(way);
}
