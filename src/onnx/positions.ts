import { onnx } from 'onnx-proto';
import { elementType, type Graph, type Node } from './graph';

/**
 * Name of the added input `[1, n]` of int64: places row · sequence length + token, after as many places for each hidden
 * state before the one that is read.
 */
export const positionsInput = 'headlight/positions';

/** Operators that treat every token on its own, given that their other inputs are weights. */
const tokenWise = new Set([
  'MatMul', 'Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Erf', 'Tanh', 'Gelu', 'FastGelu', 'BiasGelu', 'Relu', 'Sigmoid',
  'LayerNormalization', 'ReduceMean', 'Cast', 'Identity',
]);

/**
 * Feeds the vocabulary head only the places that are asked for, of any of these hidden states: `[batch, token, hidden]`
 * each → `[1, n, hidden]`, so that logits become `[1, n, vocabulary]`. Other readers of the last hidden state (pooler)
 * keep all of it.
 * @param states ending with the one that the head reads in the file
 * @returns false, with the graph unchanged, where the head is not token-wise
 */
export function gatherPositions(proto: onnx.IGraphProto, graph: Graph, states: readonly string[], logits: string): boolean {
  const hidden = states.at(-1)!;
  const head = pathBetween(graph, hidden, logits);
  if (!head || head.size === 0) return false;
  const made = new Set([hidden, ...[...head].flatMap((node) => node.output ?? [])]);
  const everyTokenAlone = [...head].every(
    (node) =>
      tokenWise.has(node.opType ?? '') && (node.input ?? []).every((side) => side === '' || made.has(side) || graph.isFixed(side)),
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
  for (const node of head) node.input = (node.input ?? []).map((side) => (side === hidden ? 'headlight/chosen_hidden' : side));
  // The graph has to stay sorted: right behind the node that makes the hidden state.
  const nodes = [...(proto.node ?? [])];
  const maker = graph.producer(hidden);
  nodes.splice(maker ? nodes.indexOf(maker) + 1 : 0, 0, ...flat, all, chosen);
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

