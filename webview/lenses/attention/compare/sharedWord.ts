import type { TextRange } from '../../../../src/text/range';
import { sharedWords } from '../../../../src/text/sharedWords';
import type { Token } from '../../../../src/text/token';

/** A word in both texts, and one place of it in each. */
export interface ChosenWord {
  readonly word: string;
  readonly first: TextRange;
  readonly second: TextRange;
}

/** The words that two texts share, and the one to compare. */
export interface WordChoice {
  readonly words: readonly string[];
  /** Null where nothing is shared. */
  readonly chosen: ChosenWord | null;
}

/**
 * Which shared word to compare: the one that was named, else the one that is followed, else the longest. In the first
 * text the place that is followed counts, else the first; in the second the first.
 * @param followed range of a followed token in the first text
 */
export function chooseWord(first: string, second: string, named: string | null, followed: TextRange | null): WordChoice {
  const shared = sharedWords(first, second);
  const touches = (range: TextRange): boolean => followed !== null && range.start < followed.end && followed.start < range.end;
  const found =
    shared.find(({ word }) => named !== null && word.toLowerCase() === named.toLowerCase()) ??
    shared.find((word) => word.first.some(touches)) ??
    shared[0];
  return {
    words: shared.map(({ word }) => word),
    chosen: found ? { word: found.word, first: found.first.find(touches) ?? found.first[0]!, second: found.second[0]! } : null,
  };
}

/** Index of the first token of the first text that overlaps a range, −1 when none does. */
export function tokenAt(tokens: readonly Token[], { start, end }: TextRange): number {
  return tokens.findIndex((token) => !token.special && token.segment === 0 && token.start < end && token.end > start);
}
