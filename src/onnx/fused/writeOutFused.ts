import type { onnx } from 'onnx-proto';
import { elementType, Graph, input, type Node, nodeName } from '../graph';
import type { ReadWeights } from '../graphSource';
import { type GraphLimit, limitAt } from '../limit';
import { elementTypeOf } from '../valueTypes';
import { fusedMatMul } from './fusedMatMul';
import { type FusedOperator, NotWrittenOut } from './fusedOperator';
import { groupQueryAttention } from './groupQueryAttention';
import { microsoftAttention } from './microsoftAttention';
import { multiHeadAttention } from './multiHeadAttention';
import { type FloatType, NodeWriter } from './nodeWriter';
import { embedLayerNormalization, skipLayerNormalization, skipSimplifiedLayerNormalization } from './normalizations';
import { relativePositionBias } from './relativePositionBias';
import { rotaryEmbedding } from './rotary';
import { standardAttention } from './standardAttention';

const microsoft = 'com.microsoft';

const operators: Readonly<Record<string, FusedOperator>> = {
  [`${microsoft}/Attention`]: microsoftAttention,
  [`${microsoft}/QAttention`]: microsoftAttention,
  [`${microsoft}/MultiHeadAttention`]: multiHeadAttention,
  [`${microsoft}/GroupQueryAttention`]: groupQueryAttention,
  [`${microsoft}/RotaryEmbedding`]: rotaryEmbedding,
  [`${microsoft}/SkipLayerNormalization`]: skipLayerNormalization,
  [`${microsoft}/SkipSimplifiedLayerNormalization`]: skipSimplifiedLayerNormalization,
  [`${microsoft}/EmbedLayerNormalization`]: embedLayerNormalization,
  [`${microsoft}/QEmbedLayerNormalization`]: embedLayerNormalization,
  [`${microsoft}/RelativePositionBias`]: relativePositionBias,
  [`${microsoft}/FusedMatMul`]: fusedMatMul,
  '/Attention': standardAttention,
};

/** The operators of a graph that are written out. */
export function operatorOf(node: Node): FusedOperator | undefined {
  return operators[`${node.domain === 'ai.onnx' ? '' : (node.domain ?? '')}/${node.opType ?? ''}`];
}

/**
 * Writes operators out that optimizers fused (ONNX Runtime's `com.microsoft`, and ONNX's own `Attention`): what happens
 * inside of them becomes values of the graph, and all that follows only has to know the plain form. The runtime fuses
 * again what nobody reads.
 * @returns why a fused attention stays as it is, by its node
 */
export function writeOutFused(model: onnx.IModelProto & { graph: onnx.IGraphProto }, readWeights: ReadWeights): GraphLimit[] {
  const proto = model.graph;
  if (!(proto.node ?? []).some(operatorOf)) return [];
  const graph = new Graph(proto, readWeights);
  const opset = Number(model.opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0);
  const limits: GraphLimit[] = [];
  const initializers = [...(proto.initializer ?? [])];
  proto.node = graph.nodes.flatMap((node, index) => {
    const operator = operatorOf(node);
    if (!operator) return [node];
    const writer = new NodeWriter(nodeName(node), index, opset, floatTypeOf(graph, node));
    try {
      operator(node, graph, writer);
    } catch (error) {
      if (!(error instanceof NotWrittenOut)) throw error;
      limits.push(limitAt(node, `the fused ${node.opType ?? ''} stays as it is: ${error.message}`));
      return [node];
    }
    initializers.push(...writer.initializers);
    return writer.nodes;
  });
  proto.initializer = initializers;
  return limits;
}

/** fp16 if the node computes in it; its first inputs may be ids. */
function floatTypeOf(graph: Graph, node: Node): FloatType {
  const types = [0, 1, 2].map((index) => (input(node, index) === '' ? undefined : elementTypeOf(graph, input(node, index))));
  return types.includes(elementType.float16) ? elementType.float16 : elementType.float;
}
