import { contentWords, foldedForm } from '../../text/contentWords';
import type { RepeatedWord, WordPlace } from './contract';

/** Occurrences of one word that are compared: pairs of them grow with the square. */
const mostOfOne = 12;

/** Words of lines that occur several times. */
export interface RepeatedWords {
  readonly words: readonly RepeatedWord[];
  /** Words that there is no room for. */
  readonly leftOut: number;
}

/**
 * Content words that occur at least twice in these lines, whatever their case; those that occur most come first. Of a word
 * that occurs often, some places evenly spread.
 * @param most places of all words together
 */
export function repeatedWords(lines: readonly string[], most: number): RepeatedWords {
  const placesOf = new Map<string, WordPlace[]>();
  lines.forEach((text, line) => {
    for (const { start, end } of contentWords(text)) {
      const key = foldedForm(text.slice(start, end));
      const known = placesOf.get(key);
      if (known) known.push({ line, start, end });
      else placesOf.set(key, [{ line, start, end }]);
    }
  });
  const several = [...placesOf.values()].filter(({ length }) => length > 1).sort((a, b) => b.length - a.length);
  const words: RepeatedWord[] = [];
  let room = most;
  for (const places of several) {
    const kept = places.length <= mostOfOne ? places : Array.from({ length: mostOfOne }, (_, at) => places[Math.floor((at * places.length) / mostOfOne)]!);
    if (kept.length > room) break;
    room -= kept.length;
    const [{ line, start, end }] = kept as [WordPlace];
    words.push({ word: lines[line]!.slice(start, end), places: kept });
  }
  return { words, leftOut: several.length - words.length };
}
