import { randomBytes } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HeadlightError } from '../../errors';
import { formatBytes } from '../../picture/formatBytes';
import { blobsFolder, fileInSnapshot, refFile, repositoryFolder, snapshotFolder } from './cacheLayout';
import type { ModelChoice } from './choices';
import { holds } from './contentHash';
import { type Disk, diskFailure, realDisk } from './disk';
import { fetchFile } from './fetchFile';
import type { Hub } from './hub';
import { discardParts, PartialFile, partialSize } from './partialFile';
import { placeInSnapshot } from './placeInSnapshot';
import type { HubFile, Repository } from './repository';
import { type RetryPolicy, throwIfCancelled, usualPolicy } from './retry';
import { isSafePath } from './safePath';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Bytes of the model that are there, of all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly policy?: RetryPolicy;
  readonly disk?: Disk;
}

/** Space, in bytes, that a download leaves free. */
const spare = 32 * 1024 * 1024;

/**
 * Downloads a variant of a model into the cache of the hub. What is there already is checked and not fetched again; what
 * is interrupted goes on from where it was. The revision leads to the snapshot once all of it is there.
 * @returns the path of the graph that names the model
 * @throws HeadlightError `disk-full`, `file-not-written`, `download-broken`, `cancelled`, and as for `readRepository`
 */
export async function downloadModel(hub: Hub, repository: Repository, choice: ModelChoice, options: DownloadOptions): Promise<string> {
  const { disk = realDisk, onProgress, policy = usualPolicy, signal } = options;
  const folder = repositoryFolder(hub.cache, repository.id);
  const snapshot = snapshotFolder(folder, repository.commit);
  const blobs = blobsFolder(folder);
  const total = choice.bytes;
  for (const { path } of choice.files) if (!isSafePath(path)) throw unsafe(repository, path);
  try {
    await mkdir(blobs, { recursive: true });
    await requireSpace(blobs, choice, disk);
    let before = 0;
    for (const file of choice.files) {
      throwIfCancelled(signal);
      const path = fileInSnapshot(snapshot, file);
      if (!(await holds(path, file))) {
        const isNew = await fetchBlob(hub, repository, file, blobs, (bytes) => onProgress?.(before + bytes, total), policy, disk, signal);
        await placeInSnapshot(join(blobs, file.etag), path, isNew);
      }
      before += file.size;
      onProgress?.(before, total);
    }
    if (repository.revision !== repository.commit) await writeRef(refFile(folder, repository.revision), repository.commit);
  } catch (error) {
    throw diskFailure(error, hub.cache);
  }
  return fileInSnapshot(snapshot, { path: choice.graph });
}

/** Brings a file into `blobs` under its hash; false if it was there. */
async function fetchBlob(
  hub: Hub, repository: Repository, file: HubFile, blobs: string, onBytes: (bytes: number) => void, policy: RetryPolicy, disk: Disk, signal: AbortSignal,
): Promise<boolean> {
  const blob = join(blobs, file.etag);
  if (await holds(blob, file)) {
    await discardParts(blobs, file);
    return false;
  }
  const partial = await PartialFile.take(blobs, file, disk);
  try {
    await fetchFile(hub, repository, file, partial, onBytes, policy, signal);
  } catch (error) {
    await partial.leave();
    throw error;
  }
  await partial.become(blob);
  return true;
}

async function requireSpace(blobs: string, { files }: ModelChoice, disk: Disk): Promise<void> {
  let needed = spare;
  for (const file of files) {
    const there = await stat(join(blobs, file.etag)).catch(() => null);
    if (there?.size !== file.size) needed += file.size - Math.min(file.size, await partialSize(blobs, file));
  }
  const free = await disk.freeSpace(blobs);
  if (free === null || free >= needed) return;
  throw new HeadlightError(
    'disk-full',
    `The download needs ${formatBytes(needed)} in ${dirname(dirname(blobs))}, where ${formatBytes(free)} are free. Make room, choose a smaller variant, or another folder (HF_HUB_CACHE, or headlight.hub.cache in the settings).`,
  );
}

async function writeRef(path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(beside, commit);
  await rename(beside, path);
}

function unsafe({ id }: Repository, path: string): HeadlightError {
  return new HeadlightError('hub-refused', `${id} has a file named ${JSON.stringify(path)}, which would not be written where the model is. Nothing was downloaded; choose another repository.`);
}
