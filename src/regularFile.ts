import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** What stands under the name of a file is none, or too large to be what it should. `what` goes on from the file's name. */
export class IrregularFileError extends Error {
  override readonly name = 'IrregularFileError';

  constructor(
    readonly path: string,
    readonly what: string,
  ) {
    super(`${path} ${what}`);
  }
}

/**
 * Reads a file of a folder that anybody may have made. What is no plain file is never opened: a pipe would be waited
 * for without end, and a device may act on being read.
 * @param most bytes that it may have
 * @throws IrregularFileError, or the error of the file system
 */
export async function readRegularFile(path: string, most: number): Promise<Buffer> {
  // Files of /proc say that they have nothing, and some are waited for without end.
  return (await checkRegularFile(path, most)) === 0 ? Buffer.alloc(0) : readFile(path);
}

/** The check alone, of what a link leads to. @returns the file's size in bytes */
export async function checkRegularFile(path: string, most: number): Promise<number> {
  const found = await stat(path);
  const kind = kindOf(found);
  if (kind !== null) throw new IrregularFileError(path, `is ${kind}, not a file`);
  if (found.size > most) {
    throw new IrregularFileError(path, `has ${inMegabytes(found.size)} MB, and such a file may have ${inMegabytes(most)} MB`);
  }
  return found.size;
}

/** Null for a plain file. */
function kindOf(found: Stats): string | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function inMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
