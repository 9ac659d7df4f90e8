import { rename, rm, writeFile } from 'node:fs/promises';
import { HeadlightError } from '../errors';

/** Writes a whole file or leaves what was there. @throws HeadlightError `file-not-written` that says why and what to do */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new HeadlightError('file-not-written', `${path} could not be written: ${reason(error)}.`, { cause: error });
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'its folder does not exist; make it first';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'you have no permission to write there; choose another folder';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room or choose another folder';
    case 'EISDIR':
      return 'it is a folder; give the name of a file';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
