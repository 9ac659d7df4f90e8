import * as vscode from 'vscode';
import type { Decoration, Look } from './decorations';
import { strengths } from './strength';

const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(`headlight.${name}`);

/** Where shades cannot be told from the background, as in high contrast, a line below the word is thicker instead. */
const underlines = { 1: '1px', 2: '2px', 3: '3px', 4: '4px', 5: '6px' } as const;

/**
 * One style for each look. Shades and underlines are colours of their own, since a decoration has no opacity: themes
 * make either transparent.
 */
function styles(): [Look, vscode.DecorationRenderOptions][] {
  const { Left, Center } = vscode.OverviewRulerLane;
  const shared = { rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed };
  const mark = { ...shared, overviewRulerColor: color('attendedMark'), overviewRulerLane: Center };
  const keptMark = { ...shared, overviewRulerColor: color('keptBorder'), overviewRulerLane: Left };
  const kept = { ...keptMark, borderColor: color('keptBorder'), borderWidth: '2px', borderRadius: '3px' };
  return [
    ...strengths.map((strength): [Look, vscode.DecorationRenderOptions] => [
      strength,
      {
        ...mark,
        backgroundColor: color(`attendedBackground${strength}`),
        borderColor: color('attendedUnderline'),
        borderStyle: 'solid',
        borderWidth: `0 0 ${underlines[strength]} 0`,
        borderRadius: '2px 2px 0 0',
      },
    ]),
    ['stale', { ...mark, borderColor: color('attendedMark'), borderStyle: 'dashed', borderWidth: '1px', borderRadius: '2px' }],
    ['kept', { ...kept, borderStyle: 'solid' }],
    ['keptStale', { ...kept, borderStyle: 'dashed' }],
  ];
}

/** The decoration types of VS Code for each look, made when first drawn. */
export class DecorationTypes implements vscode.Disposable {
  private types: ReadonlyMap<Look, vscode.TextEditorDecorationType> | null = null;
  /** Looks that an editor shows. */
  private readonly shown = new WeakMap<vscode.TextEditor, ReadonlySet<Look>>();

  /** Shows these marks in an editor, in place of those before. */
  apply(editor: vscode.TextEditor, marks: readonly Decoration[]): void {
    if (marks.length === 0 && !this.types) return;
    this.types ??= new Map(styles().map(([look, style]) => [look, vscode.window.createTextEditorDecorationType(style)]));
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
