import type { ModelSubject, Target } from '../model';

/** What was measured of a translator on held-out pairs when it was made; of the target's model. */
export type RecordedRequest = Target;

export interface Recorded extends ModelSubject {
  /** Null for a model without such figures beside it. */
  readonly figures: RecordedFigures | null;
}

/** BLEU as sacrebleu computes it by default, of what is in the model's folder. */
export interface RecordedFigures {
  /** Held-out pairs. */
  readonly pairs: number;
  /** Hypotheses that were followed. */
  readonly beams: number;
  readonly bleu: number;
  /** Of these pairs by the number of words of the source. */
  readonly byLength: readonly LengthGroup[];
  /** Of sources made of two to four held-out pairs, one after the other. */
  readonly joinedByLength: readonly LengthGroup[];
}

/** Pairs whose sources have a number of words. */
export interface LengthGroup {
  /** Fewest and most, both included; most may be Infinity. */
  readonly words: readonly [number, number];
  readonly pairs: number;
  readonly bleu: number;
}

/**
 * How far each word of a text moves the thought vector of an LSTM without attention, as more and more words are read
 * after it.
 */
export interface ForgettingRequest extends Target {
  readonly texts: readonly string[];
  /** Whether all lengths are wanted, or for each word only the two ends: when it was just read, and when all was. */
  readonly every: boolean;
}

/** @throws HeadlightError `cannot-instrument` for a model that hands on more than one vector, `empty-text`, `text-too-long` */
export interface Forgetting extends ModelSubject {
  /** In the order of the request. */
  readonly texts: readonly ForgottenText[];
}

export interface ForgottenText {
  /** Words, and punctuation marks one by one, in the order of the text. */
  readonly words: readonly ForgottenWord[];
}

export interface ForgottenWord {
  /** UTF-16 range in the text. */
  readonly start: number;
  readonly end: number;
  /**
   * How far the word moves the vector of what was read until then: of the text up to this word, up to the one after it,
   * and so on to the whole text; or only the first and the last of these, which are one for the last word.
   */
  readonly moved: readonly Moved[];
}

/** The vector v of a text beside the vector v′ of the same text without a word. */
export interface Moved {
  /** 1 − cos(v, v′), 0–2. */
  readonly cosineDistance: number;
  /** ‖v − v′‖ / ‖v‖ */
  readonly distance: number;
}
