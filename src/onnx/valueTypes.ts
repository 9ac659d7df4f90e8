import { elementType, type Graph, input, integerAttribute, integersAttribute, type Node, type Tensor } from './graph';

/** A tensor that is stored in the graph: a weight, or what a `Constant` node holds. */
export function storedTensor(graph: Graph, value: string): Tensor | undefined {
  const tensor = graph.initializer(value);
  if (tensor) return tensor;
  const node = graph.producer(value);
  return node?.opType === 'Constant' ? (node.attribute?.find(({ name }) => name === 'value')?.t ?? undefined) : undefined;
}

/** Operators whose result has the type and the number of dimensions of their first input. */
const likeFirst = new Set([
  'Identity', 'Dropout', 'Softmax', 'LayerNormalization', 'SimplifiedLayerNormalization', 'SkipLayerNormalization', 'RMSNormalization',
  'SkipSimplifiedLayerNormalization', 'Slice', 'Split', 'Concat', 'Relu', 'Tanh', 'Sigmoid', 'Erf', 'Gelu', 'FastGelu', 'BiasGelu',
  'QuickGelu', 'Sqrt', 'Neg', 'Abs', 'Not', 'Clip', 'RotaryEmbedding', 'MultiHeadAttention', 'GroupQueryAttention', 'Attention',
  'QuantizeLinear', 'DequantizeLinear', 'MatMulNBits', 'Trilu', 'Cos', 'Sin', 'Pow',
]);
const elementWise = new Set(['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'MatMulInteger', 'FusedMatMul', 'Where', 'Max', 'Min', 'And', 'Or']);
/** Farthest that a value is followed back. */
const farthest = 64;

/** Number of dimensions of a value; undefined where the graph does not tell. */
export function rankOf(graph: Graph, value: string): number | undefined {
  return findRank(graph, value, farthest, new Map());
}

/** @param found what this search has met: ways that part and meet again are followed once */
function findRank(graph: Graph, value: string, steps: number, found: Map<string, number | undefined>): number | undefined {
  if (!found.has(value)) {
    // Until it is known, it tells nothing of itself.
    found.set(value, undefined);
    found.set(value, rankByProducer(graph, value, steps, found));
  }
  return found.get(value);
}

function rankByProducer(graph: Graph, value: string, steps: number, found: Map<string, number | undefined>): number | undefined {
  const stored = storedTensor(graph, value);
  if (stored) return (stored.dims ?? []).length;
  const stated = graph.statedType(value);
  if (stated?.shape?.dim) return stated.shape.dim.length;
  const node = graph.producer(value);
  if (!node || steps === 0) return undefined;
  const of = (index: number): number | undefined => findRank(graph, input(node, index), steps - 1, found);
  const type = node.opType ?? '';
  if (likeFirst.has(type) || type === 'Cast') return of(0);
  if (elementWise.has(type)) return most((node.input ?? []).map((_, index) => of(index)));
  switch (type) {
    case 'Transpose':
      return integersAttribute(node, 'perm')?.length ?? of(0);
    case 'Reshape':
    case 'Expand':
    case 'Tile':
      return lengthOf(graph, input(node, 1)) ?? (node.opType === 'Reshape' ? undefined : of(0));
    case 'EmbedLayerNormalization':
    case 'QEmbedLayerNormalization':
      return value === node.output?.[1] ? 1 : 3;
    case 'Gather':
      return sum(of(0), of(1), -1);
    case 'Unsqueeze':
      return sum(of(0), integersAttribute(node, 'axes')?.length ?? lengthOf(graph, input(node, 1)));
    case 'Squeeze':
      return sum(of(0), negative(integersAttribute(node, 'axes')?.length ?? lengthOf(graph, input(node, 1))));
    case 'ReduceSum':
      return integerAttribute(node, 'keepdims') === 0
        ? sum(of(0), negative(integersAttribute(node, 'axes')?.length ?? lengthOf(graph, input(node, 1))))
        : of(0);
    case 'Shape':
      return 1;
    default:
      return undefined;
  }
}

/** Element type of a value of the run; fp32 where the graph does not tell. */
export function elementTypeOf(graph: Graph, value: string, steps = farthest): number {
  const known = graph.initializer(value)?.dataType ?? graph.statedType(value)?.elemType;
  if (known) return known;
  const node = graph.producer(value);
  if (!node || steps === 0) return elementType.float;
  if (node.opType === 'Cast') return integerAttribute(node, 'to') ?? elementType.float;
  return elementTypeOf(graph, telling(graph, node), steps - 1);
}

/** The input that tells the type: a weight if there is one, as it is known at once. */
function telling(graph: Graph, node: Node): string {
  const inputs = node.opType === 'Where' ? (node.input ?? []).slice(1) : (node.input ?? []);
  const weight = node.opType === 'Reshape' || node.opType === 'Expand' || node.opType === 'Slice' || node.opType === 'Unsqueeze'
    ? undefined
    : inputs.find((side) => isFloat(graph.initializer(side)?.dataType));
  return weight ?? inputs[0] ?? '';
}

function isFloat(type: number | null | undefined): boolean {
  return type === elementType.float || type === elementType.float16 || type === elementType.bfloat16;
}

/** Numbers in a list of integers, such as a shape. */
function lengthOf(graph: Graph, value: string): number | undefined {
  const stored = storedTensor(graph, value);
  if (stored) return Number(stored.dims?.[0] ?? 1);
  const stated = Number(graph.statedType(value)?.shape?.dim?.[0]?.dimValue ?? 0);
  if (stated > 0) return stated;
  const node = graph.producer(value);
  if (node?.opType !== 'Concat') return undefined;
  return (node.input ?? []).reduce<number | undefined>((all, part) => sum(all, lengthOf(graph, part) ?? (graph.producer(part)?.opType === 'Unsqueeze' ? 1 : undefined)), 0);
}

function sum(...parts: readonly (number | undefined)[]): number | undefined {
  return parts.reduce((all, part) => (all === undefined || part === undefined ? undefined : all + part), 0);
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function most(ranks: readonly (number | undefined)[]): number | undefined {
  const known = ranks.filter((rank) => rank !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
