import type { Token } from '../../../src/text/token';
import { mergedWeights, wordsOf } from './wordPieces';

/** Which part of a sentence pair's attention is shown: from the text of the query to the text of the key. */
export const pairFilters = ['all', 'aa', 'ab', 'ba', 'bb'] as const;
export type PairFilter = (typeof pairFilters)[number];

export interface HeadFilter {
  readonly hideSpecial: boolean;
  readonly pairs: PairFilter;
  /** Words instead of their pieces; a word stands at its first token. */
  readonly mergePieces?: boolean;
}

/** The part of one head that is shown. */
export interface HeadView {
  /** Token indexes of the rows. */
  readonly queries: readonly number[];
  /** Token indexes of the columns. */
  readonly keys: readonly number[];
  /** `[queries, keys]` */
  readonly weights: Float32Array;
  /** Largest weight shown, 0 when there is none. */
  readonly max: number;
}

const segments: Readonly<Record<PairFilter, readonly [query: 0 | 1 | null, key: 0 | 1 | null]>> = {
  all: [null, null],
  aa: [0, 0],
  ab: [0, 1],
  ba: [1, 0],
  bb: [1, 1],
};

/** Indexes of the rows and columns that a filter leaves. */
export function filteredTokens(tokens: readonly Token[], { hideSpecial, pairs, mergePieces }: HeadFilter): Pick<HeadView, 'queries' | 'keys'> {
  const [querySegment, keySegment] = segments[pairs];
  const first = mergePieces ? new Set(wordsOf(tokens).map((word) => word[0]!)) : null;
  const within = (segment: 0 | 1 | null): number[] =>
    tokens.flatMap((token, index) =>
      (segment !== null && token.segment !== segment) || (hideSpecial && token.special) || first?.has(index) === false ? [] : [index],
    );
  return { queries: within(querySegment), keys: within(keySegment) };
}

/**
 * Applies a filter to a head. Without special tokens each row is divided by what it gives to the other tokens, of both
 * texts, so that it sums to one again; a pair filter alone changes no number.
 * @param all `[tokens, tokens]`, query first
 */
export function headView(all: ArrayLike<number>, tokens: readonly Token[], filter: HeadFilter): HeadView {
  const { queries, keys } = filteredTokens(tokens, filter);
  const side = tokens.length;
  const weights = filter.mergePieces ? mergedWeights(all, tokens) : all;
  const kept = filter.hideSpecial ? filteredTokens(tokens, { ...filter, pairs: 'all' }).keys : null;
  const shown = new Float32Array(queries.length * keys.length);
  let max = 0;
  queries.forEach((query, row) => {
    const share = kept?.reduce((sum, key) => sum + weights[query * side + key]!, 0) ?? 1;
    keys.forEach((key, column) => {
      const weight = share > 0 ? weights[query * side + key]! / share : 0;
      shown[row * keys.length + column] = weight;
      max = Math.max(max, weight);
    });
  });
  return { queries, keys, weights: shown, max };
}
