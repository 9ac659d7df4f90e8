import * as vscode from 'vscode';
import type { WordInDocument } from '../../panel/contract';
import type { TextRange } from '../../text/range';
import { wordRanges } from '../../text/words';
import type { EngineHost } from '../engineHost';
import { hoverSettings } from '../settings';
import { wordInText } from '../source/documentSource';
import type { Switchboard } from '../whatIf/switchboard';
import { inContext } from '../../text/occurrences';
import { comparesOccurrences } from './card';
import { searchReach } from './limits';
import { holds, type ReadableTexts } from './readableText';

/** How long typing, scrolling and questions have to rest before anything is read ahead, in ms. */
const idle = 700;
/** The same for what a card had no time for: the reader may look again at once. */
const soon = 50;
/** Fewer occurrences are read in time when the word is pointed at. */
const fewest = 3;
/** Occurrences read at once: a card that is asked for meanwhile waits that long. */
const atOnce = 2;
/** Bounds of what is read for one view of a document: occurrences, of which the engine remembers a thousand, and milliseconds. */
const mostOccurrences = 300;
const mostTime = 5000;
/** Most words of one view. */
const mostWords = 80;
/** Words of fewer letters are mostly function words. */
const shortestWord = 4;

/**
 * Reads words before they are pointed at, while the engine has nothing else to do: those in view that occur often, and what
 * there was no time for on a card. The engine remembers what it read. Nothing is read before a model has been used, so
 * that nobody who asks for nothing pays for it.
 */
export class ReadAhead implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private work: AbortController | null = null;
  private unfinished: WordInDocument | null = null;
  /** Words that were read, of one version of one document, with one model. */
  private done = { of: '', words: new Set<string>() };

  constructor(
    private readonly engine: EngineHost,
    private readonly texts: ReadableTexts,
    private readonly switchboard: Switchboard,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => { this.later(); }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) this.later();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document) this.later();
      }),
      // Somebody asked something, and has the answer: what gave way to it goes on.
      engine.onStatus(({ state }) => {
        if (state === 'ready') this.later();
      }),
    ];
  }

  /** Reads the occurrences of a word that its card had no time for. */
  finish(word: WordInDocument): void {
    this.unfinished = word;
    this.later();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.work?.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.work?.abort();
    this.timer = setTimeout(() => void this.start(), this.unfinished ? soon : idle);
  }

  private async start(): Promise<void> {
    const { enabled, onlyOnSelection, readAhead, show } = hoverSettings();
    if (!enabled || !comparesOccurrences(show) || !this.engine.model) return;
    this.work = new AbortController();
    const { signal } = this.work;
    if (this.unfinished) {
      if (!(await this.read(this.unfinished, signal))) return;
      this.unfinished = null;
    }
    const editor = vscode.window.activeTextEditor;
    if (readAhead && !onlyOnSelection && editor) await this.readView(editor, signal);
  }

  private async readView(editor: vscode.TextEditor, signal: AbortSignal): Promise<void> {
    const { document } = editor;
    const of = [document.uri.toString(), document.version, this.engine.model?.id, JSON.stringify(this.switchboard.of())].join(' ');
    if (this.done.of !== of) this.done = { of, words: new Set() };
    const { words: done } = this.done;
    const offset = document.offsetAt(editor.selection.active);
    const readable = this.texts.around(document, offset);
    if (!readable) return;
    const { text, within } = readable;
    const { maxOccurrences } = hoverSettings();
    const begin = Date.now();
    let occurrences = 0;
    let looked = 0;
    for (const range of inView(editor, text)) {
      const name = text.slice(range.start, range.end).toLowerCase();
      if (done.has(name) || !holds(readable, range)) continue;
      if (++looked > mostWords || occurrences >= mostOccurrences || Date.now() - begin > mostTime) return;
      // Each search takes a moment of the process in which everything else of the extension runs.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      const word = wordInText(text, range, maxOccurrences, { reach: searchReach, ...(within ? { within } : {}) });
      if (word && word.occurrences.length >= fewest) {
        occurrences += word.occurrences.length;
        if (!(await this.read(word, signal))) return;
      }
      done.add(name);
    }
  }

  /** @returns whether all of it was read; not when something else was asked meanwhile, or failed */
  private async read({ word, occurrences, current }: WordInDocument, signal: AbortSignal): Promise<boolean> {
    const nearest = [...occurrences.keys()].sort((a, b) => Math.abs(a - current) - Math.abs(b - current));
    for (let at = 0; at < nearest.length; at += atOnce) {
      const some = nearest.slice(at, at + atOnce).map((index) => inContext(occurrences[index]!));
      const read = this.engine.call('senses/group', { word, occurrences: some, top: 1 }, { background: true, signal, switches: this.switchboard.of() });
      if (!(await read.then(() => true, () => false))) return false;
    }
    return true;
  }
}

/** Words in view, those nearest to the cursor first; each as it stands nearest. */
function inView({ document, selection, visibleRanges }: vscode.TextEditor, text: string): TextRange[] {
  const cursor = document.offsetAt(selection.active);
  const words = visibleRanges.flatMap((range) => {
    const from = document.offsetAt(range.start);
    return wordRanges(text.slice(from, document.offsetAt(range.end))).map(({ start, end }) => ({ start: from + start, end: from + end }));
  });
  const nearest = words
    .filter(({ start, end }) => end - start >= shortestWord)
    .sort((a, b) => Math.abs(a.start - cursor) - Math.abs(b.start - cursor));
  const names = new Map(nearest.toReversed().map((range) => [text.slice(range.start, range.end).toLowerCase(), range]));
  return [...names.values()].reverse();
}
