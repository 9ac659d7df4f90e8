import type { TextRange } from '../../text/range';
import type { ModelInfo, ModelSubject, Target } from '../model';
import type { Prediction } from '../predictions/contract';

/** Tokens of a line that are read at most, special ones included: maps of attention grow with their square. */
export const longestLine = 256;

/**
 * How far another file of the same model has moved from this one over lines of text: before and after fine-tuning, or in
 * fp32 and in int8. Both have the same layers, heads and sizes, and read each line as the same tokens.
 */
export interface DriftRequest extends Target {
  /** The other file, named as `model` is. It runs on the device that the first one runs on. */
  readonly against: string;
  /** Each is read by itself, up to `longestLine` tokens or what both windows take. */
  readonly lines: readonly string[];
  /** What each is said to be, by its author; null for none. Two classifiers are then measured by them. */
  readonly labels?: readonly (string | null)[];
}

/** All means are over the tokens of all lines, special ones included, unless it says otherwise. */
export interface Drift extends ModelSubject {
  readonly against: ModelInfo;
  /** Tokens that were read of all lines. */
  readonly tokens: number;
  /** Lines of which only the beginning was read. */
  readonly cut: number;
  /** `[layer, head]` each. */
  readonly heads: {
    /** Mean Jensen–Shannon divergence of the two rows of attention of a token, 0–1 bits. */
    readonly divergence: Float32Array;
    /** Mean absolute difference of two weights. */
    readonly difference: Float32Array;
  };
  /** `[layers + 1]` each, from the embedding layer's output on. */
  readonly states: {
    /** Mean of 1 − cosine of a token's two vectors, 0–2. */
    readonly cosineDistance: Float32Array;
    /** Mean length of the difference of a token's two vectors, as a share of the first one's length. */
    readonly relativeNorm: Float32Array;
  };
  /** `[line]`: mean divergence over all heads and the line's own tokens. */
  readonly lineDivergence: Float32Array;
  /** Null where no content word occurs twice in what was read. */
  readonly senses: SenseDrift | null;
  /** Null where not both predict; `noPredictions` says why. */
  readonly predictions: PredictionDrift | null;
  readonly noPredictions: string | null;
}

/** Where a word stands in a line. */
export interface WordPlace extends TextRange {
  /** Index into the lines of the request. */
  readonly line: number;
}

/** A word with its occurrences whose vectors were compared, at least two. */
export interface RepeatedWord {
  /** As it is written first. */
  readonly word: string;
  readonly places: readonly WordPlace[];
}

/**
 * How the vectors of words that occur several times moved: each against its own before, and against those of the word's other
 * occurrences, which is what tells senses apart. Vectors are means over a word's tokens; `state` is a hidden state, from the
 * embedding layer's output on.
 */
export interface SenseDrift {
  readonly words: readonly RepeatedWord[];
  /** Words that occur several times too and were not compared, as the vectors of so many would not fit into memory. */
  readonly leftOut: number;
  /** `[occurrence, state]`, over the places of all words in order: 1 − cosine of the two models' vectors, 0–2. */
  readonly cosineDistance: Float32Array;
  /** `[word, state]`: mean cosine of two occurrences of the word (self-similarity, Ethayarajh 2019, arXiv:1909.00512), in the first model and in the other. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /**
   * `[word, state]`: correlation of the first model's cosines with the other's over all pairs of occurrences of the word, 1 where
   * the same ones lie together as before; NaN for a word of fewer than `fewestToCorrelate` occurrences, or equal ones.
   */
  readonly structure: Float32Array;
  /** `[state]`: mean cosine of occurrences of different words, which says how much of a cosine is common to all vectors. */
  readonly betweenBefore: Float32Array;
  readonly betweenAfter: Float32Array;
  /**
   * `[state]`: representational similarity analysis (Kriegeskorte et al. 2008), which Merchant et al. 2020 (arXiv:2004.14448) use of
   * fine-tuning; here Pearson's correlation of the cosines of all pairs of occurrences, of different words too, in the one model
   * and in the other. NaN for too few.
   */
  readonly similarity: Float32Array;
}

/** Occurrences of a word from which on its pairs are correlated: six pairs. */
export const fewestToCorrelate = 4;

/**
 * What is predicted. `masked`: single tokens of words, about one in eight of a line and at least one, masked together as
 * far apart as masks were in BERT's training. `next`: the token that follows, at as many places. `class`: the class of
 * each line.
 */
export type PredictionKind = 'masked' | 'next' | 'class';

/** How far predictions moved. Places are drawn by a fixed seed, so that the same lines are asked at the same places. */
export interface PredictionDrift {
  readonly kind: PredictionKind;
  /** Places that were predicted. */
  readonly places: number;
  /** Mean Kullback–Leibler divergence of the second distribution from the first, in bits. */
  readonly divergence: number;
  /** Of classes, how often each model is right; null where no line has a label that is one of the classes. */
  readonly accuracy: AccuracyDrift | null;
  /** The places whose most probable prediction is another, in the order of the lines. */
  readonly changes: readonly PredictionChange[];
}

/** Lines that two classifiers have right: those whose most probable class is the label. */
export interface AccuracyDrift {
  /** Lines whose label is one of the classes. */
  readonly lines: number;
  readonly before: number;
  readonly after: number;
  /** Lines that the first model alone has right, and the other alone. */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
}

/** A place whose most probable prediction is another. */
export interface PredictionChange extends TextRange {
  /** Index into the lines of the request; `start` and `end` are of the predicted token in that line, or of the line whose class it is. */
  readonly line: number;
  /** Kullback–Leibler divergence there, in bits. */
  readonly divergence: number;
  /** A vocabulary entry, or a class by its name and number. */
  readonly before: Prediction;
  readonly after: Prediction;
}
