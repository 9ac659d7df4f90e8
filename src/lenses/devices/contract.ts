import type { DeviceName, ModelSubject } from '../model';

/** Numbers of one run that devices are compared by; empty for what a model does not have. */
export interface ProbeNumbers {
  /** Weights of the first and the last layer. */
  readonly attention: Float32Array;
  /** The last hidden state. */
  readonly hidden: Float32Array;
  /** Over the vocabulary: of a token that stands there, or of the first two that are written. */
  readonly logits: Float32Array;
}

export interface MeasuredLength {
  readonly tokens: number;
  /** Median of the warm runs, in ms. */
  readonly milliseconds: number;
  readonly runs: number;
  readonly numbers: ProbeNumbers;
}

/**
 * How fast a model is on the device of the request, and what it computes there: for a fixed sentence, and for 128 tokens or
 * as many as its window takes. Where the device does not serve, it is the cpu that was measured, and `model` says why.
 */
export interface DeviceMeasurement extends ModelSubject {
  /** Devices that the runtime lists. */
  readonly devices: readonly DeviceName[];
  readonly lengths: readonly MeasuredLength[];
}

/** Largest differences from what cpu computes; null for what the model does not have. */
export type Differences = Readonly<Record<keyof ProbeNumbers, number | null>>;

/** One device in the comparison. */
export interface DeviceRow {
  readonly device: DeviceName;
  /** Why it does not serve, in one sentence; null for a device that does. */
  readonly failure: string | null;
  /** Empty for a device that does not serve. */
  readonly lengths: readonly Omit<MeasuredLength, 'numbers'>[];
  /** Over all lengths; null for a device that does not serve. */
  readonly differences: Differences | null;
}

export interface DeviceComparison {
  /** The model's short name. */
  readonly model: string;
  /** The cpu first. */
  readonly rows: readonly DeviceRow[];
}
