import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ModelHash } from '../lenses/checks/hashContract';
import { fileError } from './files';
import { findGraphFiles } from './graphFiles';
import { readGraphFile } from './graphFile';

/**
 * Reads all graphs and weight files of a model, and nothing of when they were written: unlike its fingerprint, the hash
 * of a model is the same wherever the files were copied to.
 * @throws HeadlightError `model-missing`, `model-unreadable` or `model-broken`, naming the file
 */
export async function modelHash(path: string): Promise<ModelHash> {
  const { reads, writes, writesOn } = await findGraphFiles(path);
  const all = createHash('sha256');
  for (const graph of new Set([reads, writes, writesOn])) {
    if (graph === null) continue;
    const { files: [, ...weights], sum } = await readGraphFile(graph, () => Promise.resolve());
    all.update(sum);
    for (const file of weights) all.update(await sha256(file.path));
  }
  return { hash: all.digest('hex').slice(0, 16) };
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path, { highWaterMark: 4 << 20 })) hash.update(part as Buffer);
  } catch (error) {
    throw fileError(path, error);
  }
  return hash.digest('hex');
}
