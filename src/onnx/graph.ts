import type { onnx } from 'onnx-proto';
import type { ReadWeights } from './graphSource';
import { checkAcyclic, StepLimit } from './limits';

export type Node = onnx.INodeProto;
export type Tensor = onnx.ITensorProto;

/** Element types of `TensorProto.DataType` that are met here. */
export const elementType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;

/** A model's graph with the links that ONNX leaves implicit: who makes a value, and who reads it. */
export class Graph {
  readonly nodes: readonly Node[];
  private readonly producers = new Map<string, Node>();
  private readonly readers = new Map<string, Node[]>();
  private readonly initializers = new Map<string, Tensor>();
  private readonly order = new Map<Node, number>();
  private readonly fixed = new Set<string>();
  private readonly stated = new Map<string, onnx.TypeProto.ITensor>();
  private readonly limit: StepLimit;

  /** @throws HeadlightError `model-broken` for nodes that are made from each other in a circle */
  constructor(
    proto: onnx.IGraphProto,
    /** The way to weights in files. */
    readonly readWeights: ReadWeights,
  ) {
    this.nodes = proto.node ?? [];
    this.limit = new StepLimit(this.nodes.length);
    for (const tensor of proto.initializer ?? []) this.initializers.set(tensor.name ?? '', tensor);
    for (const { name, type } of [...(proto.valueInfo ?? []), ...(proto.output ?? []), ...(proto.input ?? [])]) {
      if (type?.tensorType) this.stated.set(name ?? '', type.tensorType);
    }
    const inputs = new Set((proto.input ?? []).map((input) => input.name ?? ''));
    for (const name of this.initializers.keys()) if (!inputs.has(name)) this.fixed.add(name);
    this.nodes.forEach((node, index) => {
      this.order.set(node, index);
      const fixed = (node.input ?? []).every((input) => input === '' || this.fixed.has(input));
      for (const output of node.output ?? []) {
        // An output or an input that is left out has no name.
        if (output === '') continue;
        this.producers.set(output, node);
        if (fixed) this.fixed.add(output);
      }
      for (const input of new Set(node.input ?? [])) {
        const readers = this.readers.get(input);
        if (readers) readers.push(node);
        else this.readers.set(input, [node]);
      }
    });
    checkAcyclic(this.nodes, (value) => this.producers.get(value));
  }

  /** @throws HeadlightError `cannot-instrument` when searches have asked far more often than an export's nodes need */
  producer(value: string | undefined): Node | undefined {
    this.limit.step();
    return value === undefined ? undefined : this.producers.get(value);
  }

  /** Nodes that read a value, in graph order. */
  consumers(value: string): readonly Node[] {
    return this.readers.get(value) ?? [];
  }

  initializer(value: string): Tensor | undefined {
    return this.initializers.get(value);
  }

  /** What the file says of a value's type and shape: of inputs and outputs always, of others often. */
  statedType(value: string): onnx.TypeProto.ITensor | undefined {
    return this.stated.get(value);
  }

  /** Place of a node in the graph, which is sorted so that values are made before they are read. */
  position(node: Node): number {
    return this.order.get(node) ?? -1;
  }

  /** True for a value that is the same in every run: weights, constants, and what is made of these alone. */
  isFixed(value: string): boolean {
    return this.fixed.has(value);
  }
}

/** A node's output, the first of them unless told otherwise. */
export function output(node: Node, index = 0): string {
  return node.output?.[index] ?? '';
}

export function input(node: Node, index: number): string {
  return node.input?.[index] ?? '';
}

export function integerAttribute(node: Node, name: string): number | undefined {
  const value: unknown = node.attribute?.find((attribute) => attribute.name === name)?.i;
  return value === undefined || value === null ? undefined : Number(value);
}

export function integersAttribute(node: Node, name: string): number[] | undefined {
  const values = node.attribute?.find((attribute) => attribute.name === name)?.ints as readonly unknown[] | undefined;
  return values?.map(Number);
}

/** How a node is called in messages. */
export function nodeName(node: Node): string {
  return node.name !== undefined && node.name !== null && node.name !== '' ? node.name : `${node.opType ?? 'node'} → ${output(node)}`;
}
