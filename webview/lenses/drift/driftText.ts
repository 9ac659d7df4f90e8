import { formatWeight } from '../../format';

/** A drift with two significant digits; small ones, which quantized weights make, with an exponent: `1.2e−5`. */
export function driftText(value: number): string {
  return value > 0 && value < 0.001 ? value.toExponential(1).replace('-', '−') : formatWeight(value);
}
