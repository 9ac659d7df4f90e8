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
  /** Null where not both predict; `noPredictions` says why. */
  readonly predictions: PredictionDrift | null;
  readonly noPredictions: string | null;
}

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
  /** The places whose most probable prediction is another, in the order of the lines. */
  readonly changes: readonly PredictionChange[];
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
