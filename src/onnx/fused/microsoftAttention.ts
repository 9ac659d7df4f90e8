import { elementType, type Graph, input, integerAttribute, integersAttribute, type Node, output } from '../graph';
import { rankOf } from '../valueTypes';
import { afterPast, causal, type DotProduct, firstKeys, splitHeads, writeDotProduct } from './dotProduct';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';

/** What masked scores are lowered by where the node does not say. */
const defaultFilter = -10000;

/**
 * `Attention` of `com.microsoft`: the projection of queries, keys and values in one product, and the attention.
 * Its quantized form `QAttention` computes the same from eight bits.
 */
export const microsoftAttention: FusedOperator = (node, graph, writer) => {
  const isQuantized = node.opType === 'QAttention';
  const [source, weights, bias, mask, past, attentionBias] = isQuantized
    ? [fromBits(writer, node, 0, 3, 6, null), fromBits(writer, node, 1, 4, 7, 1), input(node, 2), input(node, 5), input(node, 8), '']
    : [0, 1, 2, 3, 4, 5].map((index) => input(node, index));
  if ((integerAttribute(node, 'do_rotary') ?? 0) !== 0) throw new NotWrittenOut('it turns queries and keys itself');
  const heads = integerAttribute(node, 'num_heads') ?? 0;
  const width = Number(graph.initializer(input(node, 1))?.dims?.at(-1) ?? 0);
  if (heads <= 0 || width === 0) throw new NotWrittenOut('its heads or the width of its weights are not stated');
  const sizes = integersAttribute(node, 'qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3];
  const product = writer.add('MatMul', [source!, weights!]);
  const projected = bias === '' ? product : writer.add('Add', [product, bias!]);
  const starts = sizes.map((_, part) => sizes.slice(0, part).reduce((all, size) => all + size, 0));
  const [query, newKey, newValue] = sizes.map((size, part) =>
    splitHeads(writer, writer.slice(projected, 2, writer.integers(starts[part]!), writer.integers(starts[part]! + size)), heads),
  ) as [string, string, string];
  const [key, value] = withPast(writer, past!, newKey, newValue, output(node, 1));
  const masks = keyMask(graph, writer, mask!, key, floatAttribute(node, 'mask_filter_value') ?? defaultFilter);
  const scale = floatAttribute(node, 'scale') ?? 0;
  const attention: DotProduct = {
    query, key, value,
    scale: scale === 0 ? 1 / Math.sqrt(sizes[0]! / heads) : scale,
    softcap: 0,
    added: [...(attentionBias === '' ? [] : [attentionBias!]), ...masks.added],
    allowed: [...masks.allowed, ...(integerAttribute(node, 'unidirectional') === 1 ? [causal(writer, query, key)] : [])],
  };
  writeDotProduct(writer, attention, output(node));
};

/** (bits − zero point) · scale. @param axis of the scales, null for a single one */
function fromBits(writer: NodeWriter, node: Node, bits: number, scale: number, zero: number, axis: number | null): string {
  const inputs = [bits, scale, zero].map((index) => input(node, index));
  return writer.add('DequantizeLinear', inputs[2] === '' ? inputs.slice(0, 2) : inputs, axis === null ? {} : { axis });
}

/** Keys and values of earlier tokens come and go as one value `[2, batch, head, token, size]`. */
function withPast(writer: NodeWriter, past: string, key: string, value: string, present: string): readonly [string, string] {
  const part = (which: number): string =>
    past === '' ? '' : writer.add('Gather', [past, writer.integer(which)], { axis: 0 });
  const both = [afterPast(writer, part(0), key, undefined), afterPast(writer, part(1), value, undefined)] as const;
  if (present !== '') {
    const layers = both.map((vectors) => writer.add('Reshape', [vectors, writer.add('Concat', [writer.integers(1), writer.add('Shape', [vectors])], { axis: 0 })]));
    writer.add('Concat', layers, { axis: 0 }, present);
  }
  return both;
}

/**
 * What the mask of a node of `com.microsoft` allows or takes away.
 * @param mask lengths `[batch]`, ones and zeros `[batch, key]` or `[batch, query, key]`
 */
export function keyMask(graph: Graph, writer: NodeWriter, mask: string, key: string, filter: number): Pick<DotProduct, 'added' | 'allowed'> {
  if (mask === '') return { added: [], allowed: [] };
  const rank = rankOf(graph, mask);
  if (rank === 1) return { added: [], allowed: [firstKeys(writer, mask, key)] };
  if (rank !== 2 && rank !== 3) throw new NotWrittenOut(`its mask ${mask} has ${rank ?? 'an unknown number of'} dimensions`);
  const shape = rank === 2 ? writer.integers(0, 1, 1, -1) : writer.add('Concat', [writer.length(mask, 0), writer.integers(1), writer.length(mask, 1), writer.integers(-1)], { axis: 0 });
  const kept = writer.toFloat(writer.add('Reshape', [writer.add('Cast', [mask], { to: elementType.int64 }), shape]));
  return { added: [writer.add('Mul', [writer.add('Sub', [writer.float(1), kept]), writer.float(filter)])], allowed: [] };
}
