import * as vscode from 'vscode';
import type { TextRange } from '../../text/range';

/** A marked range of the document, and what is said about it as Markdown. */
export interface Mark<Look> extends TextRange {
  readonly look: Look;
  readonly message: string;
}

/** The decoration types of VS Code for each look, made when first drawn. */
export class MarkTypes<Look> implements vscode.Disposable {
  private types: ReadonlyMap<Look, vscode.TextEditorDecorationType> | null = null;
  /** Looks that an editor shows. */
  private readonly shown = new WeakMap<vscode.TextEditor, ReadonlySet<Look>>();

  constructor(private readonly styles: () => readonly (readonly [Look, vscode.DecorationRenderOptions])[]) {}

  /** Shows these marks in an editor, in place of those before. */
  apply(editor: vscode.TextEditor, marks: readonly Mark<Look>[]): void {
    if (marks.length === 0 && !this.types) return;
    this.types ??= new Map(this.styles().map(([look, style]) => [look, vscode.window.createTextEditorDecorationType(style)]));
    const { document } = editor;
    const before = this.shown.get(editor);
    this.shown.set(editor, new Set(marks.map(({ look }) => look)));
    for (const [look, type] of this.types) {
      if (!before?.has(look) && !this.shown.get(editor)!.has(look)) continue;
      const own = marks.filter((mark) => mark.look === look).map(({ start, end, message }): vscode.DecorationOptions => ({
        range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
        hoverMessage: new vscode.MarkdownString(message, true),
      }));
      editor.setDecorations(type, own);
    }
  }

  dispose(): void {
    this.types?.forEach((type) => { type.dispose(); });
    this.types = null;
  }
}
