import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { KeptVectors } from '../../lenses/training/vectors';

/** Bytes of one file, beyond which it is begun anew, and of all files together. */
const mostBytes = { file: 256 * 2 ** 20, all: 1024 * 2 ** 20 };
const keyBytes = 16;
const sumBytes = 4;
const ending = '.vectors';

/**
 * Vectors of texts in a file that outlives the process: records of the text's hash, its numbers (f32, little-endian) and
 * a CRC-32 of both, one after the other, so that what was read is kept whenever the reading is stopped. A record that was
 * cut short or changed ends what is read of the file; the next ones are written in its place.
 */
export class VectorFile implements KeptVectors {
  /** Why vectors could not be kept. */
  problem: string | null = null;

  private constructor(
    private readonly path: string,
    private readonly numbers: number,
    private readonly known: Map<string, Float32Array>,
    /** Bytes of whole records. */
    private length: number,
  ) {}

  /**
   * @param space names what the vectors are of: weights, hidden states and poolings
   * @param numbers of one text
   */
  static async open(folder: string, space: string, numbers: number): Promise<VectorFile> {
    const path = join(folder, `${hashOf(space).toString('hex')}${ending}`);
    const known = new Map<string, Float32Array>();
    let length = 0;
    let problem: string | null = null;
    try {
      await mkdir(folder, { recursive: true });
      await makeRoom(folder, path);
      const file = await open(path, 'a+');
      try {
        length = await readRecords(file, numbers, known);
      } finally {
        await file.close();
      }
      // The files that were used last are the last to go.
      await utimes(path, new Date(), new Date());
    } catch (error) {
      problem = (error as Error).message;
    }
    const opened = new VectorFile(path, numbers, known, length);
    opened.problem = problem;
    return opened;
  }

  get(text: string): Float32Array | undefined {
    return this.known.get(hashOf(text).toString('latin1'));
  }

  async keep(vectors: readonly (readonly [string, Float32Array])[]): Promise<void> {
    if (this.problem !== null || vectors.length === 0) return;
    const size = keyBytes + this.numbers * Float32Array.BYTES_PER_ELEMENT + sumBytes;
    const room = Math.floor((mostBytes.file - this.length) / size);
    const records = vectors.slice(0, room).flatMap(([text, numbers]) => {
      const body = Buffer.concat([hashOf(text), Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)]);
      const sum = Buffer.alloc(sumBytes);
      sum.writeUInt32LE(crc32(body));
      return [body, sum];
    });
    try {
      const file = await open(this.path, 'r+');
      try {
        const bytes = Buffer.concat(records);
        await file.truncate(this.length);
        for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, this.length + done)).bytesWritten;
        this.length += bytes.length;
        if (room < vectors.length) this.problem = `they take more than ${mostBytes.file / 2 ** 20} MB`;
      } finally {
        await file.close();
      }
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }
}

async function readRecords(file: FileHandle, numbers: number, into: Map<string, Float32Array>): Promise<number> {
  const bytes = await file.readFile();
  const bodySize = keyBytes + numbers * Float32Array.BYTES_PER_ELEMENT;
  let at = 0;
  for (; at + bodySize + sumBytes <= bytes.length; at += bodySize + sumBytes) {
    const body = bytes.subarray(at, at + bodySize);
    if (crc32(body) !== bytes.readUInt32LE(at + bodySize)) break;
    // A copy begins where numbers of four bytes may begin.
    into.set(body.toString('latin1', 0, keyBytes), new Float32Array(Uint8Array.from(body.subarray(keyBytes)).buffer));
  }
  return at;
}

/** Removes files that were not used for longest until the rest is within bounds, and one that is full. */
async function makeRoom(folder: string, own: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  const files = await Promise.all(names.map(async (name) => ({ path: join(folder, name), state: await stat(join(folder, name)) })));
  files.sort((one, other) => one.state.mtimeMs - other.state.mtimeMs);
  let all = files.reduce((sum, { state }) => sum + state.size, 0) + mostBytes.file;
  for (const { path, state } of files) {
    const isFull = path === own && state.size > 0.9 * mostBytes.file;
    if (!isFull && (path === own || all <= mostBytes.all)) continue;
    await rm(path, { force: true });
    all -= state.size;
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, keyBytes);
}
