import { dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import { checkModelPath } from '../../lenses/checks/modelPath';

/**
 * The model that a file of checks names. A model file is code that the runtime executes, so that a workspace without
 * trust cannot name one by its path.
 * @throws HeadlightError `model-untrusted`, `model-missing`
 */
export function checkModel(named: string, file: vscode.Uri): string {
  const path = checkModelPath(named);
  if (path === null) return named;
  if (!vscode.workspace.isTrusted) {
    throw new HeadlightError('model-untrusted', vscode.l10n.t('This workspace is not trusted, so its checks cannot load the model {0}. Trust the workspace, or name a built-in model.', named));
  }
  if (file.scheme !== 'file') throw new HeadlightError('model-missing', vscode.l10n.t('{0} is a path, but this file of checks lies on no disk. Name a built-in model.', named));
  return resolve(dirname(file.fsPath), path);
}
