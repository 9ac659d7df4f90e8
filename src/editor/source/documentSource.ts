import type * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import { pickLines, usualLines, type WantedLines } from '../../lenses/drift/pickLines';
import type { SentencePair, Source, SourceText, Subject, WordInDocument } from '../../panel/contract';
import { type Occurrences, occurrencesInContext, type Wanted } from '../../text/occurrences';
import type { TextRange } from '../../text/range';
import { chosenWord } from './chosenWord';
import { attentionPassage, maskedPassage, type SelectedPassage, sentencePair } from './selectedPassage';

/** A passage of a document as the panel takes it in. */
export function sourceOf(document: vscode.TextDocument, { first, second, selection }: SelectedPassage): Source {
  const text = document.getText();
  const part = ({ start, end }: TextRange): Source['first'] => ({ text: text.slice(start, end), offset: start });
  const lines = [first, ...(second ? [second] : [])].map(({ start }) => document.positionAt(start).line + 1);
  return {
    uri: document.uri.toString(),
    label: `${document.uri.path.split('/').at(-1) ?? document.fileName}:${[...new Set(lines)].join(', ')}`,
    version: document.version,
    first: part(first),
    ...(second ? { second: part(second) } : {}),
    selection: { start: selection.start - first.start, end: selection.end - first.start },
  };
}

/** The subject of the predictions lens at a selection. @throws HeadlightError `empty-text` */
export function predictionsSubject(document: vscode.TextDocument, selection: TextRange): Subject & { lens: 'predictions' } {
  const text = document.getText();
  const { mask, ...passage } = maskedPassage(text, selection);
  const { start } = passage.first;
  return {
    lens: 'predictions',
    source: sourceOf(document, passage),
    ...(mask ? { maskRange: { start: mask.start - start, end: mask.end - start } } : {}),
    sentences: pairOf(text, sentencePair(text, [selection])),
  };
}

/** The subject of the same lens for two sentences, in which nothing is masked. */
export function pairSubject(document: vscode.TextDocument, passage: SelectedPassage): Subject & { lens: 'predictions' } {
  return { lens: 'predictions', source: sourceOf(document, passage), sentences: pairOf(document.getText(), passage) };
}

/**
 * What outcomes can be measured of at a selection: its text or pair, the word there, and the sentence that follows.
 * @param limit occurrences of the word
 * @throws HeadlightError `empty-text`, `out-of-range` for more than two selections
 */
export function outcomeSubject(document: vscode.TextDocument, selections: readonly TextRange[], limit: number): Subject & { lens: 'evidence' } {
  const text = document.getText();
  const pair = sentencePair(text, selections);
  const chosen = attentionPassage(text, selections);
  const { mask, ...single } = maskedPassage(text, selections[0]!);
  const range = chosenWord(text, selections[0]!);
  const word = range && wordInText(text, range, limit);
  return {
    lens: 'evidence',
    source: sourceOf(document, chosen.second ? chosen : single),
    ...(mask && !chosen.second && { maskRange: { start: mask.start - single.first.start, end: mask.end - single.first.start } }),
    sentences: pairOf(text, pair),
    ...(word && { word }),
  };
}

function pairOf(text: string, { first, second }: SelectedPassage): SentencePair {
  const part = ({ start, end }: TextRange): SourceText => ({ text: text.slice(start, end), offset: start });
  return { first: part(first), ...(second && { second: part(second) }) };
}

/**
 * The subject of the senses lens for the word at a selection.
 * @throws HeadlightError `word-not-found` where no word is
 */
export function sensesSubject(document: vscode.TextDocument, selection: TextRange, limit: number): Subject & { lens: 'senses' } {
  const text = document.getText();
  const range = chosenWord(text, selection);
  const word = range && wordInText(text, range, limit);
  if (!range || !word) {
    throw new HeadlightError('word-not-found', 'There is no single word here. Put the cursor in a word or select one, and try again.');
  }
  return { lens: 'senses', source: sourceOf(document, { ...maskedPassage(text, range), selection: range }), word };
}

/**
 * The subject of the drift lens: the lines of a document, or of a part of it, that two models are compared on.
 * @param heldOut tells lines that were held out of training, where only those are meant
 * @throws HeadlightError `empty-text` where no line has text
 */
export function driftSubject(document: vscode.TextDocument, within: TextRange | null, heldOut: WantedLines['only'] | null = null): Subject & { lens: 'drift' } {
  const { lines, total } = pickLines(document.getText(), usualLines, { name: document.uri.path, within, ...(heldOut && { only: heldOut }) });
  const [first] = lines;
  if (!first) throw new HeadlightError('empty-text', 'There are no lines to compare two models on. Open a file with text, or select some of its lines, and try again.');
  const start = first.offset;
  const source = sourceOf(document, { first: { start, end: start + first.text.length }, selection: { start, end: start }, cut: false });
  // All lines are meant, not the one that stands for them.
  return { lens: 'drift', source: { ...source, label: source.label.replace(/:[^:]*$/, '') }, lines: { lines, total, within, heldOut: heldOut !== null } };
}

/**
 * The occurrences of the word at `range`, the `limit` nearest to it; null where the text has none.
 * @param where how far to look for them
 */
export function wordInText(
  text: string,
  range: TextRange,
  limit: number,
  where: Pick<Wanted, 'reach' | 'within'> = {},
): (WordInDocument & Occurrences) | null {
  const word = text.slice(range.start, range.end);
  const found = occurrencesInContext(text, word, { around: range.start, most: limit, ...where });
  return found.current < 0 ? null : { word, ...found };
}
