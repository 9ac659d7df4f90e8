import { type Node, nodeName } from './graph';

/** Something that cannot be shown, and the node that stopped it. */
export interface GraphLimit {
  /** Its name; empty where no single node did. */
  readonly node: string;
  readonly reason: string;
}

export function limitAt(node: Node, reason: string): GraphLimit {
  return { node: nodeName(node), reason };
}

/** In one sentence. */
export function sayLimit({ node, reason }: GraphLimit): string {
  const sentence = `${reason[0]!.toUpperCase()}${reason.slice(1)}`;
  return node === '' ? `${sentence}.` : `${sentence} (at node ${node}).`;
}
