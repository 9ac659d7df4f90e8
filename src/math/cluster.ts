import { agnes, type Cluster } from 'ml-hclust';

/** Where a tree of groups can be cut in two. */
export interface Cut {
  /** Mean distance between items of the two sides. */
  readonly distance: number;
  /** Items of the side with fewer, and of the other. */
  readonly smaller: number;
  readonly larger: number;
}

/**
 * Average-linkage agglomerative clustering: the tree of groups is cut from the top as long as `apart` says that two
 * sides are different groups. The number of groups is not given.
 * @param distances `[n, n]`, symmetric; negative ones too, and the diagonal does not matter
 * @returns group of each of the `n` items; groups count from 0, the largest first, equal sizes by their first item
 */
export function averageLinkage(distances: readonly (readonly number[])[], apart: (cut: Cut) => boolean): number[] {
  if (distances.length === 0) return [];
  const tree = agnes(distances as number[][], { method: 'average', isDistanceMatrix: true });
  const groupOf = new Array<number>(distances.length);
  for (const [group, cluster] of groupsOf(tree, apart).entries()) for (const item of cluster.indices()) groupOf[item] = group;
  return largestFirst(groupOf);
}

function groupsOf(tree: Cluster, apart: (cut: Cut) => boolean): Cluster[] {
  if (tree.isLeaf) return [tree];
  const sizes = tree.children.map(({ size }) => size);
  const cut = { distance: tree.height, smaller: Math.min(...sizes), larger: Math.max(...sizes) };
  return apart(cut) ? tree.children.flatMap((side) => groupsOf(side, apart)) : [tree];
}

/** Numbers groups anew, from 0: the largest first, equal sizes by their first item. */
export function largestFirst(groupOf: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const group of groupOf) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  return groupOf.map((group) => order.indexOf(group));
}
