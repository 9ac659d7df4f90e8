import { dirname, join } from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { TrainedClassifier } from '../../lenses/training/contract';
import type { SavedModel } from '../../panel/contract';
import type { EngineHost } from '../engineHost';
import type { KnownModels } from '../knownModels';
import { withProgress } from '../progress';

/**
 * Asks for the name and place of a folder, saves encoder and classifier there, and adds it to the models.
 * @param document that it was trained on
 * @returns null where the reader thought better of it
 * @throws HeadlightError `file-not-written`, `disk-full`, `model-untrusted` for a classifier of an encoder that was not chosen
 */
export async function saveModel(classifier: TrainedClassifier, document: string | null, engine: EngineHost, models: KnownModels): Promise<SavedModel | null> {
  const { t } = vscode.l10n;
  const model = await models.require(classifier.model.id);
  const uri = document === null ? null : vscode.Uri.parse(document);
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = uri?.scheme === 'file' ? dirname(uri.fsPath) : workspace?.scheme === 'file' ? workspace.fsPath : homedir();
  const stem = classifier.name.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'model';
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(place, `${stem}-classifier`)),
    title: t('Name the Folder of the New Model'),
    saveLabel: t('Save Model'),
  });
  if (!chosen) return null;
  if (chosen.scheme !== 'file') throw new HeadlightError('file-not-written', t('{0} is not on this machine’s disk. Choose a place that is.', chosen.toString(true)));
  const { folder } = await withProgress(t('saving the model'), (options) => engine.call('training/save', { classifier, folder: chosen.fsPath }, { ...options, model }));
  await models.remember(folder);
  await vscode.commands.executeCommand('headlight.models.refresh');
  return { id: folder, path: vscode.workspace.asRelativePath(chosen) };
}
