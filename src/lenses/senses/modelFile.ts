import { HeadlightError } from '../../errors';
import { IrregularFileError, readRegularFile } from '../../regularFile';

/** Most bytes of such a file. */
const mostBytes = 64 * 2 ** 20;

/**
 * The bytes of a file in a model's folder; null where there is none.
 * @param without what can be done without it, after "delete it to"
 * @throws HeadlightError `model-broken`
 */
export async function readModelFile(path: string, without: string): Promise<Buffer | null> {
  return readRegularFile(path, mostBytes).catch((error: unknown) => {
    if (error instanceof IrregularFileError) throw brokenFile(path, error.what, without);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw brokenFile(path, 'cannot be read', without, error);
  });
}

export function brokenFile(path: string, what: string, without: string, cause?: unknown): HeadlightError {
  return new HeadlightError('model-broken', `${path} ${what}. Restore the file, or delete it to ${without}.`, { cause });
}

/** Little-endian numbers in base64, as recipes write them. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

export function floatsOf(base64: string): Float32Array {
  return new Float32Array(bytesOf(base64).buffer);
}

export function isFloats(value: unknown): boolean {
  return typeof value === 'string' && Buffer.from(value, 'base64').length % Float32Array.BYTES_PER_ELEMENT === 0;
}

export function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

/** Whether a value has the form of a `Probe`. */
export function isProbe(value: unknown): boolean {
  const { template, at, states } = (value ?? {}) as Partial<Record<string, unknown>>;
  return isSome(template, (item) => typeof item === 'string') && ['word', 'mask', 'sentence'].includes(String(at)) && isSome(states, Number.isInteger);
}

/** A list that is not empty. */
export function isSome(value: unknown, is: (item: unknown) => boolean): boolean {
  return isListOf(value, is) && (value as readonly unknown[]).length > 0;
}
