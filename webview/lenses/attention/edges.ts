import type { Edge } from '../../draw/lines';
import type { HeadView } from './headView';

/** Texts with more rows than this are drawn with each row's largest edges only. */
export const crowded = 40;

/** Share of each row's weight that is kept in crowded drawings (exBERT, Hoover et al. 2020). */
export const keptMass = 0.7;

/** Most edges of a row in crowded drawings: the mass of a diffuse row is in lines too faint to see. */
export const mostOfRow = 12;

/** Each row's largest edges, up to a share of the row's weight (0–1) and a number of edges. */
export function largestEdges({ queries, keys, weights }: HeadView, mass: number, most: number): Edge[] {
  return queries.flatMap((_, query) => {
    const weightsOfRow = weights.subarray(query * keys.length, (query + 1) * keys.length);
    const row = Array.from(weightsOfRow, (weight, key) => ({ query, key, weight }))
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight);
    const wanted = mass * row.reduce((sum, { weight }) => sum + weight, 0);
    let sum = 0;
    const kept = row.findIndex(({ weight }) => (sum += weight) >= wanted - 1e-6);
    return row.slice(0, Math.min(most, kept < 0 ? row.length : kept + 1));
  });
}

/** What is kept of each row unless the reader says otherwise: all of a short text, the largest of a long one. */
export function usualMass(rows: number): number {
  return rows > crowded ? keptMass : 1;
}

/** The edges that a drawing shows: each row's largest, up to a share of its weight. Strongest last, to lie on top. */
export function drawnEdges(view: HeadView, mass: number): Edge[] {
  const edges = largestEdges(view, mass, view.queries.length > crowded ? mostOfRow : Infinity);
  return edges.sort((a, b) => a.weight - b.weight);
}

/** The `count` strongest edges of a head, strongest first. */
export function strongestEdges({ queries, keys, weights }: HeadView, count: number): Edge[] {
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
