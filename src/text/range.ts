/** A half-open range of UTF-16 code units, as `String.prototype.slice` and VS Code documents count them. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}
