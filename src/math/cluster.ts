import { agnes } from 'ml-hclust';

/**
 * Average-linkage (UPGMA) agglomerative clustering: merging stops where the mean distance between two groups reaches
 * `threshold`. The number of groups is not given.
 * @param distances `[n, n]`, symmetric
 * @returns group of each of the `n` items; groups count from 0, the largest first, equal sizes by their first item
 */
export function averageLinkage(distances: readonly (readonly number[])[], threshold: number): number[] {
  if (distances.length === 0) return [];
  if (distances.length === 1) return [0];
  const tree = agnes(distances as number[][], { method: 'average', isDistanceMatrix: true });
  const groups = tree.cut(threshold).map((cluster) => cluster.indices().sort((a, b) => a - b));
  groups.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  const groupOf = new Array<number>(distances.length);
  for (const [group, members] of groups.entries()) for (const member of members) groupOf[member] = group;
  return groupOf;
}
