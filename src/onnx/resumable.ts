import { onnx } from 'onnx-proto';
import { elementType, type Graph, type Node } from './graph';
import { elementTypeOf } from './valueTypes';

const prefix = 'headlight/resume/';

/** Names of the inputs by which a run begins at a hidden state; always fed, as the runtime takes no defaults. */
export const resumeInputs = {
  /** `[1]`: the hidden state at which the run begins; 0 for the whole. */
  at: `${prefix}at`,
  /** `[row, token, hidden]`: that state; `[1, 1, 1]` for nothing. */
  state: `${prefix}state`,
} as const;

/** Whether an input is one of these. */
export function isResumption(input: string): boolean {
  return input.startsWith(prefix);
}

/** Where a node's place is that no layer can be cut off with. */
const outside = -1;

/**
 * Puts each layer but the last into the else-branch of an `If`, whose then-branch hands on a hidden state that is fed: the
 * runtime computes only what it enters, so that a run can begin at any of them, with the same session and weights. What
 * a layer hands to others beside its hidden state is empty where it is not entered.
 *
 * Shapes of hidden states are read off the first, which is always computed.
 * @param states names of all hidden states, the last included
 * @param answers names of what is made of them and wanted of such a run
 * @returns whether that could be done; otherwise nothing was changed
 */
export function makeResumable(proto: onnx.IGraphProto, graph: Graph, states: readonly (string | null)[], answers: readonly string[]): boolean {
  const names = states.filter((state) => state !== null);
  if (names.length !== states.length || names.length < 3) return false;
  const last = names.length - 2;
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const nodes = sorted(graph);
  const leading = leadingTo(graph, names);
  const layerOf = new Map<Node, number>();
  const madeIn = new Map<string, number>();
  for (const node of nodes) {
    let layer = outside;
    if (node.opType !== 'Shape' || !indexOf.has(node.input?.[0] ?? '')) {
      for (const name of inputsOf(node)) layer = Math.max(layer, indexOf.get(name) ?? madeIn.get(name) ?? outside);
    }
    // What is only made of states, and makes none, stands where all of them are known.
    if (!leading.has(node) && inputsOf(node).every((name) => indexOf.has(name) || (madeIn.get(name) ?? outside) === outside)) layer = outside;
    layerOf.set(node, layer);
    for (const name of node.output ?? []) madeIn.set(name, layer);
  }
  // Nodes that read what is inside of several layers: only where nothing but a whole run needs them.
  const mixing = new Set<string>();
  const whole: Node[] = [];
  for (const node of nodes) {
    const layer = layerOf.get(node)!;
    const mixes = inputsOf(node).some((name) => mixing.has(name) || (!indexOf.has(name) && (madeIn.get(name) ?? outside) !== outside && madeIn.get(name)! < Math.min(layer, last)));
    if (!mixes) continue;
    for (const name of node.output ?? []) mixing.add(name);
    whole.push(node);
  }
  if ([...names, ...answers].some((name) => mixing.has(name))) return false;
  const isWhole = new Set(whole);
  const regions = Array.from({ length: last }, (_, layer) => nodes.filter((node) => !isWhole.has(node) && layerOf.get(node) === layer));
  if (regions.some((region, layer) => !region.some(({ output }) => output?.includes(names[layer + 1]!)))) return false;

  const own = new Set((proto.output ?? []).map(({ name }) => name ?? ''));
  const constants: onnx.ITensorProto[] = [];
  const firstShape = (node: Node): Node => (node.opType === 'Shape' && indexOf.has(node.input?.[0] ?? '') ? { ...node, input: [names[0]!] } : node);
  const choices = [...regions, whole].flatMap((region, layer): Node[] => {
    if (region.length === 0) return [];
    const inside = new Set(region);
    const made = region.flatMap(({ output }) => (output ?? []).filter((name) => name !== ''));
    const elsewhere = new Set(nodes.flatMap((node) => (inside.has(node) ? [] : inputsOf(node))));
    const handed = made.filter((name) => own.has(name) || elsewhere.has(name));
    const limit = layer < last ? layer : 0;
    const threshold = `${prefix}threshold.${layer}`;
    constants.push({ name: threshold, dims: [1], dataType: elementType.int64, rawData: new Uint8Array(BigInt64Array.of(BigInt(limit)).buffer) });
    const chosen = `${prefix}chosen.${layer}`;
    return [
      { name: `${prefix}greater.${layer}`, opType: 'Greater', input: [resumeInputs.at, threshold], output: [chosen] },
      {
        name: `${prefix}if.${layer}`, opType: 'If', input: [chosen], output: handed,
        attribute: [branch('then_branch', handedOn(graph, handed, names[layer + 1], layer)), branch('else_branch', computed(region.map(firstShape), made, handed, layer))],
      },
    ];
  });
  const divided = new Set([...regions.flat(), ...whole]);
  proto.node = [...nodes.filter((node) => !divided.has(node)).map(firstShape), ...choices];
  proto.initializer = [...(proto.initializer ?? []), ...constants];
  proto.input = [
    ...(proto.input ?? []),
    { name: resumeInputs.at, type: { tensorType: { elemType: elementType.int64 } } },
    { name: resumeInputs.state, type: { tensorType: { elemType: elementType.float } } },
  ];
  return true;
}

function branch(name: string, g: onnx.IGraphProto): onnx.IAttributeProto {
  return { name, type: onnx.AttributeProto.AttributeType.GRAPH, g };
}

/** The state that is fed, and nothing for all else. */
function handedOn(graph: Graph, handed: readonly string[], state: string | undefined, layer: number): onnx.IGraphProto {
  const { INT } = onnx.AttributeProto.AttributeType;
  const initializer: onnx.ITensorProto[] = [];
  const node = handed.map((name, index): Node => {
    const output = [`${prefix}handed.${layer}.${index}`];
    const type = elementTypeOf(graph, name);
    if (name === state) return { opType: 'Cast', name: output[0]!, input: [resumeInputs.state], output, attribute: [{ name: 'to', type: INT, i: type }] };
    const empty = `${prefix}empty.${layer}.${index}`;
    initializer.push({ name: empty, dims: [0], dataType: type, rawData: new Uint8Array(0) });
    return { opType: 'Identity', name: output[0]!, input: [empty], output };
  });
  return { name: `${prefix}handed.${layer}`, node, initializer, output: node.map(({ output }) => ({ name: output![0]! })) };
}

/** A layer as it is. Outside of it its values go by the names that they had. */
function computed(region: readonly Node[], made: readonly string[], handed: readonly string[], layer: number): onnx.IGraphProto {
  const own = new Set(made);
  const inner = (name: string): string => (own.has(name) ? `${prefix}inside.${layer}/${name}` : name);
  const node = region.map((one) => renamed(one, inner));
  return { name: `${prefix}computed.${layer}`, node, output: handed.map((name) => ({ name: inner(name) })) };
}

/** A node by whose names, and by those in its branches, other values go. */
function renamed(node: Node, name: (value: string) => string): Node {
  const attribute = (node.attribute ?? []).map((one) => (one.g ? { ...one, g: { ...one.g, node: (one.g.node ?? []).map((inner) => renamed(inner, name)) } } : one));
  return { ...node, attribute, input: (node.input ?? []).map(name), output: (node.output ?? []).map(name) };
}

/** What a node reads, in its branches too. */
function inputsOf({ attribute, input }: Node): readonly string[] {
  const nested = (attribute ?? []).flatMap(({ g }) => (g?.node ?? []).flatMap(inputsOf));
  return [...(input ?? []), ...nested].filter((name) => name !== '');
}

/** Nodes that some of these values are made of. */
function leadingTo(graph: Graph, values: readonly string[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  const open = values.map((value) => graph.producer(value));
  while (open.length > 0) {
    const node = open.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    open.push(...inputsOf(node).map((name) => graph.producer(name)));
  }
  return found;
}

/** Nodes such that values are made before they are read. */
function sorted(graph: Graph): Node[] {
  const done = new Set<Node>();
  const order: Node[] = [];
  for (const start of graph.nodes) {
    const open: { readonly node: Node; next: number; readonly inputs: readonly string[] }[] = done.has(start) ? [] : [{ node: start, next: 0, inputs: inputsOf(start) }];
    while (open.length > 0) {
      const top = open.at(-1)!;
      const maker = top.next < top.inputs.length ? graph.producer(top.inputs[top.next++]) : undefined;
      if (maker && !done.has(maker)) open.push({ node: maker, next: 0, inputs: inputsOf(maker) });
      else if (top.next >= top.inputs.length && !maker) {
        open.pop();
        if (!done.has(top.node)) order.push(top.node);
        done.add(top.node);
      }
    }
  }
  return order;
}
