import { dot, unit } from './vector';

/**
 * Mean silhouette width by cosine distance, from −1 (each item is nearer to another group) over 0 (groups overlap) to 1
 * (groups are points far apart): `(b − a) / max(a, b)` with the mean distance `a` to the own group and `b` to the nearest
 * other one (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7). An item alone in its group counts 0.
 * @param groupOf group of each vector
 * @returns null where there are not two groups, or as many groups as items
 */
export function silhouette(vectors: readonly Float32Array[], groupOf: readonly number[]): number | null {
  const groups = [...new Set(groupOf)];
  if (groups.length < 2 || groups.length === vectors.length) return null;
  const units = vectors.map(unit);
  const widths = units.map((own, at) => {
    const distances = groups.map((group) => {
      const others = units.filter((_, other) => other !== at && groupOf[other] === group);
      return others.reduce((sum, other) => sum + 1 - dot(own, other), 0) / others.length;
    });
    const a = distances[groups.indexOf(groupOf[at]!)]!;
    const b = Math.min(...distances.filter((_, index) => groups[index] !== groupOf[at]));
    // Of no others there is no mean; rounding makes distances of equal vectors a little more or less than none.
    return Number.isNaN(a) || Math.max(a, b) < 1e-6 ? 0 : (b - a) / Math.max(a, b);
  });
  return widths.reduce((sum, width) => sum + width, 0) / widths.length;
}
