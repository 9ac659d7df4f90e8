import { stat } from 'node:fs/promises';

/** A file as it was when it was read. */
export interface FileState {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export async function fileState(path: string): Promise<FileState> {
  const { size, mtimeMs } = await stat(path);
  return { path, size, modified: mtimeMs };
}

/** Whether files are still as they were; false where one has gone. */
export async function areUnchanged(files: readonly FileState[]): Promise<boolean> {
  const now = await Promise.all(files.map(({ path }) => fileState(path).catch(() => null)));
  return files.every(({ modified, size }, index) => now[index]?.size === size && now[index].modified === modified);
}
