import type { BeamTree } from '../../../src/lenses/translation/contract';

/** Where a hypothesis' token stands in the drawing, in columns and rows. */
export interface PlacedNode {
  /** Index into the tree's nodes. */
  readonly node: number;
  readonly column: number;
  readonly row: number;
  /** Whether it is part of the translation that won. */
  readonly best: boolean;
}

/** Nodes by step, and within a step by score, the best at the top. */
export function placedNodes({ nodes, finished }: BeamTree): PlacedNode[] {
  const first = Math.min(...nodes.map(({ step }) => step));
  const won = new Set(finished[0] ? pathTo(nodes, finished[0].node) : []);
  const rows = new Map<number, number>();
  return nodes.map(({ step }, node) => {
    const row = rows.get(step) ?? 0;
    rows.set(step, row + 1);
    return { node, column: step - first, row, best: won.has(node) };
  });
}

/** Indexes of the nodes from the first token to this one. */
export function pathTo(nodes: BeamTree['nodes'], node: number): number[] {
  const path: number[] = [];
  for (let at = node; at >= 0; at = nodes[at]!.parent) path.unshift(at);
  return path;
}
