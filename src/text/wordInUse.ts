import { HeadlightError } from '../errors';
import { type Occurrence, occurrencesInContext, occurrencesOf } from './occurrences';

/** A word or phrase that somebody asks about, with a sentence of its own where they gave one. */
export interface AskedWord {
  readonly word: string;
  readonly sentence?: string;
}

/** A word where it is read. */
export interface PlaceOfUse {
  readonly sentence: string;
  /** UTF-16 range of the word within `sentence`. */
  readonly start: number;
  readonly end: number;
  /** In the document; absent where the sentence is not from it. */
  readonly offset?: number;
  readonly line?: number;
}

/** Where a word is read: in the sentence that came with it, where the document has it, or alone in a sentence of ours. */
export interface WordInUse {
  readonly word: string;
  readonly from: 'sentence' | 'document' | 'alone';
  readonly places: readonly PlaceOfUse[];
  /** How often the document has it; more than `places` where only the nearest are read. */
  readonly total: number;
}

/** Most places of one word that are read: the nearest. */
const mostPlaces = 8;

/** The sentence around a word that stands nowhere: one that says nothing about it. */
const neutral = ['The word “', '”.'] as const;

/**
 * Where a word is read.
 * @param around offset in `text` that places are nearest to
 * @throws HeadlightError `word-not-found` where the sentence that came with the word does not have it
 */
export function wordInUse({ word, sentence }: AskedWord, text: string, around: number): WordInUse {
  if (sentence !== undefined) {
    const [found] = occurrencesOf(sentence, word);
    if (!found) throw new HeadlightError('word-not-found', `“${word}” does not stand in “${sentence}”. Write a sentence that has it, or none.`);
    return { word, from: 'sentence', places: [{ sentence, ...found }], total: 1 };
  }
  const { occurrences, total } = occurrencesInContext(text, word, { around, most: mostPlaces });
  if (total > 0) return { word, from: 'document', places: occurrences.map(placeOf), total };
  const [before, after] = neutral;
  return { word, from: 'alone', places: [{ sentence: before + word + after, start: before.length, end: before.length + word.length }], total: 0 };
}

function placeOf({ sentence, start, end, offset, line }: Occurrence): PlaceOfUse {
  return { sentence, start, end, offset, line };
}
