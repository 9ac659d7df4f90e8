import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A Python that may be there to fine-tune with. */
export interface Interpreter {
  readonly path: string;
  /** Who names it: the Python extension, a folder of the workspace, or the PATH. */
  readonly origin: 'extension' | 'workspace' | 'path';
}

export interface Places {
  /** Absolute paths of the workspace's folders. */
  readonly folders: readonly string[];
  /** Absolute paths that the Python extension knows, the one in use first. */
  readonly known: readonly string[];
  /** The environment variable `PATH`. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
}

/** Pythons, the likeliest first: those that the Python extension knows, environments at the top of folders, the PATH. */
export async function findInterpreters({ folders, known, path, platform }: Places): Promise<Interpreter[]> {
  const isWindows = platform === 'win32';
  const named = isWindows ? ['python.exe', 'python3.exe'] : ['python3', 'python'];
  const environments = await Promise.all(folders.map((folder) => environmentsIn(folder, isWindows)));
  const onPath = named.flatMap((name) => path.split(delimiter).filter(Boolean).map((folder) => join(folder, name)));
  const candidates: readonly Interpreter[] = [
    ...known.map((at) => ({ path: at, origin: 'extension' as const })),
    ...environments.flat().map((at) => ({ path: at, origin: 'workspace' as const })),
    ...onPath.map((at) => ({ path: at, origin: 'path' as const })),
  ];
  const unique = [...new Map(candidates.toReversed().map((one) => [one.path, one])).values()].toReversed();
  const runnable = await Promise.all(unique.map((one) => access(one.path, constants.X_OK).then(() => true, () => false)));
  return unique.filter((_, index) => runnable[index]);
}

/** `.venv` and folders like it, which `pyvenv.cfg` marks as environments. */
async function environmentsIn(folder: string, isWindows: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name).sort();
  const marked = await Promise.all(names.map((name) => access(join(folder, name, 'pyvenv.cfg')).then(() => true, () => false)));
  return names.filter((_, index) => marked[index]).map((name) => (isWindows ? join(folder, name, 'Scripts', 'python.exe') : join(folder, name, 'bin', 'python')));
}
