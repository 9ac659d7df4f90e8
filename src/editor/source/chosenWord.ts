import type { TextRange } from '../../text/range';
import { wordAt } from '../../text/words';

/** The range without white space at its ends; a range of white space alone shrinks to its start. */
export function trimmed(text: string, range: TextRange): TextRange {
  const content = text.slice(range.start, range.end);
  const kept = content.trim();
  if (kept === '') return { start: range.start, end: range.start };
  const start = range.start + content.indexOf(kept);
  return { start, end: start + kept.length };
}

/** The one word that a selection lies in or a cursor stands at; null for several words, or none. */
export function chosenWord(text: string, selection: TextRange): TextRange | null {
  const { start, end } = trimmed(text, selection);
  const word = wordAt(text, start);
  if (start === end || word === null || word.end <= start) return start === end ? word : null;
  return wordAt(text, end)?.start === word.start ? word : null;
}

/** The longest word in a range, which is hardly ever a function word; null where there is none. */
export function longestWord(text: string, { start, end }: TextRange): TextRange | null {
  let longest: TextRange | null = null;
  for (const match of text.slice(start, end).matchAll(/\p{L}+/gu)) {
    const word = wordAt(text, start + match.index);
    if (word && (longest === null || word.end - word.start > longest.end - longest.start)) longest = word;
  }
  return longest;
}
