import { elementType } from '../graph';
import type { NodeWriter } from './nodeWriter';

/** One attention in plain operators: what it weighs, and what its weights are restricted by. */
export interface DotProduct {
  /** `[batch, head, query, size]` */
  readonly query: string;
  /** `[batch, head, key, size]`, with as many heads as the queries have. */
  readonly key: string;
  readonly value: string;
  /** What scores are multiplied with; null for 1/√size. */
  readonly scale: number | null;
  /** Scores are kept below this by softcap · tanh(score / softcap); 0 for no such limit. */
  readonly softcap: number;
  /** Added to the scores, `[batch or 1, head or 1, query or 1, key]`. */
  readonly added: readonly string[];
  /** True where a key may be looked at, shaped as above. */
  readonly allowed: readonly string[];
}

/**
 * softmax(Q·Kᵀ·scale + mask)·V (Vaswani et al. 2017, equation 1), with the heads side by side in the end.
 * @param output name of the result, `[batch, query, head · size]`
 */
export function writeDotProduct(writer: NodeWriter, attention: DotProduct, output: string | undefined): string {
  const { query, key, value, scale, softcap, added, allowed } = attention;
  const product = writer.add('MatMul', [query, writer.add('Transpose', [key], { perm: [0, 1, 3, 2] })]);
  let scores = scale === null ? writer.add('Div', [product, rootOfSize(writer, query)]) : writer.add('Mul', [product, writer.float(scale)]);
  if (softcap !== 0) {
    const limit = writer.float(softcap);
    scores = writer.add('Mul', [writer.add('Tanh', [writer.add('Div', [scores, limit])]), limit]);
  }
  for (const bias of added) scores = writer.add('Add', [scores, bias]);
  for (const mask of allowed) scores = writer.add('Where', [mask, scores, writer.float(writer.lowest)]);
  const weights = writer.add('Softmax', [scores], { axis: -1 });
  return joinHeads(writer, writer.add('MatMul', [weights, value]), output);
}

/** √size of vectors `[…, size]` */
function rootOfSize(writer: NodeWriter, vectors: string): string {
  return writer.add('Sqrt', [writer.toFloat(writer.length(vectors, 3))]);
}

/** `[batch, token, head · size]` → `[batch, head, token, size]` */
export function splitHeads(writer: NodeWriter, vectors: string, heads: number): string {
  const apart = writer.add('Reshape', [vectors, writer.integers(0, 0, heads, -1)]);
  return writer.add('Transpose', [apart], { perm: [0, 2, 1, 3] });
}

/** `[batch, head, token, size]` → `[batch, token, head · size]` */
export function joinHeads(writer: NodeWriter, vectors: string, output?: string): string {
  const turned = writer.add('Transpose', [vectors], { perm: [0, 2, 1, 3] });
  return writer.add('Reshape', [turned, writer.integers(0, 0, -1)], {}, output);
}

/** Each head of keys or values serves as many heads of queries (Ainslie et al. 2023, arXiv:2305.13245). */
export function repeatHeads(writer: NodeWriter, vectors: string, heads: number, queryHeads: number): string {
  if (heads === queryHeads) return vectors;
  const each = queryHeads / heads;
  const order = Array.from({ length: queryHeads }, (_, head) => Math.floor(head / each));
  return writer.add('Gather', [vectors, writer.integers(...order)], { axis: 1 });
}

/** Vectors of earlier tokens in front of the new ones, `[batch, head, token, size]`. */
export function afterPast(writer: NodeWriter, past: string, vectors: string, output: string | undefined): string {
  if (past === '') return output === undefined || output === '' ? vectors : writer.add('Identity', [vectors], {}, output);
  return writer.add('Concat', [past, vectors], { axis: 2 }, output === '' ? undefined : output);
}

/**
 * True where a token may look at itself and what came before, `[query, key]`: the last query stands where the last key
 * does.
 * @param window most keys that a token looks at, itself included; null for all
 */
export function causal(writer: NodeWriter, query: string, key: string, window: number | null = null): string {
  const keys = writer.length(key, 2);
  const queries = writer.length(query, 2);
  const places = writer.countTo(keys);
  const own = writer.add('Add', [writer.countTo(queries), writer.add('Sub', [keys, queries])]);
  const column = writer.add('Reshape', [own, writer.integers(-1, 1)]);
  const before = writer.add('Not', [writer.add('Greater', [places, column])]);
  if (window === null) return before;
  const oldest = writer.add('Sub', [column, writer.integers(window)]);
  return writer.add('And', [before, writer.add('Greater', [places, oldest])]);
}

/**
 * True for the first keys of each row, `[batch, 1, 1, key]`.
 * @param lengths integers `[batch]`
 */
export function firstKeys(writer: NodeWriter, lengths: string, key: string): string {
  const each = writer.add('Reshape', [writer.add('Cast', [lengths], { to: elementType.int64 }), writer.integers(-1, 1, 1, 1)]);
  // Compared with a constant, so that it does not look like a comparison of places with places.
  return writer.add('Greater', [writer.add('Sub', [each, writer.countTo(writer.length(key, 2))]), writer.integers(0)]);
}
