import { type Graph, input, type Node, output } from './graph';

/** Operators that multiply two values, in floating point or in integers. */
const productOps = new Set(['MatMul', 'MatMulInteger']);
const quantizers = new Set(['DynamicQuantizeLinear', 'QuantizeLinear']);

/** True for a product of two values of the run. */
export function isProductOfValues(graph: Graph, node: Node): boolean {
  return productOps.has(node.opType ?? '') && !graph.isFixed(input(node, 0)) && !graph.isFixed(input(node, 1));
}

/** A side of a product as numbers, where it is multiplied in integers. */
export function realSide(graph: Graph, product: Node, index: number): string {
  return beforeQuantization(graph, input(product, index));
}

/** The result of a product as numbers, where it is multiplied in integers: after its scale. */
export function realResult(graph: Graph, product: Node): string {
  if (product.opType !== 'MatMulInteger') return output(product);
  const cast = graph.consumers(output(product)).find(({ opType }) => opType === 'Cast');
  const scaled = cast && graph.consumers(output(cast)).find(({ opType }) => opType === 'Mul');
  return output(scaled ?? product);
}

/** What a linear projection by stored weights reads: `x` of x·W, in whichever arithmetic; undefined for other nodes. */
export function projectionSource(graph: Graph, node: Node): string | undefined {
  switch (node.opType) {
    case 'MatMul':
    case 'Gemm':
    case 'MatMulInteger':
    case 'MatMulIntegerToFloat':
    case 'DynamicQuantizeMatMul':
      return graph.isFixed(input(node, 1)) ? beforeQuantization(graph, input(node, 0)) : undefined;
    case 'MatMulNBits':
      return input(node, 0);
    default:
      return undefined;
  }
}

/** Back over the change to integers, and to integers and back. */
function beforeQuantization(graph: Graph, value: string): string {
  const node = graph.producer(value);
  if (!node) return value;
  if (quantizers.has(node.opType ?? '')) return input(node, 0);
  const before = node.opType === 'DequantizeLinear' ? graph.producer(input(node, 0)) : undefined;
  return before && quantizers.has(before.opType ?? '') ? input(before, 0) : value;
}
