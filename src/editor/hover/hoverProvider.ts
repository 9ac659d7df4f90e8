import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../../errors';
import type { Senses } from '../../lenses/senses/contract';
import type { NearWord } from '../../lenses/vectors/nearestContract';
import { offCount } from '../../lenses/whatIf/describe';
import { inContext, type Occurrences } from '../../text/occurrences';
import type { TextRange } from '../../text/range';
import type { WordInDocument } from '../../panel/contract';
import type { EngineHost } from '../engineHost';
import { failureMessage } from '../failures';
import { signalOf } from '../progress';
import { type HoverSettings, hoverSettings } from '../settings';
import { chosenWord } from '../source/chosenWord';
import { wordInText } from '../source/documentSource';
import type { Switchboard } from '../whatIf/switchboard';
import { comparesOccurrences, failureLine, hoverCard } from './card';
import { commandLinks } from './commandLinks';
import { readingTime, searchReach } from './limits';
import { paletteFor, type ThemeKind } from './palette';
import type { ReadAhead } from './readAhead';
import { holds, type ReadableText, type ReadableTexts } from './readableText';

/** Every document, wherever it lies: files, untitled and virtual ones, cells of notebooks, either side of a comparison. */
export const hoverSelector: vscode.DocumentSelector = { scheme: '*' };

/** Substitutes, and static neighbours, on a card. */
const cardWords = 4;

type FoundWord = WordInDocument & Occurrences;

/** Shows, for the word pointed at or selected, what else could stand there and what it means elsewhere. */
export class HoverProvider implements vscode.HoverProvider {
  /** The latest word's occurrences: pointing at it again needs no second search. */
  private latest: { readonly key: string; readonly word: FoundWord | null } | null = null;

  constructor(
    private readonly engine: EngineHost,
    private readonly texts: ReadableTexts,
    private readonly readAhead: ReadAhead,
    private readonly switchboard: Switchboard,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const started = performance.now();
    const settings = hoverSettings();
    const readable = settings.enabled ? this.texts.around(document, document.offsetAt(position)) : null;
    const range = readable && wordUnder(document, readable, position, settings.onlyOnSelection);
    const word = range && this.occurrences(document, readable, range, settings.maxOccurrences);
    if (!range || !word) return null;
    const searched = performance.now();
    const markdown = await this.card(document, range, word, settings, signalOf(token));
    if (markdown === null) return null;
    this.log.debug(`hover ${Math.round(performance.now() - started)} ms, of which the search ${Math.round(searched - started)} ms`);
    const content = new vscode.MarkdownString(markdown, true);
    content.supportHtml = true;
    content.isTrusted = { enabledCommands: commandLinks };
    return new vscode.Hover(content, new vscode.Range(document.positionAt(range.start), document.positionAt(range.end)));
  }

  private async card(
    document: vscode.TextDocument,
    range: TextRange,
    found: FoundWord,
    { show }: HoverSettings,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { t } = vscode.l10n;
    // Nobody needs the others for what stands here alone.
    const compares = comparesOccurrences(show);
    const word = compares ? found : { ...found, occurrences: [found.occurrences[found.current]!], current: 0 };
    try {
      const [staticNeighbours, senses] = await Promise.all([
        show.includes('staticNeighbours') ? this.staticNeighbours(word.word, signal) : undefined,
        compares || show.includes('substitutes') || show.includes('meaning') ? this.senses(word, signal) : null,
      ]);
      if (senses && senses.left > 0) this.readAhead.finish(word);
      const subject = {
        word: word.word,
        parts: show,
        senses,
        off: offCount(this.switchboard.of()),
        ...(staticNeighbours === undefined ? {} : { staticNeighbours }),
        current: word.current,
        lines: word.occurrences.map(({ line }) => line),
        total: word.total,
        hasMore: word.hasMore,
        range: { uri: document.uri.toString(), ...range },
      };
      return hoverCard(subject, paletteFor(themeKind()), t);
    } catch (error) {
      // What the model does not know is no failure of a card that nobody asked for.
      const quiet = isCancelled(error) || (error instanceof HeadlightError && error.code === 'only-unknown-characters');
      return quiet ? null : failureLine(failureMessage(error), t);
    }
  }

  private senses({ word, occurrences, current }: WordInDocument, signal: AbortSignal): Promise<Senses> {
    const request = {
      word,
      occurrences: occurrences.map(inContext),
      current,
      top: cardWords,
      // Who has waited for a model to load waits a moment more for a whole card.
      ...(this.engine.model ? { within: readingTime } : {}),
    };
    return this.engine.call('senses/group', request, { lane: 'hover', signal, switches: this.switchboard.of() });
  }

  /** By the built-in static vectors, a look-up for which any processor is quick enough. */
  private async staticNeighbours(word: string, signal: AbortSignal): Promise<readonly NearWord[] | null> {
    const options = { lane: 'hover static', signal, model: 'static', device: 'cpu' } as const;
    const { words } = await this.engine.call('vectors/nearest', { word, top: cardWords }, options);
    return words;
  }

  private occurrences(document: vscode.TextDocument, { text, within }: ReadableText, range: TextRange, limit: number): FoundWord | null {
    const key = [document.uri.toString(), document.version, range.start, range.end, limit].join(' ');
    if (this.latest?.key !== key) {
      this.latest = { key, word: wordInText(text, range, limit, { reach: searchReach, ...(within ? { within } : {}) }) };
    }
    return this.latest.word;
  }
}

/** The selected word where the pointer is in it, else the word pointed at; in code, only in a comment or string. */
function wordUnder(
  document: vscode.TextDocument,
  readable: ReadableText,
  position: vscode.Position,
  onlyOnSelection: boolean,
): TextRange | null {
  const { text } = readable;
  const selected = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap(({ selections }) => selections)
    .find((selection) => !selection.isEmpty && selection.contains(position));
  const offset = document.offsetAt(position);
  const range =
    (selected && chosenWord(text, { start: document.offsetAt(selected.start), end: document.offsetAt(selected.end) })) ??
    (onlyOnSelection ? null : chosenWord(text, { start: offset, end: offset }));
  return range && holds(readable, range) ? range : null;
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
