import { dirname, isAbsolute, join, parse } from 'node:path';
import * as vscode from 'vscode';
import { exists } from '../../library/files';
import { failureMessage } from '../failures';
import type { KnownModels } from '../knownModels';
import { checkpointOf } from './runRecipe';

/** The built-in word vectors, which have no layers that could learn. */
const staticVectors = 'static';

/**
 * Lets the user choose what to start from: a known model that reads text, or a folder, which may be one of Transformers.
 * @param builtInModels folder of the models that come with the extension
 * @returns path of a model folder or ONNX file; null where none was chosen
 */
export async function pickStart(models: KnownModels, builtInModels: string): Promise<string | null> {
  const { t } = vscode.l10n;
  const known = (await models.list()).filter(({ id, readable, task }) => readable && task === 'reading' && id !== staticVectors).map(({ id, label, detail, inForce }) => ({
    label, description: inForce ? t('in use') : '', detail: detail === id ? detail : t('Comes with Headlight: {0}.', detail), path: isAbsolute(id) ? id : join(builtInModels, id),
  }));
  const other = { label: `$(folder-opened) ${t('A Folder…')}`, description: '', detail: t('A Transformers folder with model.safetensors, or an ONNX export of an encoder.'), path: null };
  const picked = await vscode.window.showQuickPick([...known, other], { title: t('Fine-Tune: Choose What to Start From'), placeHolder: t('An encoder, or a classifier that was trained with the encoder frozen'), ignoreFocusOut: true });
  if (!picked) return null;
  if (picked.path !== null) return picked.path;
  const [folder] = (await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, title: t('Choose a Model Folder'), openLabel: t('Start From This Model') })) ?? [];
  return folder?.fsPath ?? null;
}

/** Asks for the folder to make, beside the lines unless the user says otherwise; null where none was given. */
export async function askForFolder(lines: string): Promise<string | null> {
  const { t } = vscode.l10n;
  const value = join(dirname(lines), `${parse(lines).name}-fine-tuned`);
  const given = await vscode.window.showInputBox({
    title: t('Fine-Tune: Folder to Make'),
    prompt: t('The classifier goes there; the one with the encoder frozen goes beside it, to compare with.'),
    value,
    valueSelection: [dirname(value).length + 1, value.length],
    ignoreFocusOut: true,
    validateInput: (path) => problemOf(path).catch(failureMessage),
  });
  return given ?? null;
}

/** Why a folder cannot be made; null where nothing speaks against it. */
async function problemOf(path: string): Promise<string | null> {
  const { t } = vscode.l10n;
  if (!isAbsolute(path)) return t('Write the whole path.');
  if (await exists(path)) return t('There is something of this name already.');
  return (await exists(frozenBeside(path))) && !(await exists(checkpointOf(path))) ? t('There is something of the name {0} already.', frozenBeside(path)) : null;
}

/** Where the classifier goes whose encoder is as it was. */
export function frozenBeside(out: string): string {
  return `${out}-frozen`;
}

/** What to do with a run that was stopped. */
export type Unfinished = 'goOn' | 'finish' | 'anew';

/** Asks what to do with what an earlier run to the same folder has left; `goOn` where there is nothing, null for no answer. */
export async function askAboutUnfinished(out: string): Promise<Unfinished | null> {
  if (!(await exists(checkpointOf(out)))) return 'goOn';
  const { t } = vscode.l10n;
  const items: readonly (vscode.QuickPickItem & { readonly what: Unfinished })[] = [
    { label: t('Go On'), detail: t('From the checkpoint; it ends as if it had never been stopped.'), what: 'goOn' },
    { label: t('Make a Model of It'), detail: t('Of the best weights until then, without another step.'), what: 'finish' },
    { label: t('Start Anew'), detail: t('What was learnt is deleted.'), what: 'anew' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: t('Fine-Tune: A Run Was Stopped Here'), ignoreFocusOut: true });
  return picked?.what ?? null;
}
