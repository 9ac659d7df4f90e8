import { execFile } from 'node:child_process';

/** What the recipe imports. */
export const neededPackages = ['torch', 'transformers', 'onnx', 'onnxruntime'] as const;
export type NeededPackage = (typeof neededPackages)[number];

/** The oldest Python whose language the recipe is written in. */
const oldest = [3, 10] as const;
/** Milliseconds: the first import of torch from a slow disk takes long. */
const patience = 120_000;

/** What a Python has of what fine-tuning needs. */
export interface PythonProbe {
  /** As `3.11.7`. */
  readonly version: string;
  readonly isNewEnough: boolean;
  readonly versions: Readonly<Partial<Record<NeededPackage, string>>>;
  readonly missing: readonly NeededPackage[];
}

/** Imports each package, in words that any Python 3 understands: one that is installed but broken is missing too. */
const script = `
import importlib, json, sys
found = {}
for name in ${JSON.stringify(neededPackages)}:
    try:
        found[name] = str(getattr(importlib.import_module(name), "__version__", "?"))
    except BaseException:
        pass
print(json.dumps({"python": list(sys.version_info[:3]), "packages": found}))
`;

/**
 * Asks a Python what it has.
 * @param cwd where modules that lie about are the recipe's own, and none of a workspace
 * @returns null for a program that is no Python, or does not answer
 */
export async function probePython(path: string, cwd: string, signal: AbortSignal): Promise<PythonProbe | null> {
  const printed = await new Promise<string | null>((resolve) => {
    const options = { cwd, env: recipeEnvironment(), signal, timeout: patience, maxBuffer: 2 ** 20, windowsHide: true };
    execFile(path, ['-B', '-c', script], options, (error, stdout) => {
      resolve(error ? null : stdout);
    });
  });
  return printed === null ? null : readProbe(printed);
}

/** @param printed what may have remarks of libraries before its last line */
export function readProbe(printed: string): PythonProbe | null {
  let said: unknown;
  try {
    said = JSON.parse(printed.trim().split('\n').at(-1)!);
  } catch {
    return null;
  }
  const { packages, python } = (said ?? {}) as { packages?: Readonly<Record<string, unknown>>; python?: unknown };
  if (!Array.isArray(python) || python.length < 2 || typeof packages !== 'object') return null;
  const [major, minor] = python.map(Number) as [number, number];
  const versions = Object.fromEntries(neededPackages.flatMap((name) => (typeof packages[name] === 'string' ? [[name, packages[name]]] : [])));
  return {
    version: python.join('.'),
    isNewEnough: major > oldest[0] || (major === oldest[0] && minor >= oldest[1]),
    versions,
    missing: neededPackages.filter((name) => !(name in versions)),
  };
}

/** The command that installs what is missing, for a shell. */
export function installCommand(path: string, missing: readonly NeededPackage[]): string {
  return `${/[\s"]/.test(path) ? JSON.stringify(path) : path} -m pip install ${missing.join(' ')}`;
}

/** This process's environment, with what makes Python print at once, in UTF-8, and leave nothing in the extension's folder. */
export function recipeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' };
}
