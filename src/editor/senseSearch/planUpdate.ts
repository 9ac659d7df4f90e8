import type { IndexedFile } from '../../lenses/senseIndex/contract';

/** What has to be done so that the index agrees with the disk. */
export interface UpdatePlan<F extends IndexedFile> {
  /** New files, and those whose time or size is another than when they were read. */
  readonly changed: readonly F[];
  /** Keys of files that are no more, or are no longer wanted. */
  readonly removed: readonly string[];
}

export function planUpdate<F extends IndexedFile>(known: readonly IndexedFile[], present: readonly F[]): UpdatePlan<F> {
  const before = new Map(known.map((file) => [file.key, file]));
  const now = new Set(present.map(({ key }) => key));
  return {
    changed: present.filter(({ key, mtime, size }) => {
      const file = before.get(key);
      return file?.mtime !== mtime || file.size !== size;
    }),
    removed: known.flatMap(({ key }) => (now.has(key) ? [] : [key])),
  };
}

/** How much there is to read, in figures for people: prose has about 4.3 bytes a token and 11 a content word. */
export function estimate(bytes: number, { bytesPerWord, tokensPerSecond }: { readonly bytesPerWord: number; readonly tokensPerSecond: number }): { tokens: number; seconds: number; indexBytes: number } {
  const tokens = Math.round(bytes / 4.3);
  return { tokens, seconds: tokens / tokensPerSecond, indexBytes: Math.round((bytes / 11) * bytesPerWord) };
}
