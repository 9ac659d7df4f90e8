import type { Crossing } from '../../../../src/lenses/nextSentence/crossingContract';
import { type CrossingHead, crossingHeads, type Direction } from '../../../../src/lenses/nextSentence/crossingHeads';
import { topK } from '../../../../src/math/topK';

/** The heads that cross most in a direction first; those without a number are left out. */
export function rankedHeads(crossing: Crossing, direction: Direction): CrossingHead[] {
  const heads = crossingHeads(crossing);
  return topK(crossing[direction], heads.length).map((at) => heads[at]!);
}
