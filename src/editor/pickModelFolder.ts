import * as vscode from 'vscode';
import type { KnownModels } from './knownModels';

/** Lets the user choose a model's folder, which is among the known ones from now on; null where none was chosen. */
export async function pickModelFolder(models: KnownModels): Promise<string | null> {
  const { t } = vscode.l10n;
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: t('Choose a Model Folder'),
      openLabel: t('Use This Model'),
    })) ?? [];
  if (!folder) return null;
  await models.remember(folder.fsPath);
  return folder.fsPath;
}
