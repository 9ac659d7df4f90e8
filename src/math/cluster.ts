import { agnes } from 'ml-hclust';

/**
 * Complete-linkage agglomerative clustering: two groups are merged while no distance between their items is larger than
 * `threshold`. The number of groups is not given.
 * @param distances `[n, n]`, symmetric
 * @returns group of each of the `n` items; groups count from 0, the largest first, equal sizes by their first item
 */
export function completeLinkage(distances: readonly (readonly number[])[], threshold: number): number[] {
  if (distances.length === 0) return [];
  if (distances.length === 1) return [0];
  const tree = agnes(distances as number[][], { method: 'complete', isDistanceMatrix: true });
  const groupOf = new Array<number>(distances.length);
  for (const [group, cluster] of tree.cut(threshold).entries()) for (const item of cluster.indices()) groupOf[item] = group;
  return largestFirst(groupOf);
}

/** Numbers groups anew, from 0: the largest first, equal sizes by their first item. */
export function largestFirst(groupOf: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const group of groupOf) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  return groupOf.map((group) => order.indexOf(group));
}
