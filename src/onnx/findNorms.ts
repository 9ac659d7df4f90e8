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
      const norm = writtenOut(graph, node) ?? rootMeanSquare(graph, node);
      if (norm) norms.push(norm);
    }
  }
  return norms.toSorted((a, b) => a.position - b.position);
}

/** (x − mean) / √(variance + ε) · weight [+ bias], from its square root on. */
function writtenOut(graph: Graph, squareRoot: Node): Norm | undefined {
  const divide = graph.consumers(output(squareRoot)).find((node) => node.opType === 'Div');
  const centred = divide && graph.producer(input(divide, 0));
  if (!divide || centred?.opType !== 'Sub') return undefined;
  const scale = graph.consumers(output(divide)).find((node) => node.opType === 'Mul');
  if (!scale) return undefined;
  // Without a bias in families that do without (ModernBERT).
  const last = graph.consumers(output(scale)).find((node) => node.opType === 'Add' && (node.input ?? []).some((side) => graph.isFixed(side))) ?? scale;
  return { source: input(centred, 0), result: output(last), position: graph.position(last) };
}

/** x / √(mean of squares + ε) · weight (Zhang & Sennrich, 2019, arXiv:1910.07467), from its square root on. */
function rootMeanSquare(graph: Graph, squareRoot: Node): Norm | undefined {
  const next = graph.consumers(output(squareRoot)).find((node) => node.opType === 'Div' || node.opType === 'Reciprocal');
  const isInverse = next && (next.opType === 'Reciprocal' || graph.isFixed(input(next, 0)));
  const scale = isInverse ? graph.consumers(output(next)).find((node) => node.opType === 'Mul') : next;
  const source = scale && (scale.input ?? []).find((side) => side !== output(next!) && side !== output(squareRoot) && !graph.isFixed(side));
  const weigh = scale && afterCasts(graph, output(scale)).find((node) => node.opType === 'Mul' && (node.input ?? []).some((side) => graph.isFixed(side)));
  if (source === undefined || !weigh || !graph.consumers(source).some((node) => node.opType === 'Pow' || node.opType === 'Mul')) return undefined;
  return { source, result: output(weigh), position: graph.position(weigh) };
}

function afterCasts(graph: Graph, value: string): readonly Node[] {
  return graph.consumers(value).flatMap((node) => (node.opType === 'Cast' ? afterCasts(graph, output(node)) : [node]));
}
