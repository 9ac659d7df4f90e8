import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

type Link = (target: string, path: string) => Promise<void>;
const realLink: Link = (target, path) => symlink(target, path, 'file');

/**
 * Makes a snapshot's path lead to a blob, by a relative link. Where no links can be made, as on Windows without the right
 * to, the file itself goes there, as `huggingface_hub` does it: moved if the blob is new, else copied.
 */
export async function placeInSnapshot(blob: string, path: string, isNew: boolean, link: Link = realLink): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}.incomplete`;
  try {
    await link(relative(dirname(path), blob), beside).catch(() => (isNew ? rename(blob, beside) : copyFile(blob, beside)));
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
