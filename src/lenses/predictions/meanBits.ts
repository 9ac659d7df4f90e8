import type { WordSurprise } from './surpriseContract';

/** Mean surprise of words, in bits; null where there are none. */
export function meanBits(words: readonly WordSurprise[]): number | null {
  return words.length === 0 ? null : words.reduce((sum, { bits }) => sum + bits, 0) / words.length;
}
