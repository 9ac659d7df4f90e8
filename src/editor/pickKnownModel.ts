import * as vscode from 'vscode';
import type { ListedModel } from '../panel/contract';
import type { KnownModels } from './knownModels';
import { pickModelFolder } from './pickModelFolder';

/** What the reader is told while they choose. */
export interface ModelQuestion {
  readonly title: string;
  readonly placeHolder: string;
  /** Which folders serve. */
  readonly folder: string;
  /** Which of the known models are listed; all where it is not given. */
  readonly offered?: (model: ListedModel) => boolean;
}

/** Lets the reader choose a known model, or a folder, which is known from then on; null where none was chosen. */
export async function pickKnownModel(models: KnownModels, { folder, offered = () => true, placeHolder, title }: ModelQuestion): Promise<string | null> {
  const { t } = vscode.l10n;
  const known = (await models.list()).filter(offered).map(({ id, label, detail, inForce }) => ({
    label, description: inForce ? t('in use') : '', detail: detail === id ? detail : t('Comes with Headlight: {0}.', detail), id,
  }));
  const other = { label: `$(folder-opened) ${t('A Folder…')}`, description: '', detail: folder, id: null };
  const picked = await vscode.window.showQuickPick([...known, other], { title, placeHolder });
  return picked ? (picked.id ?? (await pickModelFolder(models))) : null;
}
