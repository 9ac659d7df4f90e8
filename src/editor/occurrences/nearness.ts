/** Steps up and down in the tree of folders from one path to another; 0 for the same. */
function distance(from: readonly string[], to: readonly string[]): number {
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return from.length + to.length - 2 * shared;
}

/** Files by how near they lie to a path in the tree of folders, then by name. */
export function nearestFirst<T extends { readonly path: string }>(files: readonly T[], path: string): T[] {
  const from = path.split('/');
  return files
    .map((file) => ({ file, steps: distance(from, file.path.split('/')) }))
    .sort((a, b) => a.steps - b.steps || (a.file.path < b.file.path ? -1 : 1))
    .map(({ file }) => file);
}
