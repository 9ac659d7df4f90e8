import type { Target, TextSubject } from '../model';

export interface NextSentenceRequest extends Target {
  readonly first: string;
  readonly second: string;
}

export interface NextSentence extends TextSubject {
  /** Probability that `second` follows `first`, 0–1. */
  readonly isNext: number;
  /** How good the head is; null for a model that comes without such figures. */
  readonly heldOut: HeldOutPairs | null;
}

/** How often the head is right on pairs that it was not trained on, half of which follow each other, 0–1. */
export interface HeldOutPairs {
  readonly pairs: number;
  /** Where the others are of another document. */
  readonly otherDocument: number;
  /** Where the others are of the same document, and not beside the first. */
  readonly sameDocument: number;
}
