import { alignTokens } from '../../../src/lenses/evidence/alignTokens';
import type { Outcome } from '../../../src/lenses/evidence/contract';
import type { TextRange } from '../../../src/text/range';
import { maskable } from './asked';

/**
 * The same outcome of another text; null where the masked place has no counterpart there, and for an outcome of many texts. Of
 * a cosine it is the likeness of the other occurrence to itself, which is 1: the other text is not asked for.
 */
export function counterpart(outcome: Outcome, text: string): Outcome | null {
  switch (outcome.kind) {
    case 'word': {
      const at = sameWord(outcome.text, outcome.at, text);
      return at && { ...outcome, text, at };
    }
    case 'nextSentence':
      return { ...outcome, first: text };
    case 'class':
    case 'nextToken':
      return { ...outcome, text };
    case 'cosine':
      return { ...outcome, pair: [outcome.pair[1], outcome.pair[1]] };
    case 'separation':
      return null;
  }
}

/** The text of an outcome, for which another is asked; null where it has its own. */
export function patchedText(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'word':
    case 'class':
    case 'nextToken':
      return outcome.text;
    case 'nextSentence':
      return outcome.first;
    case 'cosine':
    case 'separation':
      return null;
  }
}

/** Where the word of a place stands in another text: words are aligned as tokens are. */
function sameWord(text: string, at: TextRange, other: string): TextRange | null {
  const [words, others] = [maskable(text), maskable(other)];
  const numbers = new Map<string, number>();
  const numberOf = (of: string, { end, start }: TextRange): number => {
    const word = of.slice(start, end).toLowerCase();
    if (!numbers.has(word)) numbers.set(word, numbers.size);
    return numbers.get(word)!;
  };
  const aligned = alignTokens(words.map((word) => numberOf(text, word)), others.map((word) => numberOf(other, word)));
  const place = aligned[words.findIndex(({ end, start }) => start < at.end && at.start < end)];
  return place === undefined || place === null ? null : others[place]!;
}
