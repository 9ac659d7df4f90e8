import { type Graph, input, integerAttribute, output } from '../graph';
import { rankOf } from '../valueTypes';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';

/** `FusedMatMul` of `com.microsoft`: a product with its transpositions and a factor. */
export const fusedMatMul: FusedOperator = (node, graph, writer) => {
  if (integerAttribute(node, 'transBatchA') === 1 || integerAttribute(node, 'transBatchB') === 1) throw new NotWrittenOut('it transposes batches');
  const side = (index: number, name: string): string =>
    integerAttribute(node, name) === 1 ? transposed(graph, writer, input(node, index)) : input(node, index);
  const alpha = floatAttribute(node, 'alpha') ?? 1;
  const product = writer.add('MatMul', [side(0, 'transA'), side(1, 'transB')], {}, alpha === 1 ? output(node) : undefined);
  if (alpha !== 1) writer.add('Mul', [product, writer.float(alpha)], {}, output(node));
};

function transposed(graph: Graph, writer: NodeWriter, value: string): string {
  const rank = rankOf(graph, value) ?? 4;
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return writer.add('Transpose', [value], { perm: [...perm.slice(0, -2), rank - 1, rank - 2] });
}
