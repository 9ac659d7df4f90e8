import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeadlightError } from '../../errors';
import type { IndexedFile } from '../../lenses/senseIndex/contract';

/** Words of one file, row by row. */
export interface FileWords extends IndexedFile {
  /** SHA-256 of the text. */
  readonly hash: string;
  /** Number of the first row; rows of a file are numbered on from it, and no number is used twice. */
  readonly firstRow: number;
  readonly starts: Uint32Array;
  readonly lengths: Uint8Array;
  /** Indexes into the index's forms. */
  readonly forms: Uint32Array;
  /** `[row, dimensions]` */
  readonly vectors: Int8Array;
}

/** The graph of near neighbours that is kept beside the index. */
export interface NeighboursFile {
  readonly name: string;
  /** Rows up to this number, without it, are in the graph. */
  readonly upTo: number;
  /** Rows in the graph. */
  readonly rows: number;
  readonly bytes: number;
}

/** All that an index file holds. */
export interface IndexContent {
  /** Of the vectors' space; an index of another model cannot be compared with. */
  readonly fingerprint: string;
  readonly dimensions: number;
  readonly nextRow: number;
  readonly forms: readonly string[];
  readonly files: readonly FileWords[];
  readonly neighbours: NeighboursFile | null;
}

/** Begins the file; the number changes with the format or with what counts as a word. */
const magic = 'HLSENSE1';
const checksumBytes = 32;

interface Header extends Omit<IndexContent, 'files'> {
  readonly files: readonly (IndexedFile & { readonly hash: string; readonly firstRow: number; readonly rows: number })[];
}

/**
 * magic, length of the header (u32), header (JSON), then for all rows: starts (u32), forms (u32), lengths (u8),
 * vectors (i8 each); little-endian, and last a SHA-256 of all before.
 */
function encode({ files, ...rest }: IndexContent): Buffer {
  const header: Header = { ...rest, files: files.map(({ key, mtime, size, hash, firstRow, starts }) => ({ key, mtime, size, hash, firstRow, rows: starts.length })) };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  // Numbers of four bytes each begin at a multiple of four.
  const padding = Buffer.alloc(-(magic.length + 4 + json.length) & 3);
  const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array | Uint8Array | Int8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
  const body = Buffer.concat([
    Buffer.from(magic),
    length,
    json,
    padding,
    ...files.map(({ starts }) => bytesOf(starts)),
    ...files.map(({ forms }) => bytesOf(forms)),
    ...files.map(({ lengths }) => bytesOf(lengths)),
    ...files.map(({ vectors }) => bytesOf(vectors)),
  ]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

function decode(bytes: Uint8Array): IndexContent {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < magic.length + 4 + checksumBytes) throw broken('it was cut short');
  const begin = buffer.toString('latin1', 0, magic.length);
  if (begin !== magic) throw broken(begin.startsWith(magic.slice(0, -1)) ? 'another version of Headlight made it' : 'it is no index');
  const body = buffer.subarray(0, -checksumBytes);
  if (!createHash('sha256').update(body).digest().equals(buffer.subarray(-checksumBytes))) throw broken('it was cut short or changed');
  const jsonLength = body.readUInt32LE(magic.length);
  let at = magic.length + 4 + jsonLength;
  const header = JSON.parse(body.toString('utf8', magic.length + 4, at)) as Header;
  at += -at & 3;
  const rows = header.files.reduce((sum, file) => sum + file.rows, 0);
  // A copy begins where numbers of four bytes may begin, wherever the read put its bytes.
  const take = (size: number): ArrayBuffer => {
    const part = body.buffer.slice(body.byteOffset + at, body.byteOffset + at + size) as ArrayBuffer;
    at += size;
    return part;
  };
  const starts = new Uint32Array(take(4 * rows));
  const forms = new Uint32Array(take(4 * rows));
  const lengths = new Uint8Array(take(rows));
  const vectors = new Int8Array(take(rows * header.dimensions));
  let row = 0;
  const files = header.files.map(({ rows: own, ...file }): FileWords => {
    const [from, to] = [row, (row += own)];
    return {
      ...file,
      starts: starts.subarray(from, to),
      forms: forms.subarray(from, to),
      lengths: lengths.subarray(from, to),
      vectors: vectors.subarray(from * header.dimensions, to * header.dimensions),
    };
  });
  return { ...header, files };
}

function broken(what: string): HeadlightError {
  return new HeadlightError('index-unusable', `The sense index cannot be used: ${what}. Build it anew.`);
}

/**
 * What an index file holds; null where there is none.
 * @throws HeadlightError `index-unusable` for a file that was cut short, changed, or made by something else
 */
export async function readIndex(path: string): Promise<IndexContent | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw broken(`it cannot be read (${(error as Error).message})`);
  }
  return decode(bytes);
}

/**
 * Writes an index: into a file beside it first, so that the old one stays whole whatever happens.
 * @throws HeadlightError `file-not-written`
 */
export async function writeIndex(path: string, content: IndexContent): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, 'w');
    try {
      await file.writeFile(encode(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw notWritten(error);
  }
}

/** The failure to write a part of the index. */
export function notWritten(error: unknown): HeadlightError {
  return new HeadlightError(
    'file-not-written',
    `The sense index could not be written: ${(error as Error).message}. Make room on the disk and build it again; the one from before is kept.`,
    { cause: error },
  );
}
