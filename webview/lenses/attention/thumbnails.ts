import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import { headView, type HeadFilter } from './headView';
import { mapRows } from './mapRows';

/** One head at thumbnail size. */
export interface Thumbnail {
  readonly layer: number;
  readonly head: number;
  /** `[rows, columns]`, 0–1; each cell the largest weight in it. */
  readonly weights: Float32Array;
  readonly rows: number;
  readonly columns: number;
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
  const { layers, heads, kinds, rows, columns, queries, tokens } = overview;
  const exact = rows === queries.length && columns === tokens.length;
  const area = rows * columns;
  const filter: HeadFilter = { hideSpecial: hideSpecial && exact, pairs: 'all' };
  let max = 0;
  const list = Array.from({ length: layers * heads }, (_, index): Thumbnail => {
    const bytes = overview.thumbnails.subarray(index * area, (index + 1) * area);
    const all = Float32Array.from(bytes, (byte) => byte / 255);
    const view = exact ? headView(all, tokens, filter, kinds[0], mapRows(overview)) : null;
    const weights = view?.weights ?? all;
    const shown = { rows: view?.queries.length ?? rows, columns: view?.keys.length ?? columns };
    let at = 0;
    weights.forEach((weight, cell) => {
      if (weight > weights[at]!) at = cell;
    });
    const [row, column] = [Math.floor(at / shown.columns), at % shown.columns];
    const weight = weights[at] ?? 0;
    max = Math.max(max, weight);
    return {
      layer: Math.floor(index / heads),
      head: index % heads,
      weights,
      ...shown,
      strongest: {
        query: view?.queries[row]?.tokens[0] ?? Math.floor((row * queries.length) / rows),
        key: view?.keys[column]?.tokens[0] ?? Math.floor((column * tokens.length) / columns),
        weight,
      },
    };
  });
  return { list, max, exact };
}
