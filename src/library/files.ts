import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type ErrorCode, HeadlightError } from '../errors';
import { checkRegularFile, IrregularFileError, readRegularFile } from '../regularFile';
import { nestsDeeper } from './nesting';

/** Most bytes of a graph with its weights: what protobuf can hold. */
export const mostGraphBytes = 2 ** 31 - 1;
/** Of a JSON file: the vocabularies of large models take some 35 MB. */
const mostJsonBytes = 64 * 2 ** 20;
/** Levels of lists and objects in a JSON file; those of model folders have fewer than ten. */
const mostLevels = 100;

/**
 * Reads a file of a model folder.
 * @param most bytes that it may have
 * @throws HeadlightError that says which file, why, and what to do
 */
export async function readModelFile(path: string, most = mostGraphBytes): Promise<Uint8Array> {
  try {
    const bytes = await readRegularFile(path, most);
    if (bytes.length === 0) throw broken(path, 'is empty');
    if (isLfsPointer(bytes)) throw broken(path, 'is a Git LFS pointer, not the file itself (run: git lfs pull)');
    // A plain view: protobuf readers treat Node's Buffer differently.
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw error instanceof IrregularFileError ? broken(path, error.what) : fileError(path, error);
  }
}

/**
 * Bytes of a file of a model folder that is not read as a whole.
 * @throws HeadlightError as `readModelFile`, the file being empty included
 */
export async function modelFileSize(path: string, most: number): Promise<number> {
  const size = await checkRegularFile(path, most).catch((error: unknown) =>
    Promise.reject(error instanceof IrregularFileError ? broken(path, error.what) : fileError(path, error)),
  );
  if (size === 0) throw broken(path, 'is empty');
  return size;
}

/** Reads a JSON object of a model folder. */
export async function readModelJson(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await readModelFile(path, mostJsonBytes));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(path, `is not valid JSON (${error instanceof Error ? error.message : 'syntax error'})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(path, 'holds no JSON object');
  if (nestsDeeper(value, mostLevels)) throw broken(path, `has more than ${mostLevels} lists and objects within each other`);
  return value as Readonly<Record<string, unknown>>;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw fileError(path, error);
  }
}

/** The error for a file whose content does not serve. */
export function broken(path: string, what: string): HeadlightError {
  return new HeadlightError(
    'model-broken',
    `${basename(path)} in ${dirname(path)} ${what}. Restore the file, or export or download the model again.`,
  );
}

/** The error for a file that cannot be read. */
export function fileError(path: string, cause: unknown): HeadlightError {
  const code = errorCode(cause);
  if (isNotFound(cause)) {
    return new HeadlightError('model-missing', `${path} does not exist. Check the model's folder in the settings.`, { cause });
  }
  const denied = code === 'EACCES' || code === 'EPERM';
  const advice = denied ? 'Allow reading it, or choose another model.' : 'Check the disk, or choose another model.';
  const failure: ErrorCode = 'model-unreadable';
  return new HeadlightError(failure, `${path} cannot be read (${denied ? 'no permission' : code}). ${advice}`, { cause });
}

function isNotFound(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** What Git leaves in place of a large file that it did not fetch. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  const start = 'version https://git-lfs';
  return bytes.length < 1024 && new TextDecoder().decode(bytes.subarray(0, start.length)) === start;
}
