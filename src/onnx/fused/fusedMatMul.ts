import { input, integerAttribute, output } from '../graph';
import { rankOf } from '../valueTypes';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';

/** `FusedMatMul` of `com.microsoft`: a product with its transpositions and a factor. */
export const fusedMatMul: FusedOperator = (node, graph, writer) => {
  if (integerAttribute(node, 'transBatchA') === 1 || integerAttribute(node, 'transBatchB') === 1) throw new NotWrittenOut('it transposes batches');
  const ranks = [0, 1].map((index) => rankOf(graph, input(node, index)) ?? 0);
  // A matrix of weights has two dimensions; activations on both sides have as many as each other.
  const rank = Math.max(...ranks) || 4;
  const side = (index: number, name: string): string =>
    integerAttribute(node, name) === 1 ? transposed(writer, input(node, index), ranks[index] === 2 ? 2 : rank) : input(node, index);
  const alpha = floatAttribute(node, 'alpha') ?? 1;
  const product = writer.add('MatMul', [side(0, 'transA'), side(1, 'transB')], {}, alpha === 1 ? output(node) : undefined);
  if (alpha !== 1) writer.add('Mul', [product, writer.float(alpha)], {}, output(node));
};

function transposed(writer: NodeWriter, value: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return writer.add('Transpose', [value], { perm: [...perm.slice(0, -2), rank - 1, rank - 2] });
}
