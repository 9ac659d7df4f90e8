import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../../errors';
import type { WordInDocument } from '../../panel/contract';
import type { TextRange } from '../../text/range';
import type { EngineHost } from '../engineHost';
import { failureMessage } from '../failures';
import { signalOf } from '../progress';
import { hoverSettings } from '../settings';
import { chosenWord } from '../source/chosenWord';
import { wordInText } from '../source/documentSource';
import { failureLine, hoverCard } from './card';
import { commandLinks } from './commandLinks';
import { inComment, isProse } from './comments';
import { paletteFor, type ThemeKind } from './palette';

/** Documents that are read: files wherever they lie, and texts that were never saved. */
export const hoverSelector: vscode.DocumentSelector = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-notebook-cell'].map(
  (scheme) => ({ scheme }),
);

/** Substitutes on a card. */
const cardSubstitutes = 5;

/** Shows, for the word pointed at or selected, what else could stand there and what it means elsewhere. */
export class HoverProvider implements vscode.HoverProvider {
  /** The latest word's occurrences: pointing at it again needs no second search. */
  private latest: { readonly key: string; readonly word: WordInDocument | null } | null = null;

  constructor(
    private readonly engine: EngineHost,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const settings = hoverSettings();
    if (!settings.enabled) return null;
    const range = wordUnder(document, position, settings.onlyOnSelection);
    const word = range && this.occurrences(document, range, settings.maxOccurrences);
    if (!range || !word) return null;
    const started = Date.now();
    const markdown = await this.card(document, range, word, signalOf(token));
    if (markdown === null) return null;
    this.log.debug(`hover ${Date.now() - started} ms`);
    const content = new vscode.MarkdownString(markdown, true);
    content.supportHtml = true;
    content.isTrusted = { enabledCommands: commandLinks };
    return new vscode.Hover(content, new vscode.Range(document.positionAt(range.start), document.positionAt(range.end)));
  }

  private async card(
    document: vscode.TextDocument,
    range: TextRange,
    { word, occurrences, current, total }: WordInDocument,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { t } = vscode.l10n;
    try {
      const senses = await this.engine.call(
        'senses/group',
        {
          word,
          occurrences: occurrences.map(({ sentence, start, end }) => ({ sentence, start, end })),
          current,
          top: cardSubstitutes,
        },
        { lane: 'hover', signal },
      );
      const subject = {
        senses,
        current,
        lines: occurrences.map(({ line }) => line),
        total,
        range: { uri: document.uri.toString(), ...range },
      };
      return hoverCard(subject, paletteFor(themeKind()), t);
    } catch (error) {
      // What the model does not know is no failure of a card that nobody asked for.
      const quiet = isCancelled(error) || (error instanceof HeadlightError && error.code === 'only-unknown-characters');
      return quiet ? null : failureLine(failureMessage(error), t);
    }
  }

  private occurrences(document: vscode.TextDocument, range: TextRange, limit: number): WordInDocument | null {
    const key = [document.uri.toString(), document.version, range.start, range.end, limit].join(' ');
    if (this.latest?.key !== key) this.latest = { key, word: wordInText(document.getText(), range, limit) };
    return this.latest.word;
  }
}

/** The selected word where the pointer is in it, else the word pointed at; in code, only inside a comment. */
function wordUnder(document: vscode.TextDocument, position: vscode.Position, onlyOnSelection: boolean): TextRange | null {
  const line = document.lineAt(position.line);
  if (!isProse(document.languageId) && !inComment(document.languageId, line.text.slice(0, position.character))) return null;
  const text = document.getText();
  const selected = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap(({ selections }) => selections)
    .find((selection) => !selection.isEmpty && selection.contains(position));
  const range = selected && chosenWord(text, { start: document.offsetAt(selected.start), end: document.offsetAt(selected.end) });
  if (range) return range;
  if (onlyOnSelection) return null;
  const offset = document.offsetAt(position);
  return chosenWord(text, { start: offset, end: offset });
}

function themeKind(): ThemeKind {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.Dark:
      return 'dark';
    case vscode.ColorThemeKind.HighContrast:
      return 'highContrastDark';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
  }
}
