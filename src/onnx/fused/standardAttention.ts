import { elementType, type Graph, input, integerAttribute, output } from '../graph';
import { elementTypeOf, rankOf } from '../valueTypes';
import { afterPast, causal, repeatHeads, splitHeads, writeDotProduct } from './dotProduct';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';

/** `Attention` of ONNX itself, from opset 23 on: three dimensions with the heads stated, or four. */
export const standardAttention: FusedOperator = (node, graph, writer) => {
  const rank = rankOf(graph, input(node, 0)) ?? (integerAttribute(node, 'q_num_heads') ? 3 : 4);
  const [queryHeads, groups] = rank === 3
    ? [integerAttribute(node, 'q_num_heads') ?? 0, integerAttribute(node, 'kv_num_heads') ?? 0]
    : [headsOf(graph, input(node, 0)), headsOf(graph, input(node, 1))];
  if (rank === 3 && (queryHeads <= 0 || groups <= 0)) throw new NotWrittenOut('it does not state its heads');
  const byHead = (part: number): string => (rank === 3 ? splitHeads(writer, input(node, part), part === 0 ? queryHeads : groups) : input(node, part));
  const query = byHead(0);
  const ownKey = afterPast(writer, input(node, 4), byHead(1), output(node, 1));
  const ownValue = afterPast(writer, input(node, 5), byHead(2), output(node, 2));
  if (output(node, 3) !== '') throw new NotWrittenOut('its scores are read by other nodes');
  if (input(node, 6) !== '') throw new NotWrittenOut('it is told how many keys are there');
  const [key, value] = [ownKey, ownValue].map((vectors) => repeatHeads(writer, vectors, groups, queryHeads)) as [string, string];
  const mask = input(node, 3);
  const isBoolean = mask !== '' && elementTypeOf(graph, mask) === elementType.bool;
  const scale = floatAttribute(node, 'scale');
  const made = writeDotProduct(writer, {
    query, key, value,
    scale: scale ?? null,
    softcap: floatAttribute(node, 'softcap') ?? 0,
    added: mask !== '' && !isBoolean ? [mask] : [],
    allowed: [...(isBoolean ? [mask] : []), ...(integerAttribute(node, 'is_causal') === 1 ? [causal(writer, query, key)] : [])],
  }, rank === 3 ? output(node) : undefined);
  if (rank !== 3) {
    // Four dimensions come out as they went in.
    const shape = writer.add('Concat', [writer.integers(0, 0), writer.length(query, 1), writer.integers(-1)], { axis: 0 });
    writer.add('Transpose', [writer.add('Reshape', [made, shape])], { perm: [0, 2, 1, 3] }, output(node));
  }
};

/** Heads of `[batch, head, token, size]`; 1 where the graph does not tell, as if queries and keys had the same. */
function headsOf(graph: Graph, vectors: string): number {
  return Number(graph.statedType(vectors)?.shape?.dim?.[1]?.dimValue ?? 0) || 1;
}
