import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../../errors';
import { folderVariants } from '../../library/folderVariants';
import { formatBytes } from '../../picture/formatBytes';
import { variantLabel } from '../../library/graphNames';
import { removeCached, removeUnfinished } from '../../library/hub/cachedModels';
import type { ModelChoice } from '../../library/hub/choices';
import type { Hub } from '../../library/hub/hub';
import type { Repository } from '../../library/hub/repository';
import type { RepositoryName } from '../../library/hub/repositoryId';
import { modelName } from '../../library/modelName';
import { modelSummary } from '../../library/modelSummary';
import { failureDetail, showFailure } from '../failures';
import type { KnownModels } from '../knownModels';
import { targetSetting } from '../settings';
import { builtInModel } from '../target';
import type { HubAccess } from './hubAccess';
import { pickChoice, pickRepository } from './pickModel';
import type { ModelNode, ModelsView, UnfinishedNode } from './modelsView';
import { runDownload } from './runDownload';

/** The commands about the library of models. */
export class ModelCommands {
  constructor(
    private readonly models: KnownModels,
    private readonly view: ModelsView,
    private readonly access: HubAccess,
    /** Makes a model the one in force and loads it. */
    private readonly use: (model: string) => Promise<void>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Lets the user choose a repository and a variant, downloads it and offers to use it. */
  async download(): Promise<void> {
    const hub = await this.access.hub();
    const name = await pickRepository(hub);
    if (name) await this.downloadFrom(hub, name);
  }

  /** Goes on with a download that was stopped: of the variant that the user chooses. */
  async resume({ unfinished: { id } }: UnfinishedNode): Promise<void> {
    await this.downloadFrom(await this.access.hub(), { id, revision: 'main' });
  }

  /** Adds folders that were dropped, or one that the user chooses. @throws HeadlightError where one holds no model */
  async addFolder(dropped: unknown): Promise<void> {
    const uris = Array.isArray(dropped) ? dropped.filter((uri) => uri instanceof vscode.Uri) : await askForFolder();
    for (const uri of uris) {
      if (uri.scheme !== 'file') throw new HeadlightError('model-missing', vscode.l10n.t('{0} is not on this machine’s disk. Copy the model there, then add its folder.', uri.toString(true)));
      const path = await pickVariant(uri.fsPath);
      if (path === null) continue;
      await modelSummary(path);
      await this.models.remember(path);
    }
    this.view.refresh();
    if (uris.length > 0) await vscode.commands.executeCommand('headlight.models.focus');
  }

  async useNode(node: ModelNode): Promise<void> {
    await this.useModel(node.model.id);
  }

  /** Removes what was downloaded from the disk, after a question, and a folder from the list. */
  async remove(node: ModelNode | UnfinishedNode): Promise<void> {
    const { t } = vscode.l10n;
    const { cache } = await this.access.hub();
    if ('unfinished' in node) {
      const { bytes, id } = node.unfinished;
      if (!(await mayDelete(id, t('{0} so far, in {1}.', formatBytes(bytes), cache)))) return;
      await removeUnfinished(cache, node.unfinished);
      this.view.refresh();
      return;
    }
    const { model } = node;
    if (model.cached) {
      const detail = t('{0} in {1}. Other programs that use the cache, as Python does, would have to download it again.', formatBytes(model.bytes ?? 0), model.path);
      if (!(await mayDelete(model.name, detail))) return;
      await removeCached(cache, model.cached);
    }
    await this.models.forget(model.id);
    // What is gone cannot be looked into.
    if (targetSetting().model === model.id) await this.use(builtInModel);
    this.view.refresh();
  }

  /** Shows where a model lies: in the system's file manager, or by its path where there is none. */
  async reveal({ model }: ModelNode): Promise<void> {
    if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(model.path));
      return;
    }
    await vscode.env.clipboard.writeText(model.path);
    void vscode.window.showInformationMessage(vscode.l10n.t('The path is in the clipboard: {0}', model.path));
  }

  private async downloadFrom(hub: Hub, name: RepositoryName): Promise<void> {
    const picked = await pickChoice(hub, name);
    if (picked) await this.fetch(hub, picked.repository, picked.choice);
  }

  private async fetch(hub: Hub, repository: Repository, choice: ModelChoice): Promise<void> {
    const { t } = vscode.l10n;
    let path: string;
    try {
      path = await runDownload(hub, repository, choice);
    } catch (error) {
      if (!isCancelled(error)) this.log.error(failureDetail(error));
      this.view.refresh();
      // Tried again is what was chosen, not the choice.
      void showFailure(error, () => this.fetch(hub, repository, choice));
      return;
    }
    this.log.info(`${repository.id} at ${repository.commit} from ${hub.endpoint.host}: ${path}`);
    await this.models.remember(path);
    this.view.refresh();
    const useIt = t('Use This Model');
    const said = t('{0} in {1} ({2}) is downloaded.', repository.id, choice.label, formatBytes(choice.bytes));
    if ((await vscode.window.showInformationMessage(said, useIt)) === useIt) await this.useModel(path);
  }

  private async useModel(id: string): Promise<void> {
    await this.models.remember(id);
    await this.use(id);
    this.view.refresh();
  }
}

async function mayDelete(name: string, detail: string): Promise<boolean> {
  const { t } = vscode.l10n;
  const remove = t('Delete from the Disk');
  return (await vscode.window.showWarningMessage(t('Delete {0} from the hub’s cache?', name), { modal: true, detail }, remove)) === remove;
}

async function askForFolder(): Promise<readonly vscode.Uri[]> {
  const { t } = vscode.l10n;
  const chosen = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, canSelectMany: true, title: t('Add Model Folder'), openLabel: t('Add') });
  return chosen ?? [];
}

/** The path that names a model in a folder: the user says which variant where there are several; null if nobody does. */
async function pickVariant(path: string): Promise<string | null> {
  const isFile = (await stat(path).catch(() => null))?.isFile() ?? false;
  const variants = isFile ? [] : await folderVariants(path);
  if (variants.length < 2) return isFile && !path.endsWith('.onnx') ? dirname(path) : path;
  const picked = await vscode.window.showQuickPick(
    variants.map(({ bytes, path: id, variant }) => ({ label: variantLabel(variant), description: formatBytes(bytes), id })),
    { title: vscode.l10n.t('Variant of {0}', modelName(path)), placeHolder: vscode.l10n.t('The folder holds the model in several precisions') },
  );
  return picked?.id ?? null;
}
