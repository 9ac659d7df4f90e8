import * as vscode from 'vscode';
import type { FoundPlace } from './places';

export const senseSearchViewId = 'headlight.senseSearch';

/** What a search found, and how it is named. */
export interface SenseResults {
  /** The likest first. */
  readonly places: readonly FoundPlace[];
  /** Of the search: the word. */
  readonly title: string;
  /** What was looked for, how many there are and by which model, in a sentence or two. */
  readonly message: string;
  /** Whether they are words of other forms, which are named. */
  readonly others: boolean;
}

/** The places of one file. */
interface FileGroup {
  readonly uri: vscode.Uri;
  readonly places: readonly FoundPlace[];
}

type Node = FileGroup | FoundPlace;

/** The results of a search by sense as a tree: by rank, or by file. */
export class ResultsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private results: SenseResults | null = null;

  constructor(private byFile: boolean) {
    this.view = vscode.window.createTreeView(senseSearchViewId, { treeDataProvider: this, showCollapseAll: true });
    this.tell();
  }

  /** Shows results and brings the view into sight. */
  async show(results: SenseResults): Promise<void> {
    this.results = results;
    this.tell();
    await vscode.commands.executeCommand('setContext', 'headlight.senseSearchShown', true);
    await vscode.commands.executeCommand(`${senseSearchViewId}.focus`);
  }

  async clear(): Promise<void> {
    this.results = null;
    this.tell();
    await vscode.commands.executeCommand('setContext', 'headlight.senseSearchShown', false);
  }

  group(byFile: boolean): void {
    this.byFile = byFile;
    this.tell();
  }

  getChildren(node?: Node): Node[] {
    if (node) return 'places' in node ? [...node.places] : [];
    const places = this.results?.places ?? [];
    if (!this.byFile) return [...places];
    const files = new Map<string, FoundPlace[]>();
    for (const place of places) {
      const known = files.get(place.key);
      if (known) known.push(place);
      else files.set(place.key, [place]);
    }
    return [...files].map(([key, own]) => ({ uri: vscode.Uri.parse(key), places: own }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return 'places' in node ? fileItem(node) : placeItem(node, this.byFile, this.results?.others ?? false);
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'headlight.senseSearchByFile', this.byFile);
    void vscode.commands.executeCommand('setContext', 'headlight.senseSearchOthers', this.results?.others ?? false);
    this.view.description = this.results?.title ?? '';
    // A message that is not there is undefined, which the type leaves out.
    this.view.message = this.results?.message ?? '';
    this.changed.fire();
  }
}

function fileItem({ places, uri }: FileGroup): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded);
  item.description = t('{0} × · up to {1}', places.length, places[0]!.similarity.toFixed(2));
  item.tooltip = vscode.workspace.asRelativePath(uri);
  return item;
}

function placeItem(place: FoundPlace, byFile: boolean, others: boolean): vscode.TreeItem {
  const { t } = vscode.l10n;
  const uri = vscode.Uri.parse(place.key);
  const path = vscode.workspace.asRelativePath(uri);
  const line = place.line + 1;
  const similarity = place.similarity.toFixed(2);
  // First, as the side bar cuts off what does not fit.
  const lead = `${similarity} `;
  const [from, to] = place.highlight;
  const item = new vscode.TreeItem({ label: lead + place.preview, highlights: [[lead.length + from, lead.length + to]] });
  const where = byFile ? t('line {0}', line) : `${path.split('/').at(-1)}:${line}`;
  item.description = [...(others ? [place.word] : []), where].join(' · ');
  item.tooltip = t('{0}\n\nUsed alike: {1} (cosine) · {2}, line {3}', place.preview, similarity, path, line);
  item.accessibilityInformation = { label: t('{0}, used alike by {1}, {2}, line {3}', place.preview, similarity, path, line) };
  item.command = { command: 'headlight.senseSearch.open', title: t('Open'), arguments: [place.key, place.start, place.end, place.word] };
  return item;
}
