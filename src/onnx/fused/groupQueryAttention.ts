import { elementType, input, integerAttribute, output } from '../graph';
import { afterPast, causal, firstKeys, repeatHeads, splitHeads, writeDotProduct } from './dotProduct';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';
import { rotated } from './rotary';

/**
 * `GroupQueryAttention` of `com.microsoft`: heads of queries in groups that share keys and values, turned by their
 * places where the node does that. What is kept of earlier tokens holds no gaps, as it is when rows are of one length.
 */
export const groupQueryAttention: FusedOperator = (node, _graph, writer) => {
  const heads = integerAttribute(node, 'num_heads') ?? 0;
  const groups = integerAttribute(node, 'kv_num_heads') ?? 0;
  if (heads <= 0 || groups <= 0) throw new NotWrittenOut('it does not state its heads');
  const flag = (name: string): boolean => (integerAttribute(node, name) ?? 0) > 0;
  if (flag('smooth_softmax') || input(node, 11) !== '') throw new NotWrittenOut('its softmax has a sink beside the keys');
  const [pastKey, pastValue, lengths] = [3, 4, 5].map((index) => input(node, index)) as [string, string, string];
  const [queries, keys, values] = input(node, 1) === ''
    ? packed(writer, input(node, 0), heads, groups)
    : ([0, 1, 2].map((part) => splitHeads(writer, input(node, part), part === 0 ? heads : groups)) as [string, string, string]);
  const [query, newKey] = flag('do_rotary') ? turned(writer, node.input ?? [], queries, keys, pastKey, integerAttribute(node, 'rotary_interleaved') === 1) : [queries, keys];
  const ownKey = afterPast(writer, pastKey, newKey, output(node, 1));
  const ownValue = afterPast(writer, pastValue, values, output(node, 2));
  const [key, value] = [ownKey, ownValue].map((vectors) => repeatHeads(writer, vectors, groups, heads)) as [string, string];
  const window = integerAttribute(node, 'local_window_size') ?? -1;
  const scale = floatAttribute(node, 'scale') ?? 0;
  // The node is told by how many tokens each row is longer than one.
  const rowLengths = lengths === '' ? [] : [firstKeys(writer, writer.add('Add', [writer.add('Cast', [lengths], { to: elementType.int64 }), writer.integers(1)]), key)];
  writeDotProduct(writer, {
    query, key, value,
    scale: scale === 0 ? null : scale,
    softcap: floatAttribute(node, 'softcap') ?? 0,
    added: input(node, 10) === '' ? [] : [input(node, 10)],
    allowed: [...rowLengths, causal(writer, query, key, window > 0 ? window : null)],
  }, output(node));
};

/** Queries, keys and values side by side: `[batch, token, (heads + 2 · groups) · size]`. */
function packed(writer: NodeWriter, all: string, heads: number, groups: number): [string, string, string] {
  const apart = splitHeads(writer, all, heads + 2 * groups);
  const part = (from: number, to: number): string => writer.slice(apart, 1, writer.integers(from), writer.integers(to));
  return [part(0, heads), part(heads, heads + groups), part(heads + groups, heads + 2 * groups)];
}

/** Queries and keys turned by their places, which follow those of earlier tokens. */
function turned(writer: NodeWriter, inputs: readonly string[], query: string, key: string, pastKey: string, interleaved: boolean): [string, string] {
  const [cosines, sines, places] = [inputs[7] ?? '', inputs[8] ?? '', inputs[9] ?? ''];
  if (cosines === '' || sines === '') throw new NotWrittenOut('it turns queries and keys by angles that it is not given');
  const after = pastKey === '' ? writer.integers(0) : writer.length(pastKey, 2);
  const own = places === '' ? writer.add('Add', [writer.countTo(writer.length(query, 2)), after]) : places;
  return [query, key].map((vectors) => rotated(writer, { vectors, cosines, sines, places: own, interleaved })) as [string, string];
}
