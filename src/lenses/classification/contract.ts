import type { OcclusionMethod } from '../attribution/method';
import type { ModelSubject, Target, TextSubject } from '../model';
import type { TextRange } from '../../text/range';

export interface ClassificationRequest extends Target {
  readonly text: string;
  /** The second text, for models that were trained on pairs (entailment, paraphrase). */
  readonly pair?: string;
  /** UTF-16 offset in `text` that the window is centred on. */
  readonly focus?: number;
}

/** What a classifier says of a text. Classes are numbered as `ModelInfo.labels` lists them. */
export interface Classification extends TextSubject {
  /** The class with the greatest logit. */
  readonly label: number;
  /** `[class]`, as they come out of the model. */
  readonly logits: Float32Array;
  /** `[class]`, 0–1: softmax over the classes, or the sigmoid of each by itself; null for a model whose answer is a number. */
  readonly probabilities: Float32Array | null;
  /** How good the classifier is; null for a model that comes without such figures. */
  readonly heldOut: HeldOutTexts | null;
}

/** How often a classifier is right on texts that it was not trained on, 0–1. */
export interface HeldOutTexts {
  readonly accuracy: number;
}

export interface EvidenceRequest extends ClassificationRequest {
  /** The class that evidence is wanted for; the one with the greatest logit where it is not given. */
  readonly of?: number;
  readonly method: OcclusionMethod;
}

/**
 * What a word does for a class: the outcome of the whole text less the outcome without the word. Above 0 the word speaks
 * for the class, below 0 against it.
 */
export interface WordEvidence extends TextRange {
  readonly segment: 0 | 1;
  /** By how much the probability falls without the word; null for a model whose answer is a number. */
  readonly probability: number | null;
  /** By how much the class's log-odds fall, ln(p / (1 − p)), which tell words apart where p is near 1; or the number itself. */
  readonly logit: number;
}

/** What the token that the classifier reads attends to in the last layer, and how well that agrees with the evidence. */
export interface ReadingAttention {
  readonly layer: number;
  /** Index of the token: `[CLS]`, or the last one of a model that reads left to right. */
  readonly token: number;
  /** `[word]`: the weight of all its pieces, mean over heads. */
  readonly mean: Float32Array;
  /** Rank correlation of those with the evidence's size; null where there is too little to rank. */
  readonly meanCorrelation: number | null;
  /** The head that agrees best, with its own weights. */
  readonly best: { readonly head: number; readonly weights: Float32Array; readonly correlation: number } | null;
}

export interface Evidence extends Classification {
  /** The class that the evidence is for. */
  readonly of: number;
  readonly method: OcclusionMethod;
  /** In reading order, first text first. */
  readonly words: readonly WordEvidence[];
  /** Null for a model in which no single token is known to be read. */
  readonly attention: ReadingAttention | null;
}

export interface ClassificationLinesRequest extends Target {
  readonly texts: readonly string[];
}

export interface ClassificationLines extends ModelSubject {
  /** `[text, class]`; rows of NaN for texts in which there is nothing to read. */
  readonly logits: Float32Array;
  /** Texts that were longer than the window, of which the beginning was read. */
  readonly cut: readonly number[];
}
