import { open, statfs } from 'node:fs/promises';
import { HeadlightError } from '../../errors';

/** A file that is being written. */
export interface DiskFile {
  write(chunk: Uint8Array, position: number): Promise<unknown>;
  truncate(length: number): Promise<void>;
  /** Waits until what was written lies on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What of the disk can fail for want of space. */
export interface Disk {
  /** Opens a file for writing, which may hold something. */
  open(path: string): Promise<DiskFile>;
  /** Bytes that this user can still write below a folder; null where the system does not say. */
  freeSpace(folder: string): Promise<number | null>;
}

export const realDisk: Disk = {
  async open(path) {
    const handle = await open(path, 'r+');
    return {
      async write(chunk, position) {
        for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
      },
      truncate: (length) => handle.truncate(length),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async freeSpace(folder) {
    const space = await statfs(folder).catch(() => null);
    return space && space.bavail * space.bsize;
  },
};

/** The error for a cache that cannot be written; any other error stays what it is. */
export function diskFailure(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    return new HeadlightError('disk-full', `There is no space left for the download in ${folder}. Make room, or choose another folder (HF_HUB_CACHE, or headlight.hub.cache in the settings), and try again; what was downloaded is kept.`, { cause: error });
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG'].includes(code)) {
    return new HeadlightError('file-not-written', `The download cannot be written in ${folder} (${code}). Allow writing there, or choose another folder (HF_HUB_CACHE, or headlight.hub.cache in the settings).`, { cause: error });
  }
  return error;
}
