import * as vscode from 'vscode';
import type { Attended, KeptToken } from '../../panel/contract';
import { MarkTypes } from '../marks/markTypes';
import type { ShownSource } from '../panel/shownSource';
import { shadesDocument } from '../settings';
import { decorationsOf, type Look } from './decorations';
import { FollowedWords } from './followedWords';
import { attendedStyles } from './styles';

/** How long typing has to rest before the text is read anew, in ms. */
const idle = 600;

/** Shades, in every visible editor of a document, the words that the token kept in the attention view attends to. */
export class AttendedWords implements vscode.Disposable {
  private readonly types = new MarkTypes<Look>(attendedStyles);
  private readonly subscriptions: vscode.Disposable[];
  private followed: FollowedWords | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** Whether the reader has cleared what the view, hidden perhaps, has not let go yet. */
  private released = false;
  private toldContext = false;

  /**
   * @param reread asks for the text as it reads now; the token, if it is still there, is to be kept
   * @param release lets the token go in the view
   */
  constructor(
    private readonly reread: (kept: KeptToken | null) => void,
    private readonly release: () => void,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => { this.draw(); }),
      vscode.window.onDidChangeActiveTextEditor(() => { this.tellContext(); }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.isOf(document)) this.edited(contentChanges);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (this.isOf(document)) this.clear();
      }),
    ];
  }

  /** The token that is kept where it stands now; null where none is, or it was deleted. */
  get kept(): KeptToken | null {
    return this.followed?.kept ?? null;
  }

  /** Takes in what the view says; an answer about a text that is no longer shown is left aside. */
  show(attended: Attended | null, shown: ShownSource | null): void {
    if (!attended) {
      this.clear();
      return;
    }
    if (this.released) {
      this.release();
      return;
    }
    if (shown?.uri !== attended.uri || shown.subject.source.version !== attended.version) return;
    const { kept, words } = attended;
    const now: Attended = {
      ...attended,
      kept: { side: kept.side, range: kept.range && shown.inDocument(kept.range) },
      words: words.map((word) => ({ ...word, ...shown.inDocument(word) })),
    };
    this.followed = new FollowedWords(now, shown.parts(), shown.touched);
    this.draw();
    this.refreshWhenIdle();
  }

  /** Shades nothing until the view says so. */
  clear(): void {
    clearTimeout(this.timer);
    this.followed = null;
    this.released = false;
    this.draw();
  }

  /** Shades nothing, and lets the token go in the view. */
  dismiss(): void {
    const shown = this.followed !== null;
    this.clear();
    this.released = shown;
    this.release();
  }

  /** Draws what is to be seen now, or nothing where the setting says so. */
  draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const marks = this.followed && this.showsIn(editor) ? decorationsOf(this.followed, editor.document.getText(), vscode.l10n.t) : [];
      this.types.apply(editor, marks);
    }
    this.tellContext();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions, this.types).dispose();
  }

  private edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.followed?.edited(changes);
    // VS Code moves what is drawn by itself, but not what is still on its way to a window in which somebody types on.
    this.draw();
    this.refreshWhenIdle();
  }

  private refreshWhenIdle(): void {
    clearTimeout(this.timer);
    if (!this.followed?.stale) return;
    this.timer = setTimeout(() => {
      if (shadesDocument()) this.reread(this.kept);
    }, idle);
  }

  /** For the key that clears. */
  private tellContext(): void {
    const active = vscode.window.activeTextEditor;
    const shown = active !== undefined && this.showsIn(active);
    if (shown === this.toldContext) return;
    this.toldContext = shown;
    void vscode.commands.executeCommand('setContext', 'headlight.attendedShown', shown);
  }

  private showsIn({ document }: vscode.TextEditor): boolean {
    return shadesDocument() && this.isOf(document);
  }

  private isOf(document: vscode.TextDocument): boolean {
    return this.followed?.attended.uri === document.uri.toString();
  }
}
