import type { SenseHit } from '../../lenses/senseIndex/contract';
import { foldedForm } from '../../text/contentWords';
import { lineBreaksBefore } from '../../text/lines';
import type { TextRange } from '../../text/range';
import { sentenceAt } from '../../text/sentences';
import { visibleLine } from '../../text/visibleText';
import { wordNow } from '../occurrences/wordNow';

/** A place that a search found, as it reads now. */
export interface FoundPlace extends TextRange {
  readonly key: string;
  /** From 0. */
  readonly line: number;
  readonly similarity: number;
  readonly word: string;
  /** A part of its sentence on one line, and where the word stands in it. */
  readonly preview: string;
  readonly highlight: readonly [number, number];
}

/** Characters that are shown before and after the word. */
const before = 24;
const after = 120;
/** How far a word may have moved since its file was read, in characters. */
const farthest = 2000;

/** Where a hit stands in its file's text as it is now; null where it is there no more. */
export function placeOf({ end, form, key, similarity, start }: SenseHit, text: string): FoundPlace | null {
  const stands = (range: TextRange): boolean => foldedForm(text.slice(range.start, range.end)) === form;
  const range = stands({ start, end }) ? { start, end } : wordNow(text, form, { start, end });
  if (!stands(range) || Math.abs(range.start - start) > farthest) return null;
  const sentence = sentenceAt(text, range);
  const head = visibleLine(text.slice(sentence.start, range.start)).trimStart();
  const word = visibleLine(text.slice(range.start, range.end));
  const tail = visibleLine(text.slice(range.end, sentence.end)).trimEnd();
  const shownHead = head.length > before ? `…${head.slice(-before).replace(/^\S*\s/u, '')}` : head;
  const preview = `${shownHead}${word}${tail.length > after ? `${tail.slice(0, after)}…` : tail}`;
  return {
    ...range, key, similarity, word, preview,
    line: lineBreaksBefore(text, range.start),
    highlight: [shownHead.length, shownHead.length + word.length],
  };
}
