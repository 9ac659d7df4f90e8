import * as vscode from 'vscode';

/** The part of the Python extension's interface that is used. */
interface PythonApi {
  readonly environments?: {
    readonly known?: readonly { readonly executable?: { readonly uri?: vscode.Uri } }[];
    getActiveEnvironmentPath?(): { readonly path?: string };
    resolveEnvironment?(path: unknown): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** Absolute paths of the interpreters that the Python extension knows, the one in use first; none where it is not installed. */
export async function pythonsOfExtension(): Promise<readonly string[]> {
  try {
    const environments = (await vscode.extensions.getExtension<PythonApi>('ms-python.python')?.activate())?.environments;
    if (!environments) return [];
    const active = await environments.resolveEnvironment?.(environments.getActiveEnvironmentPath?.());
    const uris = [active, ...(environments.known ?? [])].map((environment) => environment?.executable?.uri);
    return [...new Set(uris.flatMap((uri) => (uri?.scheme === 'file' ? [uri.fsPath] : [])))];
  } catch {
    // An extension of somebody else's, of any version: without it there are other ways to a Python.
    return [];
  }
}
