import { onnx } from 'onnx-proto';
import { elementType, type Graph, input, type Node, output } from './graph';

/**
 * Name of the added input `[1, n]` of int64: places row · sequence length + token, after as many places for each hidden
 * state before the one that is read.
 */
export const positionsInput = 'headlight/positions';

/** Operators that treat every token on its own, given that their other inputs are weights. */
export const tokenWise: ReadonlySet<string> = new Set([
  'MatMul', 'Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Erf', 'Tanh', 'Gelu', 'FastGelu', 'BiasGelu', 'Relu', 'Sigmoid',
  'LayerNormalization', 'SimplifiedLayerNormalization', 'RMSNormalization', 'ReduceMean', 'Reciprocal', 'Cast', 'Identity',
]);

/**
 * Feeds the vocabulary head only the places that are asked for, of any of these hidden states: `[batch, token, hidden]`
 * each → `[1, n, hidden]`, so that logits become `[1, n, vocabulary]`. Other readers of the last hidden state (pooler)
 * keep all of it.
 * @param states ending with the one that the head reads in the file
 * @param whole a value on the way from there to the logits that others read too, such as the last norm's result: it is
 *   made a second time for the places asked for
 * @returns false, with the graph unchanged, where the head is not token-wise
 */
export function gatherPositions(
  proto: onnx.IGraphProto,
  graph: Graph,
  states: readonly string[],
  logits: string,
  whole: string | null = null,
): boolean {
  const hidden = states.at(-1)!;
  const path = pathBetween(graph, hidden, logits);
  if (!path || path.size === 0) return false;
  const twice = whole === null ? new Set<Node>() : (pathBetween(graph, hidden, whole) ?? new Set<Node>());
  const copies = new Map([...twice].map((node) => [node, copyOf(node)]));
  const reshapes = new Map([...path].filter((node) => keepsTokens(graph, node)).map((node) => [output(node), input(node, 0)]));
  const head = new Set([...path].filter((node) => !reshapes.has(output(node))).map((node) => copies.get(node) ?? node));
  const copied = new Map([...copies].flatMap(([node, copy]) => (node.output ?? []).map((name, at) => [name, copy.output![at]!])));
  const sourceOf = (side: string): string => {
    const reshaped = reshapes.get(side);
    if (reshaped !== undefined) return sourceOf(reshaped);
    return side === hidden ? 'headlight/chosen_hidden' : (copied.get(side) ?? side);
  };
  const made = new Set([hidden, ...[...path].flatMap((node) => node.output ?? [])]);
  const everyTokenAlone = [...path].every(
    (node) =>
      reshapes.has(output(node)) ||
      (tokenWise.has(node.opType ?? '') && (node.input ?? []).every((side) => side === '' || made.has(side) || graph.isFixed(side))),
  );
  if (!everyTokenAlone) return false;

  const flat = states.map((state, index): Node => ({
    name: `headlight/flatten.${index}`,
    opType: 'Flatten',
    input: [state],
    output: [`headlight/flat_hidden.${index}`],
    attribute: [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 2 }],
  }));
  const all: Node = {
    name: 'headlight/concat',
    opType: 'Concat',
    input: flat.map((node) => node.output![0]!),
    output: ['headlight/flat_hidden'],
    attribute: [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 0 }],
  };
  const chosen: Node = {
    name: 'headlight/gather',
    opType: 'Gather',
    input: ['headlight/flat_hidden', positionsInput],
    output: ['headlight/chosen_hidden'],
    attribute: [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 0 }],
  };
  for (const node of head) node.input = (node.input ?? []).map(sourceOf);
  // The graph has to stay sorted: right behind the node that makes the hidden state.
  const nodes = [...(proto.node ?? [])];
  const maker = graph.producer(hidden);
  nodes.splice(maker ? nodes.indexOf(maker) + 1 : 0, 0, ...flat, all, chosen);
  for (const [node, copy] of copies) nodes.splice(nodes.indexOf(node) + 1, 0, copy);
  proto.node = nodes;
  proto.input = [
    ...(proto.input ?? []),
    {
      name: positionsInput,
      type: {
        tensorType: { elemType: elementType.int64, shape: { dim: [{ dimValue: 1 }, { dimParam: 'headlight_positions' }] } },
      },
    },
  ];
  forgetShapes(proto, new Set([...head].flatMap((node) => node.output ?? [])));
  return true;
}

/**
 * True for a reshaping that leaves each token's vector whole, so that it may be left out: what it reads and the product
 * that reads it have the same width (GPT-2 reshapes `[batch, token, hidden]` to itself in front of its head).
 */
function keepsTokens(graph: Graph, node: Node): boolean {
  if (node.opType !== 'Reshape') return false;
  const widths = (graph.producer(input(node, 0))?.input ?? []).flatMap((side) => graph.initializer(side)?.dims?.slice(-1).map(Number) ?? []);
  return graph.consumers(output(node)).every((product) => {
    const weights = graph.initializer(input(product, 1)) ?? graph.initializer(input(graph.producer(input(product, 1)) ?? {}, 0));
    return product.opType === 'MatMul' && (weights?.dims ?? []).some((width) => widths.includes(Number(width)));
  });
}

function copyOf(node: Node): Node {
  return { ...node, name: `headlight/${node.name ?? ''}`, output: (node.output ?? []).map((name) => (name === '' ? '' : `headlight/${name}`)) };
}

/** Nodes on the way from one value to another; undefined when there is none. */
function pathBetween(graph: Graph, from: string, to: string): ReadonlySet<Node> | undefined {
  const depends = new Map<string, boolean>();
  const path = new Set<Node>();
  const visit = (value: string): boolean => {
    if (value === from) return true;
    const known = depends.get(value);
    if (known !== undefined) return known;
    depends.set(value, false);
    const node = graph.producer(value);
    const found = node ? (node.input ?? []).map(visit).some(Boolean) : false;
    if (node && found) path.add(node);
    depends.set(value, found);
    return found;
  };
  return visit(to) ? path : undefined;
}

/** Shapes that the file states for these values no longer hold. */
function forgetShapes(proto: onnx.IGraphProto, values: ReadonlySet<string>): void {
  proto.valueInfo = (proto.valueInfo ?? []).filter((info) => !values.has(info.name ?? ''));
  for (const result of proto.output ?? []) {
    if (values.has(result.name ?? '') && result.type?.tensorType) delete result.type.tensorType.shape;
  }
}

