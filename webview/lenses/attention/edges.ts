import type { Edge } from '../../draw/lines';
import { isMasked, type HeadView } from './headView';
import { partViews } from './severalHeads';

/** Texts with more rows than this are drawn with each row's largest edges only. */
export const crowded = 40;

/** Share of each row's weight that is kept in crowded drawings (exBERT, Hoover et al. 2020). */
export const keptMass = 0.7;

/** Most edges of a row in crowded drawings: the mass of a diffuse row is in lines too faint to see. */
export const mostOfRow = 12;

/** What is kept of each row unless the reader says otherwise: all of a short text, the largest of a long one. */
export function usualMass(rows: number): number {
  return rows > crowded ? keptMass : 1;
}

/**
 * Which weights a drawing shows: of each row the largest, as few as hold a share of its sum, never zeros.
 * @param mass 0–1
 * @returns `[queries, keys]`, 1 for those that are kept
 */
export function keptWeights({ queries, keys, weights }: HeadView, mass: number): Uint8Array {
  const kept = new Uint8Array(weights.length);
  for (let row = 0; row < queries.length; row++) {
    const own = weights.subarray(row * keys.length, (row + 1) * keys.length);
    const rising = own.slice().sort();
    const wanted = mass * rising.reduce((sum, weight) => sum + weight, 0) - 1e-6;
    let sum = 0;
    let at = rising.length;
    while (at > 0 && sum < wanted && rising[at - 1]! > 0) sum += rising[--at]!;
    const least = rising[at] ?? Infinity;
    // Of weights as large as the smallest kept one, only so many are wanted.
    let ties = rising.subarray(at).filter((weight) => weight === least).length;
    own.forEach((weight, column) => {
      if (weight > least || (weight === least && ties-- > 0)) kept[row * keys.length + column] = 1;
    });
  }
  return kept;
}

/** The edges that a drawing of all rows shows, no more than a number of each row. Strongest last, to lie on top. */
export function drawnEdges({ queries, keys, weights }: HeadView, kept: Uint8Array, most = queries.length > crowded ? mostOfRow : Infinity): Edge[] {
  const edges = queries.flatMap((_, query) => {
    const row: Edge[] = [];
    for (let key = 0; key < keys.length; key++) {
      const at = query * keys.length + key;
      if (kept[at]) row.push({ query, key, weight: weights[at]! });
    }
    return row.length > most ? row.sort((a, b) => b.weight - a.weight).slice(0, most) : row;
  });
  return edges.sort((a, b) => a.weight - b.weight);
}

/** All weights of a row, or of a column, that the mask allows; strongest last. */
export function edgesOf(view: HeadView, side: 'query' | 'key', at: number): Edge[] {
  const { queries, keys, weights } = view;
  const others = side === 'query' ? keys : queries;
  const edges = others.map((_, other): Edge => {
    const [query, key] = side === 'query' ? [at, other] : [other, at];
    return { query, key, weight: weights[query * keys.length + key]! };
  });
  return edges.filter(({ query, key }) => !isMasked(view, query, key)).sort((a, b) => a.weight - b.weight);
}

/** What is kept of each part of a view. `[part][queries, keys]` */
export function keptOfParts(view: HeadView, mass: number): readonly Uint8Array[] {
  return partViews(view).map((part) => keptWeights(part, mass));
}

/** The edges of all parts: of all rows, or of one row or column. Strongest last. */
export function shownEdges(view: HeadView, kept: readonly Uint8Array[], followed: { readonly side: 'query' | 'key'; readonly at: number } | null): Edge[] {
  const columns = view.keys.length;
  const edges = partViews(view).flatMap((own, part) => {
    const left = kept[part]!;
    const drawn = followed
      ? edgesOf(own, followed.side, followed.at).filter(({ query, key }) => left[query * columns + key])
      : drawnEdges(own, left);
    return drawn.map((edge) => ({ ...edge, part }));
  });
  return view.parts ? edges.sort((a, b) => a.weight - b.weight) : edges;
}

/** Where a weight stands in its row: 1 for the largest; equal weights share a rank. */
export function rankInRow({ keys, weights }: HeadView, row: number, column: number): number {
  const own = weights.subarray(row * keys.length, (row + 1) * keys.length);
  const weight = own[column]!;
  return 1 + own.reduce((larger, other) => larger + (other > weight ? 1 : 0), 0);
}

/** The `count` strongest edges of a view, of whichever part, strongest first. */
export function strongestEdges(view: HeadView, count: number): Edge[] {
  return partViews(view)
    .flatMap((own, part) => strongestOfMap(own, count).map((edge) => ({ ...edge, part })))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count);
}

function strongestOfMap({ queries, keys, weights }: HeadView, count: number): Edge[] {
  const edges: Edge[] = [];
  let floor = 0;
  for (let query = 0; query < queries.length; query++) {
    for (let key = 0; key < keys.length; key++) {
      const weight = weights[query * keys.length + key]!;
      if (weight > floor) edges.push({ query, key, weight });
    }
    if (edges.length > count * 8) {
      edges.sort((a, b) => b.weight - a.weight).length = count;
      floor = edges.at(-1)?.weight ?? 0;
    }
  }
  return edges.sort((a, b) => b.weight - a.weight).slice(0, count);
}
