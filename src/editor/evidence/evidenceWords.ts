import * as vscode from 'vscode';
import type { ShadedEvidence } from '../../panel/contract';
import type { TextRange } from '../../text/range';
import { MarkTypes } from '../marks/markTypes';
import type { ShownSource } from '../panel/shownSource';
import { OffsetMap } from '../source/offsetMap';
import { evidenceMarks, type Look } from './evidenceOf';
import { strengths } from './strength';

interface Shown {
  readonly evidence: ShadedEvidence;
  /** The text that was read. */
  readonly parts: readonly TextRange[];
  readonly moves: OffsetMap;
}

/** Shades, in every visible editor of a document, what its words do for the class in the classification view. */
export class EvidenceWords implements vscode.Disposable {
  private readonly types = new MarkTypes<Look>(styles);
  private readonly subscriptions: vscode.Disposable[];
  private shown: Shown | null = null;
  private toldContext = false;

  /** @param release lets the evidence go in the view */
  constructor(private readonly release: () => void) {
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

  /** Takes in what the view says; an answer about a text that is no longer shown, or was edited, is left aside. */
  show(evidence: ShadedEvidence | null, shown: ShownSource | null): void {
    const fits = evidence && shown?.uri === evidence.uri && shown.subject.source.version === evidence.version && !shown.touched;
    if (!fits) {
      this.clear();
      return;
    }
    const words = evidence.words.map((word) => ({ ...word, ...shown.inDocument(word) }));
    this.shown = { evidence: { ...evidence, words }, parts: shown.parts(), moves: new OffsetMap() };
    this.draw();
  }

  /** Shades nothing until the view says so. */
  clear(): void {
    this.shown = null;
    this.draw();
  }

  /** Shades nothing, and lets the evidence go in the view. */
  dismiss(): void {
    this.clear();
    this.release();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.types).dispose();
  }

  /** What a word does is true of the text that was read: an edit of it ends the shades, one beside it moves them. */
  private edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const { moves, parts } = this.shown!;
    if (moves.apply(changes, parts)) this.clear();
    else this.draw();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const marks = this.isOf(editor.document) ? this.marks(editor.document.getText()) : [];
      this.types.apply(editor, marks);
    }
    this.tellContext();
  }

  private marks(text: string): ReturnType<typeof evidenceMarks> {
    const { evidence, moves } = this.shown!;
    return evidenceMarks({ ...evidence, words: evidence.words.map((word) => ({ ...word, ...moves.forward(word) })) }, text, vscode.l10n.t);
  }

  /** For the key that clears. */
  private tellContext(): void {
    const active = vscode.window.activeTextEditor;
    const shown = active !== undefined && this.isOf(active.document);
    if (shown === this.toldContext) return;
    this.toldContext = shown;
    void vscode.commands.executeCommand('setContext', 'headlight.evidenceShown', shown);
  }

  private isOf(document: vscode.TextDocument): boolean {
    return this.shown?.evidence.uri === document.uri.toString();
  }
}

/** For and against are told by the line too: solid or dashed, the thicker the stronger. */
function styles(): [Look, vscode.DecorationRenderOptions][] {
  const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(`headlight.${name}`);
  return ([['for', 'For', 'solid'], ['against', 'Against', 'dashed']] as const).flatMap(([side, name, line]) =>
    strengths.map((strength): [Look, vscode.DecorationRenderOptions] => [
      `${side}${strength}`,
      {
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        backgroundColor: color(`evidence${name}Background${strength}`),
        borderColor: color(`evidence${name}Line`),
        borderStyle: line,
        borderWidth: `0 0 ${strength}px 0`,
        ...(strength === 3 && { overviewRulerColor: color(`evidence${name}Line`), overviewRulerLane: vscode.OverviewRulerLane.Center }),
      },
    ]),
  );
}
