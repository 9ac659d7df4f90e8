import type { Target, TextSubject } from '../model';

export interface NextSentenceRequest extends Target {
  readonly first: string;
  readonly second: string;
}

export interface NextSentence extends TextSubject {
  /** Probability that `second` follows `first`, 0–1. */
  readonly isNext: number;
}
