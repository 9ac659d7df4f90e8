import type { ModelSubject, Target } from '../model';
import type { DataFormat, LeftOutLine } from './examples';

/** How one vector is made of those of all tokens: that of the first token, or their mean, special tokens included. */
export const poolings = ['cls', 'mean'] as const;
export type Pooling = (typeof poolings)[number];

/** What a classifier is trained on, and how. */
export interface TrainingChoices {
  readonly pooling: Pooling;
  /** Hidden state: 0 is the embedding layer's, −1 the last layer's. */
  readonly layer: number;
  /** Decides which examples are held out, and all else that is drawn. */
  readonly seed: number;
}

export interface TrainRequest extends Target, TrainingChoices {
  /** Of the file; its ending tells the format. */
  readonly name: string;
  /** The whole file. */
  readonly text: string;
  /** Folder in which vectors are kept for the next time; null for none. */
  readonly cache: string | null;
}

/** What a classifier does on examples that it was not trained on. */
export interface Figures {
  /** 0–1 */
  readonly accuracy: number;
  /** Of the accuracy, with 95 % confidence (Wilson). */
  readonly interval: readonly [number, number];
  /** Mean over the labels of F1, 0–1. */
  readonly macroF1: number;
  /** Accuracy of always saying the label that is most frequent in training. */
  readonly baseline: number;
  /** `[label][said]`: how many examples of a label were said to be which. */
  readonly confusion: readonly (readonly number[])[];
}

/** Accuracy when trained on fewer examples. */
export interface LearningPoint {
  readonly examples: number;
  /** On the held-out examples, one for each draw of the training examples. */
  readonly accuracies: readonly number[];
}

/** Accuracy by hidden state, with vectors made in one way. */
export interface StateCurve {
  readonly pooling: Pooling;
  /** By hidden state, 0–1. */
  readonly accuracies: readonly number[];
}

/** One strength of the penalty, tried by cross-validation. */
export interface TriedPenalty {
  /** Inverse strength, as scikit-learn's `C`. */
  readonly c: number;
  /** Mean over the examples of −ln p(label), each said by a classifier that was not trained on it. */
  readonly loss: number;
}

/** A held-out example that the classifier is wrong about. */
export interface WrongExample {
  /** From 1. */
  readonly line: number;
  /** UTF-16 offsets into the file. */
  readonly start: number;
  readonly end: number;
  /** Its beginning, where it is long. */
  readonly text: string;
  /** Indexes into the labels. */
  readonly label: number;
  readonly said: number;
  /** Of the label and of what was said, 0–1. */
  readonly probability: number;
  readonly saidProbability: number;
}

/** What classifies vectors: the softmax of `weights · vector + bias`. Plain numbers, as it travels as JSON. */
export interface ClassifierHead {
  /** `[label, hidden]`, row-major. */
  readonly weights: readonly number[];
  /** `[label]` */
  readonly bias: readonly number[];
}

/** A classifier on vectors of an encoder that was left as it is, and how good it is on examples that were held out. */
export interface TrainedClassifier extends ModelSubject {
  /** The file's. */
  readonly name: string;
  readonly format: DataFormat;
  readonly labels: readonly string[];
  /** Examples of each label. */
  readonly counts: readonly number[];
  readonly leftOut: {
    readonly total: number;
    /** The first of them. */
    readonly lines: readonly LeftOutLine[];
  };
  /** Examples that are longer than the model's window and were read from their beginning. */
  readonly cut: number;
  /** Examples of which the model knows no character. */
  readonly unknown: number;
  readonly pooling: Pooling;
  /** Hidden state, from 0. */
  readonly state: number;
  readonly seed: number;
  /** Examples to train on, and held out. */
  readonly split: { readonly training: number; readonly heldOut: number };
  readonly penalty: {
    readonly c: number;
    /** Parts of cross-validation; 0 where a label has too few examples for any. */
    readonly folds: number;
    /** Examples that it was chosen on. */
    readonly examples: number;
    readonly tried: readonly TriedPenalty[];
  };
  /** What is minimized, after each iteration of the last fit. */
  readonly losses: readonly number[];
  readonly figures: Figures;
  readonly learning: readonly LearningPoint[];
  /** Empty where all vectors of all states would not fit into memory. */
  readonly states: readonly StateCurve[];
  /** Examples that curves were trained on at most. */
  readonly curveExamples: number;
  /** The most wrong first. */
  readonly wrong: readonly WrongExample[];
  readonly wrongTotal: number;
  /** Vectors that were there from before. */
  readonly remembered: number;
  /** Why vectors could not be kept; null when they were, or none should be. */
  readonly notKept: string | null;
  readonly head: ClassifierHead;
  readonly seconds: { readonly reading: number; readonly training: number };
}

/** How far training has come, beside the message of its progress. */
export interface TrainingProgress {
  /** What is minimized, after each iteration until now. */
  readonly losses: readonly number[];
}

export interface SaveClassifierRequest extends Target {
  readonly classifier: TrainedClassifier;
  /** Absolute path of the folder to make. */
  readonly folder: string;
}

export interface SavedClassifier extends ModelSubject {
  readonly folder: string;
}
