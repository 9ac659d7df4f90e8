import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { HubFile } from './repository';

/** Computes what the hub calls a file: SHA-256 of its bytes in LFS, else SHA-1 of them as a git blob, which names its size first. */
export function contentHash({ etag, size }: Pick<HubFile, 'etag' | 'size'>): Hash {
  return etag.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Whether a file on the disk is this one, to the last byte. */
export async function holds(path: string, file: Pick<HubFile, 'etag' | 'size'>): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size !== file.size) return false;
  const hash = contentHash(file);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch {
    return false;
  }
  return hash.digest('hex') === file.etag;
}
