import type { Crossing } from './crossingContract';

/** Which sentence looks at which. */
export const directions = ['firstToSecond', 'secondToFirst'] as const;
export type Direction = (typeof directions)[number];

/** One head's shares; see `Crossing`. */
export interface CrossingHead extends Readonly<Record<Direction, number>> {
  readonly layer: number;
  readonly head: number;
  readonly onWords: number;
}

/** Every head, in the order of layers and heads. */
export function crossingHeads({ firstToSecond, heads, onWords, secondToFirst }: Crossing): CrossingHead[] {
  return Array.from(firstToSecond, (share, at) => ({
    layer: Math.floor(at / heads),
    head: at % heads,
    firstToSecond: share,
    secondToFirst: secondToFirst[at]!,
    onWords: onWords[at]!,
  }));
}
