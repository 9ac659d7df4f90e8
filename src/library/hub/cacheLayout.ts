import { join } from 'node:path';
import type { HubFile } from './repository';
import { isRepositoryId } from './repositoryId';

const prefix = 'models--';

/**
 * Folder of a repository in the cache, as `huggingface_hub` lays it out: `blobs/ETAG` holds contents,
 * `snapshots/COMMIT/PATH` leads to them, and `refs/REVISION` holds a commit.
 */
export function repositoryFolder(cache: string, id: string): string {
  return join(cache, prefix + id.replaceAll('/', '--'));
}

/** The repository whose folder this is, by its name; null for any other folder. */
export function repositoryOf(folderName: string): string | null {
  if (!folderName.startsWith(prefix)) return null;
  const id = folderName.slice(prefix.length).replaceAll('--', '/');
  return isRepositoryId(id) ? id : null;
}

export function blobsFolder(repository: string): string {
  return join(repository, 'blobs');
}

export function snapshotFolder(repository: string, commit: string): string {
  return join(repository, 'snapshots', commit);
}

export function refFile(repository: string, revision: string): string {
  return join(repository, 'refs', ...revision.split('/'));
}

/** Where a file of a snapshot lies; its path is a safe one. */
export function fileInSnapshot(snapshot: string, { path }: Pick<HubFile, 'path'>): string {
  return join(snapshot, ...path.split('/'));
}
