import { type Graph, input, type Node, output } from './graph';

/** One normalization over the hidden dimension: what it reads, what it makes, where it stands. */
export interface Norm {
  readonly source: string;
  readonly result: string;
  readonly position: number;
}

const normOps = new Set(['LayerNormalization', 'SimplifiedLayerNormalization', 'RMSNormalization']);

/** All layer normalizations in graph order, as one operator or written out (exports before opset 17). */
export function findNorms(graph: Graph): readonly Norm[] {
  const norms: Norm[] = [];
  for (const node of graph.nodes) {
    if (normOps.has(node.opType ?? '')) {
      norms.push({ source: input(node, 0), result: output(node), position: graph.position(node) });
    } else if (node.opType === 'Sqrt') {
      const norm = writtenOut(graph, node);
      if (norm) norms.push(norm);
    }
  }
  return norms.toSorted((a, b) => a.position - b.position);
}

/** (x − mean) / √(variance + ε) · weight + bias, from its square root on. */
function writtenOut(graph: Graph, squareRoot: Node): Norm | undefined {
  const divide = graph.consumers(output(squareRoot)).find((node) => node.opType === 'Div');
  const centred = divide && graph.producer(input(divide, 0));
  if (!divide || centred?.opType !== 'Sub') return undefined;
  const scale = graph.consumers(output(divide)).find((node) => node.opType === 'Mul');
  const shift = scale && graph.consumers(output(scale)).find((node) => node.opType === 'Add');
  return shift && { source: input(centred, 0), result: output(shift), position: graph.position(shift) };
}
