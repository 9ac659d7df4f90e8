import { elementType, type Graph, input, type Node, output } from '../graph';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';

/** Where a node of `com.microsoft` does not state what keeps its square root from zero. */
const defaultEpsilon = 1e-12;

/** `SkipLayerNormalization`: the residual sum, and its normalization. */
export const skipLayerNormalization: FusedOperator = (node, _graph, writer) => {
  const [vectors, skip, gamma, beta, bias] = [0, 1, 2, 3, 4].map((index) => input(node, index)) as [string, string, string, string, string];
  const sum = residual(writer, vectors, skip, bias, output(node, 3));
  writer.add('LayerNormalization', [sum, gamma, ...(beta === '' ? [] : [beta])], { axis: -1, epsilon: epsilonOf(node) }, output(node));
};

/** `SkipSimplifiedLayerNormalization`: the same with the root mean square (Zhang & Sennrich, 2019). */
export const skipSimplifiedLayerNormalization: FusedOperator = (node, _graph, writer) => {
  const [vectors, skip, gamma, bias] = [0, 1, 2, 3].map((index) => input(node, index)) as [string, string, string, string];
  const sum = residual(writer, vectors, skip, bias, output(node, 3));
  writer.add('SimplifiedLayerNormalization', [sum, gamma], { axis: -1, epsilon: epsilonOf(node) }, output(node));
};

/**
 * `EmbedLayerNormalization`: look-ups of tokens, places and sentences, their sum, and its normalization.
 * `QEmbedLayerNormalization` does the same with tables of eight bits.
 */
export const embedLayerNormalization: FusedOperator = (node, graph, writer) => {
  const isQuantized = node.opType === 'QEmbedLayerNormalization';
  const table = (index: number): string => (isQuantized ? dequantizedTable(writer, node, index) : input(node, index));
  const [ids, segments, mask] = [0, 1, 7].map((index) => input(node, index));
  const [words, positions, sentences, gamma, beta] = [2, 3, 4, 5, 6].map(table);
  const places = isQuantized ? '' : input(node, 8);
  const rows = [
    writer.add('Gather', [words!, ids!], { axis: 0 }),
    writer.add('Gather', [positions!, places === '' ? writer.countTo(writer.length(ids!, 1)) : places], { axis: 0 }),
    ...(segments === '' || sentences === '' ? [] : [writer.add('Gather', [sentences!, segments!], { axis: 0 })]),
  ];
  const last = rows.at(-1)!;
  const before = rows.slice(1, -1).reduce((sum, part) => writer.add('Add', [sum, part]), rows[0]!);
  const sum = writer.add('Add', [before, last], {}, output(node, 2) || undefined);
  writer.add('LayerNormalization', [sum, gamma!, beta!], { axis: -1, epsilon: epsilonOf(node) }, output(node));
  if (isRead(graph, output(node, 1))) writeLengths(writer, mask!, output(node, 1));
};

/** Scales stand behind the mask in the order of the tables, zero points behind them. */
function dequantizedTable(writer: NodeWriter, node: Node, index: number): string {
  if (input(node, index) === '') return '';
  return writer.add('DequantizeLinear', [input(node, index), input(node, index + 6), input(node, index + 11)]);
}

function residual(writer: NodeWriter, vectors: string, skip: string, bias: string, result: string): string {
  const own = bias === '' ? vectors : writer.add('Add', [vectors, bias]);
  return writer.add('Add', [own, skip], {}, result || undefined);
}

/** How many tokens each row has, int32 `[batch]`. @param mask ones and zeros */
function writeLengths(writer: NodeWriter, mask: string, result: string): void {
  if (mask === '') throw new NotWrittenOut('it counts tokens without a mask');
  const kept = writer.add('Cast', [mask], { to: elementType.int32 });
  if (writer.opset >= 13) writer.add('ReduceSum', [kept, writer.integers(1)], { keepdims: 0 }, result);
  else writer.add('ReduceSum', [kept], { axes: [1], keepdims: 0 }, result);
}

function isRead(graph: Graph, value: string): boolean {
  return value !== '' && graph.consumers(value).length > 0;
}

function epsilonOf(node: Node): { readonly float: number } {
  return { float: floatAttribute(node, 'epsilon') ?? defaultEpsilon };
}
