import { bleu, type TranslatedPair } from './bleu';
import type { LengthGroup } from './contract';

/** Numbers of words that sources are grouped by, both ends included, as the recipes group them. */
export const lengthGroups: readonly (readonly [number, number])[] = [[1, 4], [5, 8], [9, 12], [13, 16], [17, 24], [25, 40], [41, Infinity]];

/** How many words a source has, counted as the recipes count: without punctuation, which parts words. */
export function countWords(text: string): number {
  return text.replace(/[^\p{L}\p{N}_\s]/gu, ' ').split(/\s+/u).filter((word) => word !== '').length;
}

/** "5–8", "41+". */
export function groupName([shortest, longest]: readonly [number, number]): string {
  return longest === Infinity ? `${shortest}+` : `${shortest}–${longest}`;
}

/** BLEU of each group of lengths that has pairs, the shortest first. */
export function bleuByLength(pairs: readonly (TranslatedPair & { readonly source: string })[]): LengthGroup[] {
  return lengthGroups.flatMap(([shortest, longest]) => {
    const own = pairs.filter(({ source }) => {
      const words = countWords(source);
      return shortest <= words && words <= longest;
    });
    return own.length === 0 ? [] : [{ words: [shortest, longest] as const, pairs: own.length, bleu: bleu(own) }];
  });
}
