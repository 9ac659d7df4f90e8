import type { TextRange } from './range';
import { sentencesAt } from './sentences';
import { wordRanges } from './words';

/** Sentences are looked for this far on either side, in UTF-16 units. */
const reach = 20_000;

export interface SentencesWanted {
  /** Most sentences. */
  readonly most: number;
  /** Fewest and most words of one. */
  readonly words: readonly [number, number];
}

/** The sentences nearest to a place, in the order of the text, each on one line; the same sentence is given once. */
export function sentencesNear(text: string, place: TextRange, { most, words: [fewest, longest] }: SentencesWanted): string[] {
  const from = Math.max(0, place.start - reach);
  const words = wordRanges(text.slice(from, place.end + reach)).map(({ end, start }): TextRange => ({ start: start + from, end: end + from }));
  const found = new Map<number, TextRange & { readonly words: number }>();
  sentencesAt(text, words).forEach(({ end, start }) => {
    found.set(start, { start, end, words: (found.get(start)?.words ?? 0) + 1 });
  });
  const distance = ({ end, start }: TextRange): number => Math.max(start - place.end, place.start - end, 0);
  const fitting = [...found.values()].filter((sentence) => fewest <= sentence.words && sentence.words <= longest);
  const lines = new Map<string, TextRange>();
  for (const sentence of fitting.sort((a, b) => distance(a) - distance(b))) {
    const line = text.slice(sentence.start, sentence.end).replace(/\s+/gu, ' ').trim();
    if (!lines.has(line)) lines.set(line, sentence);
  }
  return [...lines].slice(0, most).sort(([, a], [, b]) => a.start - b.start).map(([line]) => line);
}
