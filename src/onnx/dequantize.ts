import type { onnx } from 'onnx-proto';
import type { ReadWeights } from './graphSource';
import { elementType, Graph, input, integerAttribute, type Node, output, type Tensor } from './graph';
import { numbersOf, sizeOf } from './tensorData';

/**
 * Turns weights that are stored as integers with a scale into fp32, once and before any device sees them, so that all
 * devices compute with the same numbers: w = (q − zero point) · scale, per tensor or along one axis (ONNX operator
 * `DequantizeLinear`). Other quantization (dynamic, blocked) is left to the runtime.
 */
export function dequantizeWeights(proto: onnx.IGraphProto, readWeights: ReadWeights): void {
  const graph = new Graph(proto, readWeights);
  const replaced = new Set<Node>();
  const weights: Tensor[] = [];
  for (const node of graph.nodes) {
    if (node.opType !== 'DequantizeLinear') continue;
    const weight = dequantized(graph, node);
    if (!weight) continue;
    weights.push(weight);
    replaced.add(node);
  }
  if (replaced.size === 0) return;
  proto.node = graph.nodes.filter((node) => !replaced.has(node));
  const used = new Set(proto.node.flatMap((node) => node.input ?? []));
  const kept = (proto.initializer ?? []).filter((tensor) => used.has(tensor.name ?? ''));
  proto.initializer = [...kept, ...weights];
}

function dequantized(graph: Graph, node: Node): Tensor | undefined {
  const quantized = graph.initializer(input(node, 0));
  const scaleTensor = graph.initializer(input(node, 1));
  const zeroTensor = graph.initializer(input(node, 2));
  if (!quantized || !scaleTensor || (integerAttribute(node, 'block_size') ?? 0) !== 0) return undefined;
  if (scaleTensor.dataType !== elementType.float) return undefined;
  const values = numbersOf(quantized, graph.readWeights);
  const scales = numbersOf(scaleTensor, graph.readWeights);
  const zeros = zeroTensor && numbersOf(zeroTensor, graph.readWeights);
  if (!values || !scales || (input(node, 2) !== '' && !zeros)) return undefined;

  const dims = (quantized.dims ?? []).map(Number);
  const axis = ((integerAttribute(node, 'axis') ?? 1) + dims.length) % Math.max(dims.length, 1);
  const whole = values.length > 0 && values.length === sizeOf(quantized);
  if (!whole || (scales.length !== 1 && scales.length !== dims[axis])) return undefined;
  if (zeros && zeros.length !== 1 && zeros.length !== scales.length) return undefined;
  // Elements that follow each other under one scale.
  const run = scales.length === 1 ? values.length : dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const result = new Float32Array(values.length);
  for (let start = 0, channel = 0; start < result.length; start += run, channel = (channel + 1) % scales.length) {
    const scale = scales[channel]!;
    const zero = zeros?.[zeros.length === 1 ? 0 : channel] ?? 0;
    for (let index = start; index < start + run; index++) result[index] = (values[index]! - zero) * scale;
  }
  return {
    name: output(node),
    dims: quantized.dims ?? [],
    dataType: elementType.float,
    rawData: new Uint8Array(result.buffer),
  };
}
