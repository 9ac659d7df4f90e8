import type { Target, TextSubject } from '../model';
import type { Prediction } from './contract';

/** One training example as BERT was given it, made from a text (Devlin et al., 2019, arXiv:1810.04805, section 3.1). */
export interface TrainingRequest extends Target {
  readonly text: string;
  readonly focus?: number;
  /** Another one makes another example of the same text. */
  readonly seed: number;
  /** Predictions wanted per place. */
  readonly top: number;
}

/** What became of a chosen token: a mask, any other word, or nothing, so that the model must mind every word it reads. */
export type TokenFate = 'masked' | 'replaced' | 'kept';

/** A place that the model is asked about. */
export interface TrainingPlace {
  /** Index of the token. */
  readonly index: number;
  readonly fate: TokenFate;
  /** What the model reads there, as a reader would write it. */
  readonly shown: string;
  /** What stood there, with the probability the model gives it and its place in the vocabulary. */
  readonly original: Prediction & { readonly rank: number };
  readonly predictions: readonly Prediction[];
}

export interface TrainingExample extends TextSubject {
  /** In order of the text; 15 % of its tokens, one at least. */
  readonly places: readonly TrainingPlace[];
  /** What training makes smaller: the mean of −ln P over the places, in nats. */
  readonly loss: number;
}
