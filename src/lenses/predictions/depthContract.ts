import type { TextSubject } from '../model';
import type { Prediction, PredictionsRequest } from './contract';

/** What each hidden state would say at each place of a text, some of it masked as in `PredictionsRequest`. */
export type DepthRequest = PredictionsRequest;

/** A word that is followed through the hidden states of one place. */
export interface FollowedWord {
  readonly token: string;
  readonly id: number;
  /** Why it is followed: it stood here, the reader asked about it, or the last hidden state expects it. */
  readonly reason: 'original' | 'asked' | 'expected';
  /** Softmax over the vocabulary, `[state]`. */
  readonly probabilities: readonly number[];
  /** Place among all vocabulary entries, from 1, `[state]`. */
  readonly ranks: readonly number[];
}

/** What one hidden state says. */
export interface StatePredictions {
  /** The most probable first. */
  readonly predictions: readonly Prediction[];
  /** In bits. */
  readonly entropy: number;
}

export interface PlaceByDepth {
  /** Index of the token. */
  readonly index: number;
  /** `[state]`: 0 the embedding layer's output, the last one what the model itself answers. */
  readonly states: readonly StatePredictions[];
  readonly words: readonly FollowedWord[];
}

export interface PredictionsByDepth extends TextSubject {
  /** Indexes of the masked tokens. */
  readonly masked: readonly number[];
  /** Neighbouring tokens in order: all of the text, or as many as can be shown around the first mask. */
  readonly places: readonly PlaceByDepth[];
  /** Asked words that are no single vocabulary entry, so that one place cannot hold them. */
  readonly notFollowed: readonly string[];
}
