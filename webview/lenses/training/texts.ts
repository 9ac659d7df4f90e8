import type { Pooling } from '../../../src/lenses/training/contract';

/** How the vector of a text is made, in a word or two. */
export const poolingNames: Readonly<Record<Pooling, string>> = { cls: '[CLS]', mean: 'Mean' };

/** A share as per cent with one digit behind the point. */
export function share(value: number): string {
  return `${(100 * value).toFixed(1)}\u202f%`;
}

/** The mean of numbers. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
