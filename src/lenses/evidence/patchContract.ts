import type { Token } from '../../text/token';
import type { ModelSubject, Target } from '../model';
import type { Prediction } from '../predictions/contract';
import type { SenseName } from '../senses/contract';
import type { Alignment } from './alignTokens';
import type { Outcome, OutcomeScale } from './contract';

/** What is copied: a hidden state at a token, or the output of a head at all tokens. */
export const patchedThings = ['states', 'heads'] as const;
export type PatchedThing = (typeof patchedThings)[number];

/**
 * Which run is copied into which. Denoising copies of the clean run into the corrupted one and finds what is enough for the
 * outcome; noising copies of the corrupted run into the clean one and finds what it needs.
 */
export const patchDirections = ['denoising', 'noising'] as const;
export type PatchDirection = (typeof patchDirections)[number];

/**
 * Activation patching (causal tracing; Vig et al. 2020, arXiv:2004.12265; Meng et al. 2022, arXiv:2202.05262): what was
 * computed of one text stands in while another is computed.
 */
export interface PatchRequest extends Target {
  /**
   * The same outcome of two texts. Of `cosine`, the first sentence of each pair is what is patched, and the second what it is
   * held against.
   */
  readonly clean: Outcome;
  readonly corrupted: Outcome;
  readonly of: PatchedThing;
  readonly direction: PatchDirection;
}

/** What every cell of the map comes to. */
export interface Patching extends ModelSubject {
  /** What is measured, in a few words. */
  readonly name: string;
  readonly scale: OutcomeScale;
  readonly of: PatchedThing;
  readonly direction: PatchDirection;
  /** The outcome of the two texts as they are. */
  readonly clean: number;
  readonly corrupted: number;
  /** Of the text that is patched, and of the text that is copied from. */
  readonly tokens: readonly Token[];
  readonly sourceTokens: readonly Token[];
  /** By token of the patched text: which token of the other is copied; null for those that are left as they are. */
  readonly from: Alignment;
  /** Hidden states or layers, and tokens or heads. */
  readonly rows: number;
  readonly columns: number;
  /** `[row, column]`: the outcome with the patch; NaN where there is nothing to copy. */
  readonly patched: Float32Array;
  /**
   * `[row, column]`: which share of the way from the patched text's own outcome to the other's the patch goes: 0 for none, 1
   * for all. With denoising (patched − corrupted) / (clean − corrupted), the recovered effect. NaN as in `patched`.
   */
  readonly effect: Float32Array;
  /** Why rows are missing; empty when all are there. */
  readonly limits: readonly string[];
}

export interface PatchedAnswersRequest extends PatchRequest {
  readonly row: number;
  readonly column: number;
  /** Answers wanted. */
  readonly top: number;
}

/** What the model says at the place of the outcome: of the patched text, of it with one patch, and of the text copied from. */
export interface PatchedAnswers extends ModelSubject {
  /** What the answers are: `predictions`, `classes`; `substitutes` of the word of a cosine, which is masked for it. */
  readonly kind: AnswerKind;
  readonly before: readonly Prediction[];
  readonly patched: readonly Prediction[];
  readonly source: readonly Prediction[];
  /** What the word of a cosine means in each run; null for other outcomes, and where no sense dictionary reads it there. */
  readonly senses: PatchedSenses | null;
}

/** Senses by the sense dictionary. */
export interface PatchedSenses {
  /** Hidden states of the word that they are read off, in order: a patch above the first changes a part of them only. */
  readonly states: readonly number[];
  readonly before: SenseName;
  readonly patched: SenseName;
  readonly source: SenseName;
}

export type AnswerKind = 'predictions' | 'classes' | 'substitutes';
