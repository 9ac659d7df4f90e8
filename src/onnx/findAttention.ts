import { elementType, type Graph, input, integerAttribute, integersAttribute, type Node, output } from './graph';
import { type GraphLimit, limitAt } from './limit';
import { isSourceCache } from './past';
import { isProductOfValues, projectionSource, realResult, realSide } from './products';
import { rawBytes, sizeOf } from './tensorData';
import { rankOf, storedTensor } from './valueTypes';

/** Who attends to whom: a text to itself, to what came before only, or to another text. */
export type AttentionKind = 'self' | 'causal' | 'cross';

/** The weights that mix the heads' outputs into the layer's. */
export interface OutputProjection {
  /** Name of the initializer: `[head · head size, hidden]`, or its transpose. */
  readonly weights: string;
  readonly transposed: boolean;
}

/** One attention of the graph, by the names of its values. */
export interface AttentionSite {
  readonly kind: AttentionKind;
  readonly softmax: Node;
  /** `[batch, head, query, key]`, after the softmax. */
  readonly probabilities: string;
  /** `[batch, head, token, head size]`, before any scaling but `queryScale`. */
  readonly query: string;
  /** The number that queries were multiplied with before the heads were put apart; null for none. */
  readonly queryScale: string | null;
  /** `[batch, head, head size, token]`: the key as the product takes it, before any scaling. */
  readonly keyTransposed: string;
  /** `[batch, head, token, head size]`, or null where the graph only holds its transpose. */
  readonly key: string | null;
  /** `[batch, head, token, head size]` */
  readonly value: string;
  /** `[batch, head, query, head size]`: what each head makes of the values, before the heads are mixed. */
  readonly heads: string;
  /** Which of these have the heads in the batch: `[batch · head, token, …]`. */
  readonly folded: { readonly probabilities: boolean; readonly vectors: boolean };
  /** What the query projection reads. */
  readonly querySource: string;
  /** Null where no linear projection of stored weights follows. */
  readonly outputProjection: OutputProjection | null;
}

/** Operators that scores pass on their way from Q·Kᵀ to the softmax: scale, mask, position bias, casts. */
const scoreOps = new Set(['Add', 'Sub', 'Mul', 'Div', 'Where', 'Cast', 'Identity', 'Reshape', 'Max', 'Clip', 'Tanh']);
/** Operators between the softmax and its product with V that leave the weights what they are. */
const weightOps = new Set(['Dropout', 'Identity', 'Cast', 'Where', 'Reshape', 'DynamicQuantizeLinear', 'QuantizeLinear', 'DequantizeLinear']);
/** Operators that only rearrange or scale what a projection made. */
const layoutOps = new Set([
  'Transpose', 'Reshape', 'Add', 'Mul', 'Div', 'Split', 'Slice', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast', 'Flatten', 'Gather', 'Concat',
  'Expand', 'Neg', 'Sub', 'Tile', 'RotaryEmbedding', 'DequantizeLinear', 'QuantizeLinear',
]);
/** Operators that put the heads' outputs side by side. */
const besideOps = new Set(['Transpose', 'Reshape', 'Identity', 'Cast', 'Flatten', 'Squeeze', 'Unsqueeze', 'Concat', 'Dropout']);
/** Operators that put heads apart. */
const splitOps = new Set(['Transpose', 'Reshape', 'Identity', 'Cast']);
const scaleOps = new Set(['Mul', 'Div', 'Cast', 'Identity']);

/** Attentions in layer order, and for each softmax that looks like one but is not understood, why. */
export interface FoundAttention {
  readonly sites: readonly AttentionSite[];
  readonly limits: readonly GraphLimit[];
}

/**
 * Finds scaled dot-product attention, softmax(Q·Kᵀ/√d + mask)·V (Vaswani et al. 2017, equation 1), as exporters
 * write it: `Softmax` fed by `MatMul(Q, Kᵀ)` and feeding `MatMul(·, V)`.
 */
export function findAttention(graph: Graph): FoundAttention {
  const sites: AttentionSite[] = [];
  const limits: GraphLimit[] = [];
  for (const node of graph.nodes) {
    if (node.opType !== 'Softmax') continue;
    const weighted = productWithValues(graph, output(node));
    const scores = productOfQueryAndKey(graph, input(node, 0));
    if (!weighted || !scores) continue;
    const site = describe(graph, node, scores, weighted);
    if ('reason' in site) limits.push(site);
    else sites.push(site);
  }
  return { sites, limits };
}

function describe(graph: Graph, softmax: Node, scores: Node, weighted: Node): AttentionSite | GraphLimit {
  const query = unscaled(graph, realSide(graph, scores, 0));
  const keyTransposed = unscaled(graph, realSide(graph, scores, 1));
  const value = realSide(graph, weighted, 1);
  const queryProjection = projection(graph, query);
  const keyProjection = projection(graph, keyTransposed) ?? cachedSource(graph, keyTransposed);
  if (!queryProjection || !keyProjection) {
    return limitAt(softmax, `no linear projection leads to the ${queryProjection ? 'keys' : 'queries'} of an attention`);
  }
  return {
    kind: queryProjection !== keyProjection ? 'cross' : isCausal(graph, softmax, scores) ? 'causal' : 'self',
    softmax,
    probabilities: output(softmax),
    query,
    queryScale: scaleBeforeHeads(graph, query),
    keyTransposed,
    key: beforeTranspose(graph, keyTransposed),
    value,
    heads: realResult(graph, weighted),
    folded: { probabilities: rankOf(graph, output(softmax)) === 3, vectors: rankOf(graph, query) === 3 },
    querySource: queryProjection,
    outputProjection: outputProjection(graph, output(weighted)),
  };
}

/** The linear projection that reads the heads' outputs once they stand side by side. */
function outputProjection(graph: Graph, heads: string): OutputProjection | null {
  const waiting = [heads];
  for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) {
    for (const node of graph.consumers(value)) {
      const type = node.opType ?? '';
      if ((type === 'MatMul' || type === 'Gemm') && input(node, 0) === value) {
        const found = storedMatrix(graph, input(node, 1), type === 'Gemm' && integerAttribute(node, 'transB') === 1);
        if (found) return found;
      }
      if (besideOps.has(type) && input(node, 0) === value) waiting.push(output(node));
    }
  }
  return null;
}

function storedMatrix(graph: Graph, value: string, transposed: boolean): OutputProjection | null {
  if (graph.initializer(value)) return { weights: value, transposed };
  const node = graph.producer(value);
  if (node?.opType === 'Transpose') return storedMatrix(graph, input(node, 0), !transposed);
  return node?.opType === 'Identity' ? storedMatrix(graph, input(node, 0), transposed) : null;
}

/** The product that consumes the weights as its left side. */
function productWithValues(graph: Graph, weights: string): Node | undefined {
  const waiting = [weights];
  for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) {
    for (const node of graph.consumers(value)) {
      if (isProductOfValues(graph, node) && input(node, 0) === value) return node;
      if (weightOps.has(node.opType ?? '')) waiting.push(output(node));
    }
  }
  return undefined;
}

/** The product of two values of the run that the scores come from. */
function productOfQueryAndKey(graph: Graph, scores: string): Node | undefined {
  const node = graph.producer(scores);
  if (!node) return undefined;
  if (isProductOfValues(graph, node)) return node;
  if (!scoreOps.has(node.opType ?? '')) return undefined;
  for (const side of node.input ?? []) {
    const found = graph.isFixed(side) ? undefined : productOfQueryAndKey(graph, side);
    if (found) return found;
  }
  return undefined;
}

/** Goes back over scaling, so that the vectors are those of the projection. */
function unscaled(graph: Graph, value: string): string {
  const node = graph.producer(value);
  if (!node || !scaleOps.has(node.opType ?? '')) return value;
  const data = scaledInput(graph, node);
  return data === undefined ? value : unscaled(graph, data);
}

/** Exports of BART, Marian and OPT before Transformers 4.48 scale what the query projection made. */
function scaleBeforeHeads(graph: Graph, query: string): string | null {
  const node = graph.producer(query);
  if (node && splitOps.has(node.opType ?? '')) return scaleBeforeHeads(graph, input(node, 0));
  if (node?.opType !== 'Mul') return null;
  const scale = (node.input ?? []).find((side) => storedTensor(graph, side)?.dataType === elementType.float && sizeOf(storedTensor(graph, side)!) === 1);
  return scale ?? null;
}

/** The side of a scaling that carries the vectors; the other is a constant or made of shapes alone. */
function scaledInput(graph: Graph, node: Node): string | undefined {
  const sides = (node.input ?? []).filter((side) => !graph.isFixed(side) && !isShapeArithmetic(graph, side));
  return sides.length === 1 ? sides[0] : undefined;
}

/** True for a number that is computed from shapes, such as √d in exports with dynamic axes. */
function isShapeArithmetic(graph: Graph, value: string): boolean {
  const node = graph.producer(value);
  if (!node) return false;
  if (node.opType === 'Shape') return true;
  return (node.input ?? []).length > 0 && (node.input ?? []).every((side) => graph.isFixed(side) || isShapeArithmetic(graph, side));
}

function beforeTranspose(graph: Graph, value: string): string | null {
  const node = graph.producer(value);
  if (node?.opType !== 'Transpose' || !['0,1,3,2', '0,2,1'].includes(integersAttribute(node, 'perm')?.join() ?? '')) return null;
  return unscaled(graph, input(node, 0));
}

/** What the linear projection behind `value` reads: `x` of x·W + b. */
function projection(graph: Graph, value: string): string | undefined {
  const node = graph.producer(value);
  if (!node) return undefined;
  const source = projectionSource(graph, node);
  if (source !== undefined) return beforeLayout(graph, source);
  if (!layoutOps.has(node.opType ?? '')) return undefined;
  for (const side of node.input ?? []) {
    if (graph.isFixed(side) || isShapeArithmetic(graph, side)) continue;
    const found = projection(graph, side);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The input that the keys of a source come in by, once they have been computed. */
function cachedSource(graph: Graph, value: string): string | undefined {
  if (isSourceCache(value)) return value;
  const node = graph.producer(value);
  return node && layoutOps.has(node.opType ?? '') ? cachedSource(graph, input(node, 0)) : undefined;
}

/** `Gemm` takes matrices only: back over the reshaping in front of it. */
function beforeLayout(graph: Graph, value: string): string {
  const node = graph.producer(value);
  return node && ['Reshape', 'Flatten', 'Identity', 'Cast'].includes(node.opType ?? '') ? beforeLayout(graph, input(node, 0)) : value;
}

const comparisons = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);

/** True when the mask compares positions with positions, or is cut from a triangle. */
function isCausal(graph: Graph, softmax: Node, scores: Node): boolean {
  const seen = new Set<Node>([scores]);
  const waiting = [graph.producer(input(softmax, 0))];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.opType === 'Trilu') return true;
    if (comparisons.has(node.opType ?? '') && !(node.input ?? []).some((side) => graph.isFixed(side))) return true;
    for (const side of node.input ?? []) {
      if (isTriangle(graph, side)) return true;
      const next = graph.producer(side);
      if (next) waiting.push(next);
    }
  }
  return false;
}

/** A boolean mask stored with the weights, `[1, 1, n, n]` and true up to the diagonal. */
function isTriangle(graph: Graph, value: string): boolean {
  const tensor = graph.initializer(value);
  const dims = (tensor?.dims ?? []).map(Number);
  const side = dims.at(-1) ?? 0;
  if (!tensor || tensor.dataType !== elementType.bool || dims.length < 2 || side < 2 || dims.at(-2) !== side || sizeOf(tensor) !== side * side) return false;
  const bytes = rawBytes(tensor, graph.readWeights);
  if (!bytes) return false;
  return bytes[0] === 1 && bytes[1] === 0 && bytes[side] === 1 && bytes[side + 1] === 1;
}
