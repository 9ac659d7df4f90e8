import { lstat, readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { diskFailure } from './disk';
import { type FolderVariant, folderVariants } from '../folderVariants';
import { blobsFolder, refFile, repositoryFolder, repositoryOf, snapshotFolder } from './cacheLayout';
import { type LeftPart, leftParts } from './partialFile';

/** A model in the hub's cache, whoever downloaded it. */
export interface CachedModel extends FolderVariant {
  /** Of its repository. */
  readonly id: string;
  readonly commit: string;
}

/** Models with ONNX files in the cache: of each repository those of `main`, or of the latest snapshot that has any. */
export async function cachedModels(cache: string): Promise<CachedModel[]> {
  const names = await readdir(cache).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const id = repositoryOf(name);
      if (id === null) return [];
      for (const commit of await snapshotsOf(join(cache, name))) {
        const variants = await folderVariants(snapshotFolder(join(cache, name), commit));
        if (variants.length > 0) return variants.map((variant) => ({ ...variant, id, commit }));
      }
      return [];
    }),
  );
  return found.flat();
}

/** A repository of which parts have come and nobody fetches the rest. */
export interface UnfinishedModel {
  readonly id: string;
  /** The parts, and their bytes together. */
  readonly parts: readonly LeftPart[];
  readonly bytes: number;
}

/** Downloads that were cancelled or cut off, by repository. */
export async function unfinishedModels(cache: string): Promise<UnfinishedModel[]> {
  const names = await readdir(cache).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const id = repositoryOf(name);
      const parts = id === null ? [] : await leftParts(blobsFolder(join(cache, name)));
      return id === null || parts.length === 0 ? [] : [{ id, parts, bytes: parts.reduce((sum, { size }) => sum + size, 0) }];
    }),
  );
  return found.flat();
}

/** Throws away what has come of a download. @throws HeadlightError `file-not-written` */
export async function removeUnfinished(cache: string, { id }: UnfinishedModel): Promise<void> {
  const repository = repositoryFolder(cache, id);
  try {
    for (const { path } of await leftParts(blobsFolder(repository))) await rm(path, { force: true });
    const rest = await entriesOf(join(repository, 'snapshots'));
    if (rest.every(({ name }) => small.has(name))) await rm(repository, { recursive: true, force: true });
  } catch (error) {
    throw diskFailure(error, cache);
  }
}

/** Commits with a snapshot, that of `main` first, then the latest. */
async function snapshotsOf(repository: string): Promise<string[]> {
  const folder = join(repository, 'snapshots');
  const commits = await readdir(folder).catch(() => []);
  const times = await Promise.all(commits.map(async (commit) => ({ commit, time: (await stat(join(folder, commit)).catch(() => null))?.mtimeMs ?? 0 })));
  const main = await readFile(refFile(repository, 'main'), 'utf8').catch(() => '');
  const rank = (commit: string): number => (commit === main.trim() ? 0 : 1);
  return times.sort((one, other) => rank(one.commit) - rank(other.commit) || other.time - one.time).map(({ commit }) => commit);
}

/**
 * Removes a variant from the cache: its graphs and their weights, and their contents where no other file leads to them.
 * What else the repository holds stays, as other programs use the cache too; a folder with nothing but what goes with
 * every variant goes with the last one.
 * @throws HeadlightError `file-not-written` where the cache cannot be changed
 */
export async function removeCached(cache: string, model: CachedModel): Promise<void> {
  const snapshot = await snapshotOf(cache, model.path);
  if (snapshot === null) return;
  const repository = dirname(dirname(snapshot));
  try {
    const removed = await Promise.all(model.files.map(blobOf));
    for (const file of model.files) await rm(file, { force: true });
    const rest = await entriesOf(join(repository, 'snapshots'));
    if (rest.every(({ name }) => small.has(name))) {
      await rm(repository, { recursive: true, force: true });
      return;
    }
    const used = new Set(rest.map(({ blob }) => blob));
    const blobs = blobsFolder(repository);
    for (const blob of removed) if (blob !== null && !used.has(blob) && dirname(blob) === blobs) await rm(blob, { force: true });
  } catch (error) {
    throw diskFailure(error, cache);
  }
}

/** What goes with every variant. */
const small = new Set(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json']);

/** The snapshot that a path lies in; null for one that is not in the cache. */
async function snapshotOf(cache: string, path: string): Promise<string | null> {
  const [repository, snapshots, commit] = relative(await realpath(cache), join(await realpath(dirname(path)), basename(path))).split(/[\\/]/);
  const inside = repository !== undefined && repositoryOf(repository) !== null && snapshots === 'snapshots' && commit !== undefined;
  return inside ? join(await realpath(cache), repository, 'snapshots', commit) : null;
}

/** Files below a folder, each with what it leads to. */
async function entriesOf(folder: string): Promise<{ readonly name: string; readonly blob: string | null }[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) => !entry.isDirectory());
  return Promise.all(entries.map(async ({ name, parentPath }) => ({ name, blob: await blobOf(join(parentPath, name)) })));
}

/** Where a link leads to; null for a file, and for one that is gone. */
async function blobOf(path: string): Promise<string | null> {
  const isLink = (await lstat(path).catch(() => null))?.isSymbolicLink() ?? false;
  return isLink ? join(await realpath(dirname(path)), await readlink(path)) : null;
}
