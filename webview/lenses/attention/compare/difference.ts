import type { AxisItem, HeadView } from '../headView';
import { mergedWeights } from '../wordPieces';
import type { AlignedItems } from './alignItems';

/** Two maps and what the second has more of than the first, where their rows and columns are aligned. */
export interface Difference {
  readonly a: HeadView;
  readonly b: HeadView;
  readonly queries: readonly AlignedItems[];
  readonly keys: readonly AlignedItems[];
  /** `[aligned queries, aligned keys]` of each: sums over the items of a key, means over those of a query. */
  readonly weightsA: Float32Array;
  readonly weightsB: Float32Array;
  /** B − A as a map; `max` is its largest magnitude. */
  readonly view: HeadView;
  /** Rows and columns of each side without a counterpart. */
  readonly leftOut: { readonly a: number; readonly b: number };
}

/**
 * B − A over what is aligned.
 * @param queries, keys in the order of A
 */
export function differenceOf(a: HeadView, b: HeadView, queries: readonly AlignedItems[], keys: readonly AlignedItems[]): Difference {
  const part = ({ weights, keys: all }: HeadView, side: 'a' | 'b'): Float32Array => {
    const pieces = (aligned: readonly AlignedItems[]): { tokens: readonly number[] }[] => aligned.map((pair) => ({ tokens: pair[side] }));
    return mergedWeights(weights, all.length, pieces(queries), pieces(keys));
  };
  const [weightsA, weightsB] = [part(a, 'a'), part(b, 'b')];
  const weights = weightsB.map((weight, at) => weight - weightsA[at]!);
  const counted = (side: 'a' | 'b', all: readonly AxisItem[], aligned: readonly AlignedItems[]): number =>
    all.length - aligned.reduce((sum, pair) => sum + pair[side].length, 0);
  return {
    a,
    b,
    queries,
    keys,
    weightsA,
    weightsB,
    view: {
      queries: queries.map((pair) => joined(a.queries, pair.a)),
      keys: keys.map((pair) => joined(a.keys, pair.a)),
      weights,
      max: weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0),
      kind: a.kind === b.kind ? a.kind : 'self',
    },
    leftOut: {
      a: Math.max(counted('a', a.queries, queries), counted('a', a.keys, keys)),
      b: Math.max(counted('b', b.queries, queries), counted('b', b.keys, keys)),
    },
  };
}

/** Several items as one. */
function joined(items: readonly AxisItem[], indexes: readonly number[]): AxisItem {
  const parts = indexes.map((index) => items[index]!);
  const [first] = parts as [AxisItem];
  if (parts.length === 1) return first;
  return {
    ...first,
    tokens: parts.flatMap(({ tokens }) => tokens),
    label: parts.map(({ label, joined: close }, at) => (at === 0 || close ? label : ` ${label}`)).join(''),
    title: parts.map(({ title }) => title).join('\n'),
  };
}

/** Which aligned pair holds an item of a side, −1 when none does. */
export function pairOf(aligned: readonly AlignedItems[], side: 'a' | 'b', item: number): number {
  return aligned.findIndex((pair) => pair[side].includes(item));
}
