import * as vscode from 'vscode';
import type { EngineHost } from '../engineHost';
import type { KnownModels } from '../knownModels';
import { pickKnownModel } from '../pickKnownModel';
import { withProgress } from '../progress';
import { modelName } from '../../library/modelName';

/**
 * Shows what Headlight finds in a model folder, beside the text: a page without a script.
 * @param given the model to inspect; the reader is asked where none is given
 */
export async function inspectModel(engine: EngineHost, models: KnownModels, given?: string): Promise<void> {
  const { t } = vscode.l10n;
  const model =
    given ??
    (await pickKnownModel(models, {
      title: t('Inspect Model Folder'), placeHolder: t('The model to look through'), folder: t('Any folder with an ONNX model; it is read, not run.'),
    }));
  if (model === null) return;
  const found = await withProgress(t('inspecting {0}', modelName(model)), (options) => engine.call('model/inspect', {}, { ...options, model }));
  const { inspectionView } = await import('../../standalone/inspectionPage');
  const panel = vscode.window.createWebviewPanel('headlight.inspection', t('Inspected: {0}', found.name), vscode.ViewColumn.Active, { enableScripts: false, enableFindWidget: true });
  panel.webview.html = inspectionView(found);
}
