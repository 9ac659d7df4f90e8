import type { OcclusionMethod } from '../attribution/method';
import type { OccludedPart } from '../attribution/occlusion';
import type { TextSubject, Target } from '../model';
import type { Outcome, OutcomeScale } from './contract';

/** What is left out at a time. */
export const attributedParts = ['word', 'token'] as const;
export type AttributedBy = (typeof attributedParts)[number];

export interface AttributionRequest extends Target {
  /** Of a cosine, words of the first sentence are left out. */
  readonly outcome: Outcome;
  readonly by: AttributedBy;
  readonly method: OcclusionMethod;
}

/** What the outcome is without a part of its text. */
export interface AttributedPart extends OccludedPart {
  readonly without: number;
  /** The outcome of the whole text less that: above 0 the part speaks for it. */
  readonly effect: number;
}

/**
 * Ways to read attention from the place where the outcome is read: the mean of the last layer's heads; the same weighed with
 * the lengths of what is brought over (norms); rolled out over all layers.
 */
export const attendedWays = ['attention', 'norms', 'rollout'] as const;
export type AttendedWay = (typeof attendedWays)[number];

export interface AttendedParts {
  readonly way: AttendedWay;
  /** `[part]`: the weight of all its tokens. */
  readonly weights: Float32Array;
  /** Spearman's rank correlation of the weights with the sizes of the effects; null where there is too little to rank. */
  readonly correlation: number | null;
}

/** What each part of a text does for an outcome, beside what is looked at. */
export interface Attribution extends TextSubject {
  readonly name: string;
  readonly scale: OutcomeScale;
  readonly value: number;
  readonly by: AttributedBy;
  readonly method: OcclusionMethod;
  /** In reading order, first text first. */
  readonly parts: readonly AttributedPart[];
  /** The layer whose attention is read, the last. */
  readonly layer: number;
  /** Whether it is attention of what is written to the text. */
  readonly isCross: boolean;
  /** In the order of `attendedWays`; what the model does not show is missing. */
  readonly attended: readonly AttendedParts[];
}
