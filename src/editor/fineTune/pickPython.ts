import * as vscode from 'vscode';
import { withProgress } from '../progress';
import { findInterpreters, type Interpreter } from './interpreters';
import { installCommand, neededPackages, probePython, type PythonProbe } from './probePython';
import { pythonsOfExtension } from './pythonExtension';

const key = 'fineTune.python';

/**
 * Lets the user choose a Python until one has what fine-tuning needs; says what to install where one has not.
 * @param recipes folder that the recipe lies in
 * @returns its path; null where none was chosen
 */
export async function pickPython(storage: vscode.Memento, recipes: string): Promise<string | null> {
  for (;;) {
    const path = await ask(storage.get<string>(key));
    if (path === null) return null;
    const probe = await withProgress(vscode.l10n.t('looking into {0}', path), ({ signal }) => probePython(path, recipes, signal));
    if (probe?.isNewEnough === true && probe.missing.length === 0) {
      await storage.update(key, path);
      return path;
    }
    if (!(await chooseAnother(path, probe))) return null;
  }
}

async function ask(last: string | undefined): Promise<string | null> {
  const { t } = vscode.l10n;
  const found = await findInterpreters({
    folders: (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [uri.fsPath] : [])),
    known: await pythonsOfExtension(),
    path: process.env['PATH'] ?? '',
    platform: process.platform,
  });
  const origins: Record<Interpreter['origin'], string> = {
    extension: t('known to the Python extension'), workspace: t('environment of this workspace'), path: t('on the PATH'),
  };
  const items = found
    .sort((one, other) => Number(other.path === last) - Number(one.path === last))
    .map(({ origin, path }) => ({ label: path, description: [...(path === last ? [t('used last')] : []), origins[origin]].join(' · '), path }));
  const browse = { label: `$(folder-opened) ${t('Another Python…')}`, description: '', path: null };
  const picked = await vscode.window.showQuickPick([...items, browse], {
    title: t('Fine-Tune: Choose a Python'),
    placeHolder: t('A Python with {0}', neededPackages.join(', ')),
    ignoreFocusOut: true,
  });
  if (!picked) return null;
  if (picked.path !== null) return picked.path;
  const [file] = (await vscode.window.showOpenDialog({ title: t('Choose a Python'), openLabel: t('Use This Python') })) ?? [];
  return file?.fsPath ?? null;
}

/** Says what is missing, and asks what to do. */
async function chooseAnother(path: string, probe: PythonProbe | null): Promise<boolean> {
  const { t } = vscode.l10n;
  const [another, copy] = [t('Choose Another'), t('Copy the Command')];
  const command = probe && installCommand(path, probe.missing);
  const said =
    probe === null ? t('{0} is no Python that answers.', path)
    : !probe.isNewEnough ? t('{0} is Python {1}; fine-tuning needs 3.10 or later.', path, probe.version)
    : t('{0} (Python {1}) lacks {2}. Install it: {3}', path, probe.version, probe.missing.join(', '), command!);
  const isInstallable = probe?.isNewEnough === true;
  const chosen = await vscode.window.showWarningMessage(said, ...(isInstallable ? [copy] : []), another);
  if (chosen === copy) await vscode.env.clipboard.writeText(command!);
  return chosen === another;
}
