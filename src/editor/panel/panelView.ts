import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { CallOptions, LensMethod, LensResult } from '../../lenses/calls';
import type { AskedAbout, DriftedHead, EditorNotifications, HeadOfPair, KeptToken, LensName, PanelCommand, PanelNotifications, PanelRequests, Subject, WrittenText } from '../../panel/contract';
import { AttendedWords } from '../attended/attendedWords';
import type { EngineHost } from '../engineHost';
import { EvidenceWords } from '../evidence/evidenceWords';
import { showFailure } from '../failures';
import type { KnownModels } from '../knownModels';
import { wordNow } from '../occurrences/wordNow';
import { withProgress } from '../progress';
import { panelSettings } from '../settings';
import type { Switchboard } from '../whatIf/switchboard';
import { namedModel } from './namedModel';
import type { PanelConnection, PanelHost } from './panelConnection';
import { rememberedSource } from './rememberedSource';
import { rereadSubject } from './rereadSubject';
import { ShownSource } from './shownSource';

export const panelViewId = 'headlight.panel';

/** Commands of the editor that stand behind the panel's. */
const commands: Record<PanelCommand, () => Thenable<unknown>> = {
  restartEngine: () => vscode.commands.executeCommand('headlight.restartEngine'),
  openSettings: () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:headlight.headlight'),
  openSample: () => vscode.commands.executeCommand('headlight.openLesson'),
  showLog: () => vscode.commands.executeCommand('headlight.showLog'),
  chooseModel: () => vscode.commands.executeCommand('headlight.chooseModel'),
};

/** The panel: a webview view that asks the engine through the editor, and follows the editor's text and selection. */
export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private view: vscode.WebviewView | null = null;
  private connection: PanelConnection | null = null;
  /** Files beside the shown document that a search for its word named; the panel may go there and nowhere else. */
  private found: ReadonlySet<string> = new Set();
  private shown: ShownSource | null = null;
  /** Title of the command that the panel's next call answers. */
  private pendingTitle: string | null = null;
  private selectionTimer: NodeJS.Timeout | undefined;
  /** The selection that the view was told of last. */
  private told: EditorNotifications['editor/selection'] = null;
  private readonly attended = new AttendedWords(
    (kept) => { this.reread(kept); },
    () => this.connection?.notify('editor/release', null),
  );
  private readonly evidence = new EvidenceWords(() => this.connection?.notify('editor/release', null));

  constructor(
    private readonly extension: vscode.Extension<unknown>,
    private readonly engine: EngineHost,
    private readonly models: KnownModels,
    private readonly switchboard: Switchboard,
    private readonly subjectFor: (lens: LensName, shown: ShownSource | null) => Promise<Subject>,
  ) {
    this.subscriptions.push(
      vscode.window.registerWebviewViewProvider(panelViewId, this),
      engine.onStatus((status) => this.connection?.notify('editor/status', status)),
      switchboard.onChange(() => { this.tellSwitches(); }),
      vscode.workspace.onDidChangeTextDocument((change) => {
        this.documentChanged(change);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.selectionChanged(textEditor);
      }),
    );
  }

  /** Opens the panel on a subject; `title` names the command for its progress. */
  async show(subject: Subject, title: string): Promise<void> {
    this.pendingTitle = title;
    this.setSubject(subject);
    await vscode.commands.executeCommand(`${panelViewId}.focus`, { preserveFocus: true });
  }

  /** Has the view in sight propose a check. @throws HeadlightError `nothing-masked` where none is */
  saveAsCheck(): void {
    if (!this.view?.visible || !this.connection) throw new HeadlightError('nothing-masked', vscode.l10n.t('Nothing is shown that could be a check. Open the attention of a text, or its predictions, and try again.'));
    this.connection.notify('editor/saveCheck', null);
  }

  /** Lets the token go that is kept in the attention view, and what is shaded for it. */
  clearAttended(): void {
    this.attended.dismiss();
  }

  /** Lets go of what words do for a class, and of what is shaded for it. */
  clearEvidence(): void {
    this.evidence.dismiss();
  }

  /** Whether words are shaded at all has changed. */
  shadingChanged(): void {
    this.attended.draw();
  }

  /** The settings that views start from have changed. */
  settingsChanged(): void {
    this.connection?.notify('editor/settings', panelSettings());
  }

  /** Another model or device is in force: what is shown is asked for again. */
  targetChanged(): void {
    this.tellSwitches();
    if (this.shown) this.tellSubject(this.shown);
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    // Loaded here and not with the extension, which has to activate in milliseconds.
    const { panelPage } = await import('./page');
    const { PanelConnection } = await import('./panelConnection');
    const { isMessage, isReady } = await import('./webviewTransport');
    const root = vscode.Uri.joinPath(this.extension.extensionUri, 'dist', 'webview');
    const { webview } = view;
    this.view = view;
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    webview.onDidReceiveMessage((message: unknown) => {
      if (!isMessage(message)) return;
      if (isReady(message)) {
        // A page that was hidden begins anew, and counts its requests from the start.
        this.connection?.dispose();
        this.told = null;
        this.connection = new PanelConnection((reply) => webview.postMessage(reply), this.host);
      }
      this.connection?.accept(message);
    });
    view.onDidDispose(() => {
      this.connection?.dispose();
      this.connection = null;
      this.view = null;
      this.attended.clear();
      this.evidence.clear();
    });
    webview.html = panelPage({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(root, 'main.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(root, 'main.css')).toString(),
      language: vscode.env.language,
    });
  }

  dispose(): void {
    clearTimeout(this.selectionTimer);
    this.attended.dispose();
    this.evidence.dispose();
    this.connection?.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private readonly host: PanelHost = {
    state: async (remembered) => {
      const before = this.shown ? null : await rememberedSource(remembered);
      this.shown ??= before;
      return { subject: this.shown?.subject ?? null, status: this.engine.status, settings: panelSettings(), switches: this.switchboard.state };
    },
    call: (method, request, options) => this.call(method, request, options),
    save: async (file) => {
      const { saveFile } = await import('./saveFile');
      return saveFile(file, this.shown?.uri ?? null);
    },
    savePage: async (view) => {
      const { savePage } = await import('./savePage');
      const { inModel } = view.asked;
      const switches = this.switchboard.of(inModel);
      const model = inModel === undefined ? undefined : await this.models.require(inModel);
      return savePage(view, this.shown?.uri ?? null, this.extension.extensionUri, (method, request, options) =>
        this.engine.call(method, request, { ...options, switches, ...(model !== undefined && { model }) }),
      );
    },
    saveCheck: async (proposed) => {
      const { saveCheck } = await import('../checks/saveCheck');
      const model = proposed?.inModel === undefined ? null : await this.models.require(proposed.inModel);
      return saveCheck(proposed, model, this.shown?.uri ?? null, this.engine);
    },
    copyLink: async (state) => {
      const { copyLink } = await import('../link/copyLink');
      return copyLink(state, this.shown, this.extension.id);
    },
    selectedText: async () => {
      const { selectedText } = await import('./selectedText');
      return selectedText();
    },
    controlSentence: async (request) => {
      const { controlSentence } = await import('./controlSentence');
      return controlSentence(request, this.shown);
    },
    documentText: async () => {
      const { documentText } = await import('./documentText');
      return documentText(this.shown);
    },
    insertBehind: async ({ text }) => {
      const { insertBehind } = await import('./insertBehind');
      return insertBehind(text, this.shown);
    },
    occurrences: async ({ scope }, options) => {
      const { occurrencesInScope } = await import('../occurrences/occurrencesInScope');
      const shown = this.shown;
      // What follows, the comparison of what was found, can be cancelled in the same way.
      this.pendingTitle = vscode.l10n.t('comparing occurrences');
      const found = await this.shownProgress(vscode.l10n.t('looking for occurrences'), options, (all) => occurrencesInScope(shown, scope, all));
      this.found = new Set(found.files.map(({ uri }) => uri));
      return found;
    },
    train: async (choices, options) => {
      const { trainingData, trainingSubject } = await import('../training/trainingSubject');
      const { document, name, text } = await trainingData(this.shown);
      // Offsets of the answer count in the document as it is now.
      if (this.shown?.changed) this.setSubject(trainingSubject(document));
      this.pendingTitle = null;
      const request = { ...choices, name, text, cache: this.engine.vectorFolder };
      return this.shownProgress(vscode.l10n.t('training a classifier'), options, (all) => this.engine.call('training/train', request, { ...all, lane: 'panel/train' }));
    },
    saveClassifier: async (classifier) => {
      const { saveModel } = await import('../training/saveModel');
      return saveModel(classifier, this.shown?.uri ?? null, this.engine, this.models);
    },
    models: () => this.models.list(),
    pickModel: async () => {
      const { pickModelFolder } = await import('../pickModelFolder');
      return pickModelFolder(this.models);
    },
    notified: {
      'panel/reveal': (value) => void this.reveal(value),
      'panel/attended': (attended) => { this.attended.show(attended, this.shown); },
      'panel/evidence': (evidence) => { this.evidence.show(evidence, this.shown); },
      'panel/openLens': ({ lens }) => void this.openLens(lens),
      'panel/openHead': (head) => void this.openHead(head),
      'panel/openWritten': (written) => void this.openWritten(written),
      'panel/switch': ({ model, off }) => { this.switchboard.set(off, model); },
      'panel/keepSwitches': ({ model, named }) => void this.switchboard.keep(named, model),
      'panel/openDrifted': (head) => void this.openDrifted(head),
      'panel/useModel': ({ id }) => void this.useModel(id),
      'panel/openOutcome': (asked) => void this.openOutcome(asked),
      'panel/command': ({ command }) => {
        if (Object.hasOwn(commands, command)) void commands[command]();
      },
    },
  };

  private async call<M extends LensMethod>(
    method: M,
    request: PanelRequests[M][0],
    options: Required<CallOptions>,
  ): Promise<LensResult<M>> {
    const { inModel, switches = this.switchboard.of(inModel) } = request;
    // What is asked to compare replaces no other question.
    const lane = `panel/${method}/${inModel ?? ''}${request.switches ? `/${JSON.stringify(switches)}` : ''}`;
    const model = await namedModel(request, this.models);
    const title = this.pendingTitle;
    this.pendingTitle = null;
    const ask = ({ signal, onProgress }: Required<CallOptions>): Promise<LensResult<M>> =>
      this.engine.call(method, request, { signal, onProgress, lane, switches, ...(model !== undefined && { model }) });
    if (title !== null) return this.shownProgress(title, options, ask);
    const asked = ask(options);
    void vscode.window.withProgress({ location: { viewId: panelViewId } }, () => asked.then(() => undefined, () => undefined));
    return asked;
  }

  private tellSwitches(): void {
    this.connection?.notify('editor/switches', this.switchboard.state);
  }

  /** Work whose progress the panel and, once it takes long, a notification shows, and which both can cancel. */
  private shownProgress<T>(title: string, options: Required<CallOptions>, work: (options: Required<CallOptions>) => Promise<T>): Promise<T> {
    return withProgress(title, (shown) =>
      work({
        signal: AbortSignal.any([options.signal, shown.signal]),
        onProgress: (progress) => {
          options.onProgress(progress);
          shown.onProgress(progress);
        },
      }),
    );
  }

  /** Shows the text that was edited as it reads now, without a word of its own and without taking the focus. */
  private reread(kept: KeptToken | null): void {
    const subject = this.shown && rereadSubject(this.shown, kept);
    if (subject) this.setSubject(subject);
  }

  private setSubject(subject: Subject): void {
    if (subject.lens !== 'attention' || !subject.kept) this.attended.clear();
    this.evidence.clear();
    this.shown = new ShownSource(subject);
    this.tellSubject(this.shown);
  }

  /**
   * Shows a text, and at once what is selected in it: that must reach the view before the tokens do, or it would count
   * as a choice of the reader's and take the place of the token that a link keeps.
   */
  private tellSubject(shown: ShownSource): void {
    this.connection?.notify('editor/show', shown.subject);
    this.told = null;
    clearTimeout(this.selectionTimer);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === shown.uri);
    if (editor) this.tellSelection(shown, editor);
  }

  private async openLens(lens: LensName): Promise<void> {
    try {
      const subject = await this.subjectFor(lens, this.shown);
      const { kept } = this.attended;
      this.setSubject(subject.lens === 'attention' && kept ? { ...subject, kept } : subject);
    } catch (error) {
      await showFailure(error, () => this.openLens(lens));
    }
  }

  private async openHead(head: HeadOfPair): Promise<void> {
    try {
      const { headOfPair } = await import('./headOfPair');
      this.setSubject(await headOfPair(head, this.shown));
    } catch (error) {
      await showFailure(error, () => this.openHead(head));
    }
  }

  /** The model may be a folder that was named in the panel: only those that are listed are used. */
  private async useModel(id: string): Promise<void> {
    try {
      await vscode.commands.executeCommand('headlight.models.use', { model: { id: await this.models.require(id) } });
    } catch (error) {
      await showFailure(error, () => this.useModel(id));
    }
  }

  private async openWritten(written: WrittenText): Promise<void> {
    try {
      const { writtenText } = await import('./writtenText');
      this.setSubject(await writtenText(written, this.shown));
    } catch (error) {
      await showFailure(error, () => this.openWritten(written));
    }
  }

  private async openDrifted(head: DriftedHead): Promise<void> {
    try {
      const { driftedHead } = await import('./driftedHead');
      this.setSubject(await driftedHead(head, this.shown));
    } catch (error) {
      await showFailure(error, () => this.openDrifted(head));
    }
  }

  private async openOutcome(asked: AskedAbout): Promise<void> {
    try {
      const subject = await this.subjectFor('evidence', this.shown);
      if (subject.lens === 'evidence') this.setSubject({ ...subject, opened: { ...asked, id: randomUUID() } });
    } catch (error) {
      await showFailure(error, () => this.openOutcome(asked));
    }
  }

  private async reveal({ uri, start, end }: PanelNotifications['panel/reveal']): Promise<void> {
    const { shown } = this;
    if (uri !== shown?.uri && !this.found.has(uri)) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    const range =
      uri === shown?.uri ? shown.inDocument({ start, end })
      : shown?.subject.lens === 'senses' ? wordNow(document.getText(), shown.subject.word.word, { start, end })
      : { start, end };
    const selection = new vscode.Range(document.positionAt(range.start), document.positionAt(range.end));
    const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      selection,
      preserveFocus: true,
      preview: true,
      ...(open?.viewColumn === undefined ? {} : { viewColumn: open.viewColumn }),
    });
  }

  private documentChanged({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0 || this.shown?.uri !== document.uri.toString()) return;
    if (this.shown.edited(contentChanges)) {
      this.connection?.notify('editor/stale', { uri: this.shown.uri, version: document.version });
    }
  }

  private selectionChanged(editor: vscode.TextEditor): void {
    const { shown } = this;
    if (!shown || !this.view?.visible || shown.uri !== editor.document.uri.toString()) return;
    clearTimeout(this.selectionTimer);
    this.selectionTimer = setTimeout(() => { this.tellSelection(shown, editor); }, 50);
  }

  /** Editors report selections again that have not changed, when they come into sight: those are no news. */
  private tellSelection(shown: ShownSource, { document, selection }: vscode.TextEditor): void {
    const range = shown.inPanel({ start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) });
    const told = range && { uri: shown.uri, ...range };
    if (!this.connection || (told && isDeepStrictEqual(told, this.told))) return;
    this.told = told;
    this.connection.notify('editor/selection', told);
  }
}
