import { HeadlightError } from '../../errors';
import type { TextRange } from '../../text/range';
import { paragraphStart, sentenceAt } from '../../text/sentences';
import { wordAt } from '../../text/words';
import { chosenWord, trimmed } from './chosenWord';

/** What a command works on, as ranges of the document. */
export interface SelectedPassage {
  readonly first: TextRange;
  /** The other sentence of a pair. */
  readonly second?: TextRange;
  /** What is singled out within `first`; empty for nothing in particular. */
  readonly selection: TextRange;
  /** True when more was selected than is read. */
  readonly cut: boolean;
}

/** A passage and what is to be masked in it, beside masks that its text holds. */
export interface MaskedPassage extends SelectedPassage {
  readonly mask: TextRange | null;
}

/** UTF-16 units of a passage that are read: several times the window of the models at hand. */
export const longestPassage = 20_000;

/** Mask tokens as people type them. */
const typedMask = /\[MASK\]|<mask>/;

/**
 * The text for a view of attention. Bare cursors and single words stand for their sentence, and two selections, or one
 * that holds exactly two sentences, make a pair.
 * @throws HeadlightError `empty-text` where there is no text, `out-of-range` for more than two selections
 */
export function attentionPassage(text: string, selections: readonly TextRange[]): SelectedPassage {
  const chosen = selections.map((range) => trimmed(text, range));
  const selected = chosen.filter(({ start, end }) => end > start);
  if (selected.length > 2) {
    throw new HeadlightError(
      'out-of-range',
      `${selected.length} places are selected, but a model reads one text or a pair. Select one or two and try again.`,
    );
  }
  const [one, other] = (selected.length > 0 ? selected : chosen.slice(0, 2)).toSorted((a, b) => a.start - b.start);
  if (!one) throw noText();
  const first = widened(text, one);
  if (other) {
    const second = widened(text, other);
    if (second.start >= first.end) return passage(text, first, one, second);
  } else if (first === one) {
    const [sentence, next, ...rest] = firstSentences(text, one, 3);
    if (sentence && next && rest.length === 0) return passage(text, sentence, sentence, next);
  }
  return passage(text, first, one);
}

/** What is selected, or the sentence at a bare cursor or a single word. @throws HeadlightError `empty-text` */
export function singlePassage(text: string, selection: TextRange): SelectedPassage {
  const chosen = trimmed(text, selection);
  return passage(text, widened(text, chosen), chosen);
}

/**
 * The text that is to be written on: what is selected, or for a bare cursor or a single word the paragraph up to there, as
 * one writes on where one is; a cursor within a word stands at its end. Where nothing stands before it, it is the sentence.
 * Of more than is read, the end is kept.
 * @throws HeadlightError `empty-text` where there is no text
 */
export function promptPassage(text: string, selection: TextRange): SelectedPassage {
  const chosen = trimmed(text, selection);
  const word = chosenWord(text, chosen);
  if (chosen.end > chosen.start && word === null) {
    const read = lastOf(text, chosen);
    return { ...passage(text, read, read), cut: read !== chosen };
  }
  const end = word && word.start < chosen.end ? Math.max(word.end, chosen.end) : chosen.end;
  const before = trimmed(text, { start: paragraphStart(text, chosen.start), end });
  return before.end > before.start ? passage(text, before, before) : singlePassage(text, selection);
}

/**
 * The text for predictions: the sentences that the selection touches, with the selected words masked. A typed mask in
 * the selection or, for a bare cursor, in its sentence stands for itself; otherwise the word at the cursor is masked.
 * @throws HeadlightError `empty-text` where there is no text
 */
export function maskedPassage(text: string, selection: TextRange): MaskedPassage {
  const chosen = trimmed(text, selection);
  const first = sentenceOf(text, chosen);
  const bare = chosen.start === chosen.end;
  const typed = typedMask.test(slice(text, bare ? first : chosen));
  const whole = chosen.start <= first.start && chosen.end >= first.end;
  const mask = typed || whole ? null : bare ? wordAt(text, chosen.start) : chosen;
  const found = passage(text, first, mask ?? chosen);
  return { ...found, mask: mask && mask.end <= found.first.end ? mask : null };
}

/**
 * Two sentences to compare: those of two selections, the first two of one, or the sentence at the selection and the one
 * that follows it. At the end of a text there is no second one.
 * @throws HeadlightError `empty-text` where there is no text, `out-of-range` for more than two selections
 */
export function sentencePair(text: string, selections: readonly TextRange[]): SelectedPassage {
  const found = attentionPassage(text, selections);
  if (found.second) return found;
  const chosen = trimmed(text, selections[0]!);
  const [one, other] = firstSentences(text, chosen, 2);
  if (one && other) return passage(text, one, one, other);
  const first = sentenceOf(text, chosen);
  const [next] = firstSentences(text, { start: first.end, end: text.length }, 1);
  return passage(text, first, first, next);
}

/** The first sentences of a range, cut to it, at most `most`. */
export function firstSentences(text: string, range: TextRange, most: number): TextRange[] {
  const found: TextRange[] = [];
  for (let offset = range.start; found.length < most; ) {
    const content = text.slice(offset, Math.min(range.end, offset + longestPassage)).search(/[\p{L}\p{N}]/u);
    if (content < 0) break;
    const at = offset + content;
    const sentence = sentenceAt(text, { start: at, end: at });
    const end = Math.min(range.end, Math.max(sentence.end, at + 1));
    found.push({ start: Math.max(offset, Math.min(sentence.start, at)), end });
    offset = end;
  }
  return found.map((sentence) => trimmed(text, sentence));
}

function widened(text: string, range: TextRange): TextRange {
  return range.start === range.end || chosenWord(text, range) ? sentenceOf(text, range) : range;
}

function sentenceOf(text: string, range: TextRange): TextRange {
  const sentence = sentenceAt(text, range);
  if (slice(text, sentence).trim() === '') throw noText();
  return sentence;
}

function passage(text: string, first: TextRange, chosen: TextRange, second?: TextRange): SelectedPassage {
  const read = limited(text, first);
  const other = second && limited(text, second);
  // Text that is read because it was selected has nothing singled out in it.
  const within = (chosen.start > first.start || chosen.end < first.end) && chosen.end <= read.end;
  const selection = within ? chosen : { start: read.start, end: read.start };
  return { first: read, selection, cut: read !== first || other !== second, ...(other ? { second: other } : {}) };
}

/** The end of a range, as much as is read of a passage. */
function lastOf(text: string, range: TextRange): TextRange {
  if (range.end - range.start <= longestPassage) return range;
  const start = range.end - longestPassage;
  return { start: /[\udc00-\udfff]/.test(text.charAt(start)) ? start + 1 : start, end: range.end };
}

/** The range, cut to what is read of a passage. */
export function limited(text: string, range: TextRange): TextRange {
  if (range.end - range.start <= longestPassage) return range;
  const end = range.start + longestPassage;
  // Half of a surrogate pair is no character.
  return { start: range.start, end: /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end };
}

function slice(text: string, { start, end }: TextRange): string {
  return text.slice(start, end);
}

function noText(): HeadlightError {
  return new HeadlightError('empty-text', 'There is no text here. Put the cursor in a sentence or select some text, and try again.');
}
