import type { ForgottenText, Moved } from './contract';

/** One of the numbers that say how far a vector moved. */
export type MovedNumber = keyof Moved;

/** What many words have in common. */
export interface ForgettingPoint {
  /** Words that are read after them, up to the end of the text or up to where it is measured. */
  readonly later: number;
  readonly value: number;
  /** How many words, and texts that they are of. */
  readonly words: number;
  readonly texts: number;
}

/**
 * How much is left of words once `later` others have been read: the sum of how far they move the vector then, over the
 * sum of how far the same words moved it when they were just read, so that it does not count which words stand early.
 * From 0 on, where it is 1; of texts whose lengths were all measured.
 */
export function leftOfWords(texts: readonly ForgottenText[], number: MovedNumber): ForgettingPoint[] {
  return points(texts, ({ moved }, later) => (later < moved.length ? [moved[later]![number], moved[0]![number]] : null));
}

/** How far words move the vector of the whole text on average, by how many words stand behind them. */
export function movedByPlace(texts: readonly ForgottenText[], number: MovedNumber): ForgettingPoint[] {
  return points(texts, ({ moved }, later, behind) => (later === behind ? [moved.at(-1)![number], 1] : null));
}

/** Sums of first over sums of second numbers, by number of later words. */
function points(
  texts: readonly ForgottenText[],
  pick: (word: ForgottenText['words'][0], later: number, behind: number) => readonly [number, number] | null,
): ForgettingPoint[] {
  const longest = texts.reduce((most, { words }) => Math.max(most, words.length), 0);
  return Array.from({ length: longest }, (_, later) => {
    const picked = texts.map(({ words }) => words.flatMap((word, index) => {
      const numbers = pick(word, later, words.length - 1 - index);
      return numbers ? [numbers] : [];
    }));
    const all = picked.flat();
    const sum = (which: 0 | 1): number => all.reduce((total, numbers) => total + numbers[which], 0);
    return { later, value: sum(0) / sum(1), words: all.length, texts: picked.filter((own) => own.length > 0).length };
  });
}
