import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { Surprise } from '../../lenses/predictions/surpriseContract';
import type { TextRange } from '../../text/range';
import { offCount } from '../../lenses/whatIf/describe';
import type { ActiveText } from '../commands/activeText';
import type { EngineHost } from '../engineHost';
import { withProgress } from '../progress';
import { OffsetMap } from '../source/offsetMap';
import type { Switchboard } from '../whatIf/switchboard';
import { type SurpriseLevel, surpriseLevelOf, surpriseLevels } from './surpriseLevel';
import { legend, meanText, wordMessage } from './surpriseTexts';

const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(`headlight.${name}`);

/** Longest text that is read at once, in characters: minutes of work. */
const longestText = 500_000;
/** What is read on either side of a selection, in characters: more than the model's view. */
const contextAround = 2000;
const expectedWords = 5;
/** Where shades cannot be told from the background, as in high contrast, a line below the word is thicker instead. */
const underlines = { 1: '1px', 2: '2px', 3: '4px', 4: '6px' } as const;

/** A mark's look: a level, none for an expected word, or what is left of either after an edit. */
type Look = SurpriseLevel | 'expected' | 'stale';

/** What is shaded, and where it lies now. */
interface Shown {
  readonly document: vscode.TextDocument;
  readonly surprise: Surprise;
  /** How much of the model was off. */
  readonly off: number;
  readonly moves: OffsetMap;
  /** The part that was read. */
  readonly within: TextRange;
  stale: boolean;
}

/** Shades every word of a document, or of a selection, by how much of a surprise it is to the model. */
export class SurpriseMarks implements vscode.Disposable {
  private types: ReadonlyMap<Look, vscode.TextEditorDecorationType> | null = null;
  private item: vscode.StatusBarItem | null = null;
  private shown: Shown | null = null;
  private toldContext = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly engine: EngineHost,
    private readonly switchboard: Switchboard,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => { this.draw(); }),
      vscode.window.onDidChangeActiveTextEditor(() => { this.tell(); }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (!this.shown || contentChanges.length === 0 || document !== this.shown.document) return;
        const touched = this.shown.moves.apply(contentChanges, [this.shown.within]);
        if (!touched) return;
        this.shown.stale = true;
        this.draw();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.shown?.document) this.clear();
      }),
    ];
  }

  /**
   * Shades the selection, or the whole document where nothing is selected.
   * @throws HeadlightError `empty-text`, `text-too-long`, or what the engine says
   */
  async shade({ document, selections: [first] }: ActiveText): Promise<void> {
    const text = document.getText();
    const within = first.end > first.start ? first : { start: 0, end: text.length };
    if (within.end - within.start > longestText) {
      throw new HeadlightError(
        'text-too-long',
        `The text has ${(within.end - within.start).toLocaleString('en')} characters, more than ${longestText.toLocaleString('en')}. Select a part of it.`,
      );
    }
    const from = Math.max(0, within.start - contextAround);
    const read = text.slice(from, within.end + contextAround);
    const inside = { start: within.start - from, end: within.end - from };
    const switches = this.switchboard.of();
    const moves = new OffsetMap();
    let stale = false;
    const edits = vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.document === document) stale = moves.apply(change.contentChanges, [within]) || stale;
    });
    try {
      const answer = await withProgress(vscode.l10n.t('masking each word'), (options) =>
        this.engine.call('predictions/surprise', { text: read, within: inside, top: expectedWords }, { ...options, lane: 'command/surprise', switches }),
      );
      const words = answer.words.map((word) => ({ ...word, start: word.start + from, end: word.end + from }));
      this.shown = { document, surprise: { ...answer, words }, off: offCount(switches), moves, within, stale };
    } finally {
      edits.dispose();
    }
    this.draw();
  }

  /** Shades anew what is shaded, as it reads now. */
  async again(): Promise<void> {
    if (!this.shown) return;
    const { document, moves, within } = this.shown;
    await this.shade({ document, selections: [moves.forward(within)] });
  }

  clear(): void {
    this.shown = null;
    this.draw();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, ...(this.types?.values() ?? [])).dispose();
    this.item?.dispose();
  }

  private draw(): void {
    if (this.shown) this.types ??= new Map(styles().map(([look, style]) => [look, vscode.window.createTextEditorDecorationType(style)]));
    for (const editor of vscode.window.visibleTextEditors) {
      const marks = this.shown?.document === editor.document ? marksOf(this.shown) : null;
      for (const [look, type] of this.types ?? []) editor.setDecorations(type, marks?.get(look) ?? []);
    }
    this.tell();
  }

  /** The status bar item with the legend, and the context of the key that clears. */
  private tell(): void {
    const { shown } = this;
    const isActive = shown !== null && vscode.window.activeTextEditor?.document === shown.document;
    if (isActive !== this.toldContext) {
      this.toldContext = isActive;
      void vscode.commands.executeCommand('setContext', 'headlight.surpriseShown', isActive);
    }
    if (!isActive) {
      this.item?.hide();
      return;
    }
    const { t } = vscode.l10n;
    this.item ??= vscode.window.createStatusBarItem('surprise', vscode.StatusBarAlignment.Right, 99);
    const { off, surprise, stale } = shown;
    const label = off > 0 ? t('{0}, with {1} off', meanText(surprise, t), off) : meanText(surprise, t);
    this.item.name = t('Headlight: Surprise');
    this.item.text = `$(pulse) ${stale ? t('{0}, before your edit', label) : label}`;
    const tooltip = new vscode.MarkdownString(legend(surprise, stale, t), true);
    tooltip.supportHtml = true;
    tooltip.isTrusted = { enabledCommands: ['headlight.clearSurprise', 'headlight.shadeSurpriseAgain'] };
    this.item.tooltip = tooltip;
    this.item.command = stale ? 'headlight.shadeSurpriseAgain' : 'headlight.clearSurprise';
    this.item.accessibilityInformation = { label: t('Surprise of the shaded text: {0}', label) };
    this.item.show();
  }
}

function marksOf({ document, moves, off, stale, surprise }: Shown): ReadonlyMap<Look, vscode.DecorationOptions[]> {
  const marks = new Map<Look, vscode.DecorationOptions[]>();
  for (const word of surprise.words) {
    const { start, end } = moves.forward(word);
    if (end === start) continue;
    const level = surpriseLevelOf(word.bits);
    const look = level === null ? 'expected' : stale ? 'stale' : level;
    const options = {
      range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      hoverMessage: new vscode.MarkdownString(wordMessage(word, { stale, off }, vscode.l10n.t), true),
    };
    const others = marks.get(look);
    if (others) others.push(options);
    else marks.set(look, [options]);
  }
  return marks;
}

function styles(): [Look, vscode.DecorationRenderOptions][] {
  const shared = { rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed };
  const ruler = { overviewRulerColor: color('surpriseMark'), overviewRulerLane: vscode.OverviewRulerLane.Right };
  return [
    ['expected', shared],
    ['stale', { ...shared, borderColor: color('surpriseMark'), borderStyle: 'dashed', borderWidth: '0 0 1px 0' }],
    ...surpriseLevels.map((level): [Look, vscode.DecorationRenderOptions] => [
      level,
      {
        ...shared,
        ...(level > 2 ? ruler : {}),
        backgroundColor: color(`surpriseBackground${level}`),
        borderColor: color('surpriseUnderline'),
        borderStyle: 'solid',
        borderWidth: `0 0 ${underlines[level]} 0`,
        borderRadius: '2px 2px 0 0',
      },
    ]),
  ];
}
