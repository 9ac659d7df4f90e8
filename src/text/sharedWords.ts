import type { TextRange } from './range';
import { wordRanges } from './words';

/** A word that two texts hold, with all its places in each. */
export interface SharedWord {
  /** As the first text writes it first. */
  readonly word: string;
  readonly first: readonly TextRange[];
  readonly second: readonly TextRange[];
}

/**
 * Words of letters that stand in both texts, whatever their case: the longest first, which are hardly ever function
 * words, else in the order of the first text.
 */
export function sharedWords(first: string, second: string): SharedWord[] {
  const others = placesByWord(second);
  return [...placesByWord(first)]
    .flatMap(([key, places]) => {
      const found = others.get(key);
      return found ? [{ word: first.slice(places[0]!.start, places[0]!.end), first: places, second: found }] : [];
    })
    .sort((a, b) => b.word.length - a.word.length);
}

function placesByWord(text: string): Map<string, TextRange[]> {
  const places = new Map<string, TextRange[]>();
  for (const range of wordRanges(text)) {
    const word = text.slice(range.start, range.end);
    if (!/\p{L}/u.test(word)) continue;
    const key = word.normalize('NFC').toLowerCase();
    const known = places.get(key);
    if (known) known.push(range);
    else places.set(key, [range]);
  }
  return places;
}
