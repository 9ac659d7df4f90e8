import { onnx } from 'onnx-proto';
import type { Embeddings } from './findEmbeddings';
import type { AttentionSite } from './findAttention';
import { findNorms } from './findNorms';
import type { Graph} from './graph';
import { elementType, input, type Node } from './graph';
import { elementTypeOf } from './valueTypes';

/** Stacks of attention in one graph: over its own tokens, and over a source. */
export type Stack = 'self' | 'cross';

const prefix = 'headlight/intervene/';

/**
 * Names of the inputs by which a graph can be changed while it runs. The runtime takes no defaults, so that each is always
 * fed; the values given as "nothing" leave every result as it was, to the bit.
 */
export const interventionInputs = {
  /** `[row or 1, head or 1, token or 1, 1]`: what each head's output is multiplied with; ones for nothing. */
  headScale: (stack: Stack, layer: number) => `${prefix}${stack}.${layer}/head_scale`,
  /** `[row or 1, head or 1, token or 1, head size or 1]`: what is added to it then; zeros for nothing. */
  headShift: (stack: Stack, layer: number) => `${prefix}${stack}.${layer}/head_shift`,
  /** `[row or 1, head or 1, query or 1, key or 1]`: what is added to the scores before the softmax; zeros for nothing. */
  edgeBias: (stack: Stack, layer: number) => `${prefix}${stack}.${layer}/edge_bias`,
  /** `[row or 1, 1, 1]`: above a half where the layer is skipped, its input handed on as its output; zeros for nothing. */
  skip: (layer: number) => `${prefix}layer.${layer}/skip`,
  /** `[row or 1, token or 1, 1]`: above a half where a hidden state is replaced; zeros for nothing. */
  patchWhere: (state: number) => `${prefix}state.${state}/where`,
  /** `[row or 1, token or 1, hidden or 1]`: by what. */
  patch: (state: number) => `${prefix}state.${state}/patch`,
  /** One number for all rows, what position embeddings are multiplied with; 1 for nothing. */
  positions: `${prefix}positions`,
} as const;

/** Whether an input is one of these. */
export function isIntervention(input: string): boolean {
  return input.startsWith(prefix);
}

/** Parts of a graph that can be changed. */
export interface Intervenable {
  /** In layer order. */
  readonly self: readonly AttentionSite[];
  /** In layer order. */
  readonly cross: readonly AttentionSite[];
  /** Names of the hidden states by index, null where none was found. */
  readonly hidden: readonly (string | null)[];
  readonly embeddings: Embeddings;
  /** Heads of a layer. */
  readonly heads: number;
}

/** What can be changed by the inputs that were added. */
export interface Intervened {
  /** Heads of a layer. */
  readonly heads: number;
  /** Layers of each stack, all heads and edges of which can be changed. */
  readonly layers: Readonly<Record<Stack, number>>;
  /** By layer: whether it can be skipped. */
  readonly skips: readonly boolean[];
  /** By hidden state: whether it can be replaced. */
  readonly states: readonly boolean[];
  /** Whether there are position embeddings that are added up. */
  readonly positions: boolean;
  /** Whether a run can begin at a hidden state (`resumable.ts`). */
  readonly resumes: boolean;
  /** Whether the last layer can be left with some of the tokens (`narrowLast.ts`). */
  readonly narrows: boolean;
}

/**
 * Adds the inputs, and the nodes that mind them: to scores before the softmax, to heads' outputs before they are mixed, to
 * layers' outputs and hidden states before anybody reads them. What was changed keeps the name of what it changes, so that
 * outputs of the graph show what came of it. Whoever knew the graph has to look at it anew.
 *
 * The last hidden state of a graph whose norms stand before the layers (GPT-2) is what a norm makes of the last layer's
 * output, so that it can be skipped up to, but not replaced.
 */
export function intervene(proto: onnx.IGraphProto, graph: Graph, { self, cross, hidden, embeddings, heads }: Intervenable): Omit<Intervened, 'resumes' | 'narrows'> {
  const change = new Changes(graph);
  for (const [stack, sites] of [['self', self], ['cross', cross]] as const) {
    sites.forEach((site, layer) => {
      const { probabilities, vectors } = site.folded;
      change.value(input(site.softmax, 0), probabilities ? heads : null, (before, after) => { change.add(before, change.input(interventionInputs.edgeBias(stack, layer), before), after); });
      change.value(site.heads, vectors ? heads : null, (before, after) => {
        const scaled = change.node('Mul', [before, change.input(interventionInputs.headScale(stack, layer), before)]);
        change.add(scaled, change.input(interventionInputs.headShift(stack, layer), before), after);
      });
    });
  }
  // By a single number, as another shape would keep the runtime from adding them up as it does otherwise.
  const positions = embeddings.position;
  if (positions !== null) {
    change.value(positions, null, (before, after) => { change.node('Mul', [before, change.input(interventionInputs.positions, before)], after); });
  }
  const last = hidden.length - 1;
  // In front of the last norm, where norms stand before the layers.
  const beforeNorm = self.length > 0 && self[0]!.querySource !== hidden[0] ? findNorms(graph).find(({ result }) => result === hidden[last])?.source ?? null : null;
  const states = hidden.map((state, index) => state !== null && !(index === last && beforeNorm !== null));
  const skips = hidden.slice(1).map((state, layer) => {
    const made = layer + 1 === last && beforeNorm !== null ? beforeNorm : state;
    const from = hidden[layer] ?? null;
    if (made === null || from === null) return false;
    change.value(made, null, (before, after) => { change.where(change.input(interventionInputs.skip(layer), null), from, before, after); });
    return true;
  });
  hidden.forEach((state, index) => {
    if (!states[index]) return;
    change.value(state!, null, (before, after) => {
      change.where(change.input(interventionInputs.patchWhere(index), null), change.input(interventionInputs.patch(index), before), before, after);
    });
  });
  change.writeTo(proto);
  return { heads, layers: { self: self.length, cross: cross.length }, skips, states, positions: positions !== null };
}

/** Nodes that are put behind those that make the values which they change. */
class Changes {
  private readonly behind = new Map<Node | null, Node[]>();
  /** The node that makes a value as it is now. */
  private readonly makers = new Map<string, Node>();
  /** Element types of values that were added. */
  private readonly types = new Map<string, number>();
  private readonly inputs: string[] = [];
  private readonly constants = new Map<string, onnx.ITensorProto>();
  private current: Node[] = [];
  private count = 0;

  constructor(private readonly graph: Graph) {}

  /**
   * Puts nodes between a value's maker and all that read it.
   * @param heads of a layer, where they are folded into the batch: the nodes see them apart, `[batch, head, …]`
   */
  value(name: string, heads: number | null, change: (before: string, after: string) => void): void {
    const origin = this.graph.producer(name) ?? null;
    const maker = this.makers.get(name) ?? origin;
    if (maker === null) return;
    const before = this.name();
    maker.output = (maker.output ?? []).map((output) => (output === name ? before : output));
    this.types.set(before, this.types.get(name) ?? elementTypeOf(this.graph, name));
    this.current = [];
    if (heads === null) change(before, name);
    else this.withHeadsApart(before, heads, name, change);
    this.behind.set(origin, [...(this.behind.get(origin) ?? []), ...this.current]);
    this.makers.set(name, this.current.at(-1)!);
  }

  /** @returns the name of the result */
  node(opType: string, inputs: readonly string[], result = this.name(), attribute: onnx.IAttributeProto[] = []): string {
    this.current.push({ name: `${prefix}node.${this.count++}`, opType, input: [...inputs], output: [result], attribute });
    return result;
  }

  add(value: string, other: string, result: string): void {
    this.node('Add', [value, other], result);
  }

  where(above: string, chosen: string, otherwise: string, result: string): void {
    const half = this.constant('half', () => ({ dims: [], dataType: elementType.float, floatData: [0.5] }));
    this.node('Where', [this.node('Greater', [above, half]), chosen, otherwise], result);
  }

  /** An input of the graph in the type of the value that it changes. @param like null for fp32 */
  input(name: string, like: string | null): string {
    this.inputs.push(name);
    const type = like === null ? elementType.float : (this.types.get(like) ?? elementType.float);
    if (type === elementType.float) return name;
    return this.node('Cast', [name], this.name(), [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: type }]);
  }

  writeTo(proto: onnx.IGraphProto): void {
    proto.node = [...(this.behind.get(null) ?? []), ...this.graph.nodes.flatMap((one) => [one, ...(this.behind.get(one) ?? [])])];
    proto.initializer = [...(proto.initializer ?? []), ...this.constants.values()];
    proto.input = [...(proto.input ?? []), ...this.inputs.map((name) => ({ name, type: { tensorType: { elemType: elementType.float, ...(name === interventionInputs.positions && { shape: { dim: [] } }) } } }))];
  }

  private withHeadsApart(before: string, heads: number, after: string, change: (before: string, after: string) => void): void {
    const axis = [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 0 }];
    const last = this.node('Slice', [this.node('Shape', [before]), this.integers('one', [1]), this.integers('three', [3])]);
    const apart = this.node('Reshape', [before, this.node('Concat', [this.integers(`by.${heads}`, [-1, heads]), last], undefined, axis)]);
    this.types.set(apart, this.types.get(before)!);
    const changed = this.name();
    change(apart, changed);
    this.node('Reshape', [changed, this.node('Concat', [this.integers('all', [-1]), last], undefined, axis)], after);
  }

  private integers(name: string, values: readonly number[]): string {
    return this.constant(name, () => ({ dims: [values.length], dataType: elementType.int64, rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) }));
  }

  private constant(name: string, tensor: () => onnx.ITensorProto): string {
    const full = prefix + name;
    if (!this.constants.has(full)) this.constants.set(full, { name: full, ...tensor() });
    return full;
  }

  private name(): string {
    return `${prefix}value.${this.count++}`;
  }
}
