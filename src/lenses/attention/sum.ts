import { softmax } from '../../math/softmax';
import type { Compute } from '../compute';
import type { AttentionKind, Tensor } from '../model';
import { requireIndex } from './checks';
import type { AttentionSum } from './contract';
import { openPart } from './openPart';

/** One row of one head, from query and keys to what it brings over. */
export const attentionSum: Compute<'attention/sum'> = async (request, context) => {
  const { layer, head, query } = request;
  const part = await openPart(request, context);
  const { queries: { length: rows }, tokens: { length: size } } = part.text;
  requireIndex('layer', layer, part.attention.length);
  requireIndex('head', head, part.heads);
  requireIndex('token', query, rows, 'text');
  const states = Array.from({ length: part.attention.length + 1 }, (_, state) => state);
  const outputs = await part.run({ attention: [layer], queryKeyValue: [layer], hidden: states, embeddings: true });
  const vectors = outputs.queryKeyValue.get(layer)!;
  const headSize = vectors.query.dims[3]!;
  const ofHead = ({ data, dims }: Tensor): Float32Array => data.slice(head * dims[2]! * headSize, (head + 1) * dims[2]! * headSize);
  const keyVectors = ofHead(vectors.key);
  const valueVectors = ofHead(vectors.value);
  const queryVector = ofHead(vectors.query).slice(query * headSize, (query + 1) * headSize);
  const products = productsWith(queryVector, keyVectors);
  const scaled = products.map((product) => product / Math.sqrt(headSize));
  const row = (head * rows + query) * size;
  const weights = outputs.attention.get(layer)!.data.slice(row, row + size);
  const allowed = allowedKeys(part.attention[layer]!.kind, size, query);
  const embeddings = outputs.embeddings;
  return {
    layer,
    head,
    query,
    headSize,
    queryVector,
    keyVectors,
    valueVectors,
    products,
    scaled,
    allowed,
    weights,
    unexplained: difference(maskedSoftmax(scaled, allowed), weights),
    output: weighedSum(weights, valueVectors, headSize),
    residual: Float32Array.from(states, (state) => norm(vectorAt(outputs.hidden.get(state)!, query))),
    embeddings: {
      word: embeddings.word && vectorAt(embeddings.word, query),
      position: embeddings.position && vectorAt(embeddings.position, query),
      segment: embeddings.segment && vectorAt(embeddings.segment, query),
    },
  } satisfies AttentionSum;
};

function productsWith(query: Float32Array, keys: Float32Array): Float32Array {
  const size = keys.length / query.length;
  return Float32Array.from({ length: size }, (_, key) =>
    query.reduce((sum, x, at) => sum + x * keys[key * query.length + at]!, 0),
  );
}

function allowedKeys(kind: AttentionKind, size: number, query: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, key) => (kind === 'causal' && key > query ? 0 : 1));
}

function maskedSoftmax(scores: Float32Array, allowed: Uint8Array): Float32Array {
  const kept = softmax(scores.filter((_, key) => allowed[key] === 1));
  let at = 0;
  return scores.map((_, key) => (allowed[key] === 1 ? kept[at++]! : 0));
}

function weighedSum(weights: Float32Array, values: Float32Array, size: number): Float32Array {
  const sum = new Float64Array(size);
  weights.forEach((weight, key) => {
    for (let at = 0; at < size; at++) sum[at]! += weight * values[key * size + at]!;
  });
  return Float32Array.from(sum);
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, x, at) => Math.max(largest, Math.abs(x - b[at]!)), 0);
}

function norm(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}

/** `[batch or 1, token, hidden]` at one token of the first row; tables that are the same for all tokens have one. */
function vectorAt({ dims, data }: Tensor, token: number): Float32Array {
  const hidden = dims.at(-1)!;
  const at = dims.at(-2) === 1 ? 0 : token;
  return data.slice(at * hidden, (at + 1) * hidden);
}
