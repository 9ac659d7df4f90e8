import type { ModelSubject, Target } from '../model';
import type { TextRange } from '../../text/range';
import type { Prediction } from './contract';

/** How surprising each word of a text is to a masked language model that reads the rest of it. */
export interface SurpriseRequest extends Target {
  /** Of any length. */
  readonly text: string;
  /** Only words that lie in this part of the text; the rest is context. */
  readonly within?: TextRange;
  /** Expected words wanted for each place. */
  readonly top: number;
  /** Masks one word at a time: many times slower, and what the default comes close to. */
  readonly exact?: boolean;
}

export interface WordSurprise extends TextRange {
  /** −log₂ of the word's probability: 0 for a word that had to come, 1 for one of two. */
  readonly bits: number;
  /** What the model expected at the word's first piece, the most probable first. */
  readonly expected: readonly Prediction[];
  /** Place of the word among all vocabulary entries, from 1; null for a word of several pieces. */
  readonly rank: number | null;
}

export interface Surprise extends ModelSubject {
  /** In order; words that the vocabulary does not know are left out. */
  readonly words: readonly WordSurprise[];
  /** Words that were left out. */
  readonly unknown: number;
}
