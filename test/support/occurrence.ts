import type { OccurrenceInContext } from '../../src/lenses/senses/contract';

/** The first occurrence of a word in a sentence. */
export function occurrenceOf(sentence: string, word: string): OccurrenceInContext {
  const start = sentence.indexOf(word);
  return { sentence, start, end: start + word.length };
}
