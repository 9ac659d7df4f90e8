/** A mark of a model's graphs and weights, the same on every machine that has these files. */
export interface ModelHash {
  /** First 16 hexadecimal digits of a SHA-256. */
  readonly hash: string;
}
