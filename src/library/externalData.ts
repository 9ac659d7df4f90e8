import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { HeadlightError } from '../errors';
import { fileError, readModelFile } from './files';

/** A file beside the graph that holds weights, under the name that the graph uses. */
export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * Reads the weight files that a graph names. A name may only lead to a file inside the model's folder: the graph is
 * foreign data, and the runtime resolves names against the working directory when a graph is given as bytes.
 * @throws HeadlightError `model-broken` for a name that leads elsewhere
 */
export async function readExternalData(folder: string, names: readonly string[]): Promise<ExternalData[]> {
  const home = await realpath(folder);
  return Promise.all(
    names.map(async (name) => {
      const path = join(home, name);
      if (name === '' || isAbsolute(name) || name.includes('\0') || leaves(home, path)) throw outside(folder, name);
      const target = await realpath(path).catch((error: unknown) => Promise.reject(fileError(path, error)));
      if (leaves(home, target)) throw outside(folder, name);
      return { path: name, data: await readModelFile(target) };
    }),
  );
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
