import { readFile, stat } from 'node:fs/promises';

/** Larger files are not text that somebody reads in an editor. */
const largestFile = 50_000_000;

/** A file that cannot be read as text. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/**
 * Reads a UTF-8 text file; a byte order mark stays, so that offsets count from the file's own start.
 * @throws FileError whose message says what is wrong with the file
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.includes(0)) throw new FileError(`${path} is a binary file. Give a text file in UTF-8.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new FileError(`${path} is not UTF-8. Convert it first, for example with "iconv -t utf-8".`, { cause: error });
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > largestFile) {
      throw new FileError(`${path} has ${Math.round(size / 1e6)} MB, more than ${largestFile / 1e6}. Give a part of it.`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`${path} cannot be read: ${reason(error as NodeJS.ErrnoException)}.`, { cause: error });
  }
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'you have no permission to read it';
  if (code === 'EISDIR') return 'it is a folder';
  return message;
}
