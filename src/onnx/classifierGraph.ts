import { onnx } from 'onnx-proto';
import { HeadlightError } from '../errors';
import { elementType, type Node, type Tensor } from './graph';

/** How the vectors of tokens become one: that of the first token, or the mean of all that the mask leaves. */
export type TokenPooling = 'cls' | 'mean';

/** A linear classifier on one vector a text. */
export interface GraphHead {
  readonly pooling: TokenPooling;
  /** The value with the vectors of all tokens, `[batch, token, hidden]`. */
  readonly hidden: string;
  readonly hiddenSize: number;
  /** `[label, hidden]` */
  readonly weights: Float32Array;
  /** `[label]` */
  readonly bias: Float32Array;
}

const result = 'logits';
const prefix = 'classifier/';

/**
 * Makes a classifier of a graph: its only output is `logits` `[batch, label]`, of the pooled vectors of a hidden state,
 * in fp32. What only other outputs need is taken out; what is left computes as before. Shapes are written such that the
 * nodes mean the same in every opset.
 * @throws HeadlightError `cannot-instrument` for a graph whose hidden state, or whose mask, is not there
 */
export function makeClassifier(model: onnx.IModelProto & { graph: onnx.IGraphProto }, head: GraphHead): void {
  const proto = model.graph;
  const made = new Set((proto.node ?? []).flatMap(({ output }) => output ?? []));
  if (!made.has(head.hidden)) throw new HeadlightError('cannot-instrument', `The value ${head.hidden}, which the classifier reads, is made by fused operators of the file. Export the model without optimization (Optimum: no optimization level), and train again.`);
  const inputs = new Set((proto.input ?? []).map(({ name }) => name));
  if (head.pooling === 'mean' && !inputs.has('attention_mask')) {
    throw new HeadlightError('cannot-instrument', 'The graph takes no attention_mask, so that the mean of a text’s tokens cannot be told from that of its padding. Export the model with Optimum, or train on [CLS].');
  }
  const { nodes, weights } = classifierNodes(head);
  proto.node = needed([...(proto.node ?? []).map((node) => withoutName(node, result)), ...nodes], result);
  const read = new Set(proto.node.flatMap(readBy));
  proto.initializer = [...(proto.initializer ?? []), ...weights].filter(({ name }) => read.has(name ?? ''));
  proto.sparseInitializer = (proto.sparseInitializer ?? []).filter(({ values }) => read.has(values?.name ?? ''));
  proto.input = (proto.input ?? []).filter(({ name }) => read.has(name ?? ''));
  const left = new Set(proto.node.flatMap(({ output }) => output ?? []));
  proto.valueInfo = (proto.valueInfo ?? []).filter(({ name }) => left.has(name ?? '') && name !== result);
  proto.output = [
    { name: result, type: { tensorType: { elemType: elementType.float, shape: { dim: [{ dimParam: 'batch' }, { dimValue: head.bias.length }] } } } },
  ];
}

function classifierNodes({ bias, hidden, hiddenSize, pooling, weights }: GraphHead): { readonly nodes: readonly Node[]; readonly weights: readonly Tensor[] } {
  const name = (of: string): string => `${prefix}${of}`;
  const node = (opType: string, inputs: readonly string[], output: string, attribute: onnx.IAttributeProto[] = []): Node => ({
    name: name(`${opType.toLowerCase()}.${output.replace(prefix, '')}`), opType, input: [...inputs], output: [output], attribute,
  });
  const toFloat: onnx.IAttributeProto = { name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: elementType.float };
  const shape = (of: string, ...dims: readonly number[]): Tensor => ({
    name: name(of), dims: [dims.length], dataType: elementType.int64, rawData: new Uint8Array(BigInt64Array.from(dims, BigInt).buffer),
  });
  const numbers = (of: string, dims: number[], values: Float32Array): Tensor => ({
    name: name(of), dims, dataType: elementType.float, rawData: new Uint8Array(values.slice().buffer),
  });
  const gemm = node('Gemm', [name('pooled'), name('weights'), name('bias')], result, [{ name: 'transB', type: onnx.AttributeProto.AttributeType.INT, i: 1 }]);
  const head = [numbers('weights', [bias.length, hiddenSize], weights), numbers('bias', [bias.length], bias)];
  if (pooling === 'cls') {
    const first: Tensor = { name: name('first'), dims: [], dataType: elementType.int64, rawData: new Uint8Array(8) };
    const axis: onnx.IAttributeProto = { name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 1 };
    return {
      nodes: [node('Gather', [hidden, first.name!], name('first_token'), [axis]), node('Cast', [name('first_token')], name('pooled'), [toFloat]), gemm],
      weights: [first, ...head],
    };
  }
  // The mask, zeros and ones, as a row times the vectors is their sum, and times itself as a column their number.
  return {
    nodes: [
      node('Cast', [hidden], name('tokens'), [toFloat]),
      node('Cast', ['attention_mask'], name('mask'), [toFloat]),
      node('Reshape', [name('mask'), name('as_row')], name('row')),
      node('Reshape', [name('mask'), name('as_column')], name('column')),
      node('MatMul', [name('row'), name('tokens')], name('sum')),
      node('MatMul', [name('row'), name('column')], name('count')),
      node('Div', [name('sum'), name('count')], name('mean')),
      node('Reshape', [name('mean'), name('as_vectors')], name('pooled')),
      gemm,
    ],
    weights: [shape('as_row', 0, 1, -1), shape('as_column', 0, -1, 1), shape('as_vectors', -1, hiddenSize), ...head],
  };
}

/** Nodes that a value is made of, in their order. */
function needed(nodes: readonly Node[], value: string): Node[] {
  const makers = new Map(nodes.flatMap((node) => (node.output ?? []).filter((name) => name !== '').map((name) => [name, node] as const)));
  const kept = new Set<Node>();
  const open = [value];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = makers.get(name);
    if (!node || kept.has(node)) continue;
    kept.add(node);
    open.push(...readBy(node));
  }
  return nodes.filter((node) => kept.has(node));
}

/** Names of values that a node reads, those that graphs inside it read among them. */
function readBy(node: Node): string[] {
  const inner = (node.attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
  return [...(node.input ?? []), ...inner.flatMap(({ node: nodes, output }) => [...(nodes ?? []).flatMap(readBy), ...(output ?? []).map(({ name }) => name ?? '')])];
}

/** The node without one of its outputs, which another node makes from now on. */
function withoutName(node: Node, name: string): Node {
  if (!(node.output ?? []).includes(name) && !(node.input ?? []).includes(name)) return node;
  const other = (one: string): string => (one === name ? `${prefix}before/${name}` : one);
  return { ...node, input: (node.input ?? []).map(other), output: (node.output ?? []).map(other) };
}
