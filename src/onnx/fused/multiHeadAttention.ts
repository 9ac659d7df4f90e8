import { type Graph, input, integerAttribute, output } from '../graph';
import { rankOf } from '../valueTypes';
import { afterPast, causal, splitHeads, writeDotProduct } from './dotProduct';
import { type FusedOperator, floatAttribute, NotWrittenOut } from './fusedOperator';
import { keyMask } from './microsoftAttention';
import type { NodeWriter } from './nodeWriter';

/** `MultiHeadAttention` of `com.microsoft`: attention of projected queries, keys and values. */
export const multiHeadAttention: FusedOperator = (node, graph, writer) => {
  const heads = integerAttribute(node, 'num_heads') ?? 0;
  if (heads <= 0) throw new NotWrittenOut('it does not state its heads');
  const [bias, mask, attentionBias, pastKey, pastValue] = [3, 4, 5, 6, 7].map((index) => input(node, index)) as [string, string, string, string, string];
  if (input(node, 9) !== '') throw new NotWrittenOut('it reorders its cache');
  const isPacked = input(node, 1) === '' && rankOf(graph, input(node, 0)) === 5;
  const [query, newKey, newValue] = !isPacked
    ? ([0, 1, 2].map((part) => byHead(graph, writer, input(node, part), biasOf(writer, graph, bias, part), heads)) as [string, string, string])
    : unpacked(writer, input(node, 0), bias);
  const key = afterPast(writer, pastKey, newKey, output(node, 1));
  const value = afterPast(writer, pastValue, newValue, output(node, 2));
  const scale = floatAttribute(node, 'scale') ?? 0;
  const masks = keyMask(graph, writer, mask, key, floatAttribute(node, 'mask_filter_value') ?? -10000);
  writeDotProduct(writer, {
    query, key, value,
    scale: scale === 0 ? null : scale,
    softcap: 0,
    added: [...(attentionBias === '' ? [] : [attentionBias]), ...masks.added],
    allowed: [...masks.allowed, ...(integerAttribute(node, 'unidirectional') === 1 ? [causal(writer, query, key)] : [])],
  }, output(node));
};

/** Queries, keys and values in one: `[batch, token, head, 3, size]`. */
function unpacked(writer: NodeWriter, all: string, bias: string): [string, string, string] {
  if (bias !== '') throw new NotWrittenOut('it adds a bias to packed vectors');
  const part = (which: number): string =>
    writer.add('Transpose', [writer.add('Gather', [all, writer.integer(which)], { axis: 3 })], { perm: [0, 2, 1, 3] });
  return [part(0), part(1), part(2)];
}

/** Keys and values of a source may come by head already. */
function byHead(graph: Graph, writer: NodeWriter, vectors: string, bias: string | null, heads: number): string {
  if (vectors === '') throw new NotWrittenOut('its keys or values are packed in a way that is not known');
  const rank = rankOf(graph, vectors) ?? 3;
  if (rank === 4) return vectors;
  if (rank !== 3) throw new NotWrittenOut(`${vectors} has ${rank} dimensions`);
  return splitHeads(writer, bias === null ? vectors : writer.add('Add', [vectors, bias]), heads);
}

/** A third of the bias, where the parts are of one size. */
function biasOf(writer: NodeWriter, graph: Graph, bias: string, part: number): string | null {
  if (bias === '') return null;
  const width = Number(graph.initializer(bias)?.dims?.[0] ?? 0);
  if (width === 0 || width % 3 !== 0) throw new NotWrittenOut('the width of its bias is not stated');
  const third = width / 3;
  return writer.slice(bias, 0, writer.integers(part * third), writer.integers((part + 1) * third));
}
