import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import { headView, type HeadFilter } from './headView';

/** One head at thumbnail size. */
export interface Thumbnail {
  readonly layer: number;
  readonly head: number;
  /** `[side, side]`, 0–1; each cell the largest weight in it. */
  readonly weights: Float32Array;
  readonly side: number;
  readonly strongest: { readonly query: number; readonly key: number; readonly weight: number };
}

export interface Thumbnails {
  readonly list: readonly Thumbnail[];
  /** Largest weight of all, for a common scale. */
  readonly max: number;
  /** Whether a cell is one token; if not, cells stand for several tokens and special ones cannot be taken out. */
  readonly exact: boolean;
}

/** Splits the pooled bytes into heads; special tokens are left out as in the detail where a cell is one token. */
export function thumbnails(overview: AttentionOverview, hideSpecial: boolean): Thumbnails {
  const { layers, heads, side, tokens } = overview;
  const exact = side === tokens.length;
  const filter: HeadFilter = { hideSpecial: hideSpecial && exact, pairs: 'all' };
  let max = 0;
  const list = Array.from({ length: layers * heads }, (_, index): Thumbnail => {
    const bytes = overview.thumbnails.subarray(index * side * side, (index + 1) * side * side);
    const all = Float32Array.from(bytes, (byte) => byte / 255);
    const view = exact ? headView(all, tokens, filter) : null;
    const weights = view?.weights ?? all;
    const shownSide = view?.queries.length ?? side;
    let at = 0;
    weights.forEach((weight, cell) => {
      if (weight > weights[at]!) at = cell;
    });
    const tokenOf = (cell: number): number => view?.queries[cell]?.tokens[0] ?? Math.floor((cell * tokens.length) / side);
    const weight = weights[at] ?? 0;
    max = Math.max(max, weight);
    return {
      layer: Math.floor(index / heads),
      head: index % heads,
      weights,
      side: shownSide,
      strongest: { query: tokenOf(Math.floor(at / shownSide)), key: tokenOf(at % shownSide), weight },
    };
  });
  return { list, max, exact };
}
