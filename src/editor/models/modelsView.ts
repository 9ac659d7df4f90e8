import * as vscode from 'vscode';
import { formatBytes } from '../../picture/formatBytes';
import { variantLabel } from '../../library/graphNames';
import type { UnfinishedModel } from '../../library/hub/cachedModels';
import type { EngineHost } from '../engineHost';
import { failureMessage } from '../failures';
import type { KnownModels } from '../knownModels';
import { targetSetting } from '../settings';
import type { HubAccess } from './hubAccess';
import type { LibraryModel, ModelOrigin, ModelUse } from './modelList';

export const modelsViewId = 'headlight.models';

/** What stands in a group that holds no model: what fills it. */
interface Invitation {
  readonly invites: 'addModelFolder' | 'downloadModel';
}
interface Group {
  readonly group: ModelOrigin;
}
/** A model as the tree hands it to commands. */
export interface ModelNode {
  readonly model: LibraryModel;
  readonly use: ModelUse;
}
/** A download that was cancelled or cut off, as the tree hands it to commands. */
export interface UnfinishedNode {
  readonly unfinished: UnfinishedModel;
}
type Node = Group | ModelNode | UnfinishedNode | Invitation;

/** What is on the disk. */
interface Library {
  readonly models: readonly LibraryModel[];
  readonly unfinished: readonly UnfinishedModel[];
}

/** The library as a tree: models that come with Headlight, the user's folders, and the hub's cache. */
export class ModelsView implements vscode.TreeDataProvider<Node>, vscode.TreeDragAndDropController<Node>, vscode.Disposable {
  readonly dropMimeTypes = ['text/uri-list'];
  readonly dragMimeTypes: readonly string[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly listeners: vscode.Disposable[];
  private library: Promise<Library> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly builtInModels: string,
    private readonly engine: EngineHost,
    private readonly known: KnownModels,
    private readonly hub: HubAccess,
  ) {
    this.view = vscode.window.createTreeView(modelsViewId, { treeDataProvider: this, dragAndDropController: this });
    this.listeners = [
      engine.onStatus(() => {
        this.lookAtEngine();
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.refresh();
      }),
    ];
  }

  /** Reads the folders anew. */
  refresh(): void {
    this.library = null;
    this.lookAtEngine();
    this.changed.fire();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ('group' in node) return groupItem(node);
    if ('unfinished' in node) return unfinishedItem(node);
    return 'invites' in node ? invitationItem(node) : modelItem(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const { modelOrigins } = await import('./modelList');
    if (!node) return modelOrigins.map((group) => ({ group }));
    if (!('group' in node)) return [];
    const { useOf } = await import('./modelList');
    const inForce = targetSetting().model;
    this.library ??= this.read();
    const { models, unfinished } = await this.library;
    const own = models.filter(({ origin }) => origin === node.group).map((model) => ({ model, use: useOf(model, inForce, this.engine.held) }));
    const rest = node.group === 'hub' ? unfinished.map((one) => ({ unfinished: one })) : [];
    if (own.length + rest.length === 0 && node.group !== 'builtIn') return [{ invites: node.group === 'hub' ? 'downloadModel' : 'addModelFolder' }];
    return [...own, ...rest];
  }

  /** Folders and ONNX files that are dropped from the explorer or from the desktop. */
  async handleDrop(_: Node | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const text = (await dropped.get('text/uri-list')?.asString()) ?? '';
    const uris = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => vscode.Uri.parse(line));
    await vscode.commands.executeCommand('headlight.addModelFolder', uris);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const one of [...this.listeners, this.view, this.changed]) one.dispose();
  }

  private async read(): Promise<Library> {
    const [{ listModels }, { unfinishedModels }] = await Promise.all([import('./modelList'), import('../../library/hub/cachedModels')]);
    try {
      const { cache } = await this.hub.hub();
      this.tell('');
      return { models: await listModels(this.builtInModels, this.known.chosen, cache), unfinished: await unfinishedModels(cache) };
    } catch (error) {
      this.tell(failureMessage(error));
      return { models: await listModels(this.builtInModels, this.known.chosen, ''), unfinished: [] };
    }
  }

  /** What stands above the tree. A message that is not there is undefined, which the type leaves out. */
  private tell(message: string): void {
    this.view.message = message;
  }

  private lookAtEngine(): void {
    clearTimeout(this.timer);
    if (!this.view.visible) return;
    // Models are loaded one after the other: the tree is drawn once.
    this.timer = setTimeout(() => {
      this.changed.fire();
    }, 200);
  }
}

function groupItem({ group }: Group): vscode.TreeItem {
  const { t } = vscode.l10n;
  const labels: Record<ModelOrigin, string> = { builtIn: t('Built-in'), folder: t('Folders'), hub: t('Downloaded') };
  const item = new vscode.TreeItem(labels[group], vscode.TreeItemCollapsibleState.Expanded);
  item.id = group;
  return item;
}

function invitationItem({ invites }: Invitation): vscode.TreeItem {
  const { t } = vscode.l10n;
  const isDownload = invites === 'downloadModel';
  const item = new vscode.TreeItem(isDownload ? t('Download a model…') : t('Add a model folder…'));
  item.iconPath = new vscode.ThemeIcon(isDownload ? 'cloud-download' : 'new-folder');
  item.command = { command: `headlight.${invites}`, title: item.label as string };
  return item;
}

function unfinishedItem({ unfinished: { bytes, id } }: UnfinishedNode): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(id);
  item.id = `unfinished ${id}`;
  item.description = t('{0} so far, not finished', formatBytes(bytes));
  item.iconPath = new vscode.ThemeIcon('debug-pause');
  item.contextValue = 'unfinished';
  item.tooltip = t('The download of {0} was stopped. It can go on from where it was.', id);
  item.accessibilityInformation = { label: `${id}, ${item.description}` };
  return item;
}

function modelItem({ model, use }: ModelNode): vscode.TreeItem {
  const { t } = vscode.l10n;
  const { bytes, id, name, origin, problem, variant } = model;
  const state = stateOf(use);
  const item = new vscode.TreeItem(name);
  item.id = id;
  const details = [
    // A plain name says nothing of the weights but on the hub.
    ...(variant === null || (variant === '' && origin !== 'hub') ? [] : [variantLabel(variant)]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(problem === null ? [] : [t('cannot be read')]),
    ...(state === '' ? [] : [state]),
  ];
  item.description = details.join(' · ');
  item.iconPath = iconOf(model, use);
  item.contextValue = ['model', origin, ...(model.usable && !use.inForce ? ['usable'] : [])].join(' ');
  item.tooltip = tooltipOf(model, state);
  item.accessibilityInformation = { label: [name, ...details].join(', ') };
  return item;
}

/** Whether a model is in use and loaded, and where. */
function stateOf({ devices, inForce }: ModelUse): string {
  const { t } = vscode.l10n;
  const where = devices.join(', ');
  if (inForce) return where === '' ? t('in use') : t('in use on {0}', where);
  return where === '' ? '' : t('loaded on {0}', where);
}

function iconOf({ origin, problem }: LibraryModel, { devices, inForce }: ModelUse): vscode.ThemeIcon {
  if (problem !== null) return new vscode.ThemeIcon('warning');
  if (inForce) return new vscode.ThemeIcon('pass-filled');
  if (devices.length > 0) return new vscode.ThemeIcon('circle-filled');
  return new vscode.ThemeIcon({ builtIn: 'package', folder: 'folder', hub: 'cloud' }[origin]);
}

/** As text: names of files and folders are anybody's. */
function tooltipOf({ architecture, bytes, name, path, problem, task }: LibraryModel, state: string): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const tasks = { reading: t('reads'), translation: t('translates'), continuation: t('writes on') };
  const lines = [
    name,
    [...(architecture === null ? [] : [architecture]), ...(task === null ? [] : [tasks[task]]), ...(bytes === null ? [] : [formatBytes(bytes)])].join(' · '),
    problem ?? state,
    path,
  ];
  const tooltip = new vscode.MarkdownString();
  for (const line of lines.filter(Boolean)) tooltip.appendText(line).appendMarkdown('\n\n');
  return tooltip;
}
