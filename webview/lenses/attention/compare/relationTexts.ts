import { wordRelations, type WordComparison, type WordRelation } from '../../../../src/lenses/attention/compareContract';

/** What a relation is called in a sentence. */
export const relationTexts: Readonly<Record<WordRelation, string>> = {
  itself: 'itself',
  wordBefore: 'the word before',
  wordAfter: 'the word after',
  earlier: 'earlier words',
  later: 'later words',
  otherText: 'the other sentence',
  start: 'the start token',
  separator: 'separators',
};

/** One head's distance between two rows of attention, and where it comes from. */
export interface DifferingHead {
  readonly layer: number;
  readonly head: number;
  readonly distance: number;
  /** The relation whose share changes most, with both shares. */
  readonly relation: WordRelation;
  readonly shares: readonly [number, number];
}

/** A head by its index `layer · heads + head`. */
export function differingHead({ model, distances, profiles: [a, b] }: WordComparison, at: number): DifferingHead {
  const from = at * wordRelations.length;
  const change = (index: number): number => Math.abs(b[from + index]! - a[from + index]!);
  const most = wordRelations.reduce((best, _, index) => (change(index) > change(best) ? index : best), 0);
  return {
    layer: Math.floor(at / model.heads),
    head: at % model.heads,
    distance: distances[at]!,
    relation: wordRelations[most]!,
    shares: [a[from + most]!, b[from + most]!],
  };
}
