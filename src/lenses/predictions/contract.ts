import type { TextRange } from '../../text/range';
import type { Target, TextSubject } from '../model';

/**
 * What a masked language model would put into masked places. Masks typed in the text (`[MASK]`) always count;
 * `maskRange` and `maskTokens` add more.
 */
export interface PredictionsRequest extends Target {
  readonly text: string;
  readonly pair?: string;
  readonly focus?: number;
  /** Masks every token that overlaps this range of `text`. */
  readonly maskRange?: TextRange;
  /** Masks these token indexes, as counted in an earlier answer for the same text. */
  readonly maskTokens?: readonly number[];
  /** Predictions wanted per mask. */
  readonly top: number;
  /** Words whose probability is wanted at every mask. */
  readonly candidates?: readonly string[];
  /** Divides the logits before every softmax; above 0, and 1 where it is not given. */
  readonly temperature?: number;
}

export interface Prediction {
  /** The vocabulary entry as a reader would write it. */
  readonly token: string;
  readonly id: number;
  /** Softmax over the whole vocabulary, 0–1. */
  readonly probability: number;
}

/** A word that the user asked about. */
export interface CandidateScore {
  readonly text: string;
  /** Vocabulary pieces of the word; more than one are scored jointly, left to right over as many masks. */
  readonly pieces: readonly string[];
  /** Null when the word holds characters that the vocabulary does not know. */
  readonly probability: number | null;
  /** Place among all vocabulary entries, from 1; null for words of several pieces. */
  readonly rank: number | null;
}

export interface MaskPredictions {
  /** Index of the masked token. */
  readonly index: number;
  /** What stood there, with the probability the model gives it; null for a mask that the text itself holds. */
  readonly original: (Prediction & { readonly rank: number }) | null;
  readonly predictions: readonly Prediction[];
  readonly candidates: readonly CandidateScore[];
  /** Entropy of the distribution in bits. */
  readonly entropy: number;
}

/** `masks` is empty when nothing is masked: the answer then carries the tokens to choose from. */
export interface Predictions extends TextSubject {
  readonly masks: readonly MaskPredictions[];
}
