import type { Graph, Node } from '../graph';
import type { NodeWriter } from './nodeWriter';

/**
 * Writes a fused node in plain operators whose results have the names of its outputs.
 * @throws NotWrittenOut for a form of it that is not understood
 */
export type FusedOperator = (node: Node, graph: Graph, writer: NodeWriter) => void;

/** Why a fused node stays as it is. */
export class NotWrittenOut extends Error {}

export function floatAttribute(node: Node, name: string): number | undefined {
  const value = node.attribute?.find((attribute) => attribute.name === name)?.f;
  return value ?? undefined;
}
