import { createHash, type Hash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { contentHash, holds } from './contentHash';
import type { Disk, DiskFile } from './disk';
import type { HubFile } from './repository';

/** A file of another machine that was not written to for so long, in ms, has nobody who writes it. */
const abandoned = 60 * 60 * 1000;

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * The part of a file that has come so far: `blobs/ETAG.headlight-….incomplete`. Its name says who writes it, and no two
 * write one: whoever stops gives it a name without an owner, and whoever goes on gives it its own, which is one step for
 * the file system and so succeeds for one only. A part whose owner died is taken likewise.
 */
export class PartialFile {
  private hash: Hash;
  /** Bytes that have come. */
  length = 0;

  private constructor(
    private path: string,
    private readonly file: HubFile,
    private readonly handle: DiskFile,
  ) {
    this.hash = contentHash(file);
  }

  /** Takes the longest part that nobody writes, or begins a new one. */
  static async take(folder: string, file: HubFile, disk: Disk): Promise<PartialFile> {
    await mkdir(folder, { recursive: true });
    const own = join(folder, ownName(file.etag));
    const left = await unowned(folder, file);
    let taken = false;
    for (const { path } of left) {
      if (taken) await rm(path, { force: true });
      // Somebody else may have been faster.
      else taken = await rename(path, own).then(() => true, () => false);
    }
    if (!taken) await writeFile(own, '', { flag: 'wx' });
    const partial = new PartialFile(own, file, await disk.open(own));
    if (taken) await partial.readBack();
    return partial;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.handle.write(chunk, this.length);
    this.hash.update(chunk);
    this.length += chunk.length;
  }

  /** Throws away what has come. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = contentHash(this.file);
    this.length = 0;
  }

  /** Whether all has come, and is what the hub says. */
  isWhole(): boolean {
    return this.length === this.file.size && this.hash.copy().digest('hex') === this.file.etag;
  }

  /** Ends as the file itself, at once: nobody ever sees a part of it under this name. */
  async become(path: string): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    try {
      await rename(this.path, path);
    } catch (error) {
      // On Windows no file is put in the place of an open one: of the same content, it serves as well.
      if (!(await holds(path, this.file))) throw error;
      await rm(this.path, { force: true });
    }
  }

  /** Leaves what has come to whoever goes on; nothing where another has brought the file meanwhile. */
  async leave(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    const isThere = (await stat(join(this.path, '..', this.file.etag)).catch(() => null)) !== null;
    if (this.length === 0 || isThere) await rm(this.path, { force: true });
    else await rename(this.path, join(this.path, '..', freeName(this.file.etag))).catch(() => undefined);
  }

  private async readBack(): Promise<void> {
    const { size } = await stat(this.path);
    if (size > this.file.size) {
      await this.restart();
      return;
    }
    for await (const chunk of createReadStream(this.path, { highWaterMark: 1 << 20 })) {
      this.hash.update(chunk as Buffer);
      this.length += (chunk as Buffer).length;
    }
  }
}

/** Bytes of a file that have come and that a download could go on from. */
export async function partialSize(folder: string, file: HubFile): Promise<number> {
  return (await unowned(folder, file))[0]?.size ?? 0;
}

/** Throws away the parts of a file that nobody writes. */
export async function discardParts(folder: string, file: HubFile): Promise<void> {
  for (const { path } of await unowned(folder, file)) await rm(path, { force: true });
}

/** A part of a file that nobody writes. */
export interface LeftPart {
  readonly path: string;
  readonly size: number;
}

/** Parts of any file in a folder that nobody writes. */
export function leftParts(folder: string): Promise<LeftPart[]> {
  return unowned(folder, { etag: '' });
}

/** Parts of a file that nobody writes, the longest first; of any file for an empty etag. */
async function unowned(folder: string, { etag }: Pick<HubFile, 'etag'>): Promise<LeftPart[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name.startsWith(etag === '' ? '' : `${etag}.`) && /\.headlight-[0-9a-f-]+\.incomplete$/.test(name));
  const parts = await Promise.all(
    found.map(async (name) => {
      const path = join(folder, name);
      const state = await stat(path).catch(() => null);
      return state && isUnowned(name, state.mtimeMs) ? [{ path, size: state.size }] : [];
    }),
  );
  return parts.flat().sort((one, other) => other.size - one.size);
}

function isUnowned(name: string, written: number): boolean {
  const owner = /\.headlight-([0-9a-f]{8})-(\d+)-[0-9a-f]+\.incomplete$/.exec(name);
  if (!owner) return true;
  return owner[1] === host ? !isRunning(Number(owner[2])) : Date.now() - written > abandoned;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ownName(etag: string): string {
  return `${etag}.headlight-${host}-${process.pid}-${unique()}.incomplete`;
}

function freeName(etag: string): string {
  return `${etag}.headlight-${unique()}.incomplete`;
}

function unique(): string {
  return randomBytes(4).toString('hex');
}
