import { onnx } from 'onnx-proto';
import { elementType, type Node, type Tensor } from '../graph';
import { singleToHalf } from '../halfFloats';

const { FLOAT, INT, INTS } = onnx.AttributeProto.AttributeType;

/** Attributes by name: whole numbers as `INT`, lists of them as `INTS`, `{ float }` as `FLOAT`. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

/** Element types that numbers of a run have. */
export type FloatType = typeof elementType.float | typeof elementType.float16;

/** Names of nodes in whose place a fused one stood begin with this, its place and its name. */
const writtenOut = 'headlight/written_out/';

/** The node that the file holds, by the name of one that may be written out. */
export function originOf(name: string): string {
  return /^headlight\/written_out\/\d+\/(.*)\/[^/]+\.\d+\/node$/s.exec(name)?.[1] ?? name;
}

/** Collects the nodes and constants in whose place one fused node stood; their names begin with its name. */
export class NodeWriter {
  readonly nodes: Node[] = [];
  readonly initializers: Tensor[] = [];
  private count = 0;

  constructor(
    /** Of the node that is written out. */
    private readonly origin: string,
    /** Place of that node, since names may be missing or the same. */
    private readonly place: number,
    /** Of the operators without a domain. */
    readonly opset: number,
    /** Of scales and masks. */
    private readonly floatType: FloatType,
  ) {}

  /** @returns the name of the node's output */
  add(opType: string, input: readonly string[], attributes: Attributes = {}, output: string = this.name(opType)): string {
    this.nodes.push({
      name: `${output}/node`,
      opType,
      input: [...input],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
    return output;
  }

  /** int64 `[n]` */
  integers(...values: readonly number[]): string {
    return this.constant(elementType.int64, [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** int64 without dimensions */
  integer(value: number): string {
    return this.constant(elementType.int64, [], new Uint8Array(BigInt64Array.of(BigInt(value)).buffer));
  }

  /** A number of the type that the run computes in, without dimensions. */
  float(value: number): string {
    const isHalf = this.floatType === elementType.float16;
    const bytes = isHalf ? new Uint16Array([singleToHalf(value)]).buffer : new Float32Array([value]).buffer;
    return this.constant(this.floatType, [], new Uint8Array(bytes));
  }

  /** To the type that the run computes in. */
  toFloat(value: string): string {
    return this.add('Cast', [value], { to: this.floatType });
  }

  /** Some of the numbers along an axis. */
  slice(value: string, axis: number, start: string, end: string): string {
    return this.add('Slice', [value, start, end, this.integers(axis)]);
  }

  /** Length of one axis, int64 `[1]`. */
  length(value: string, axis: number): string {
    return this.add('Gather', [this.add('Shape', [value]), this.integers(axis)], { axis: 0 });
  }

  /** 0, 1, … as int64 `[n]`. @param length int64 `[1]` */
  countTo(length: string): string {
    const end = this.add('Reshape', [length, this.integers()]);
    return this.add('Range', [this.integer(0), end, this.integer(1)]);
  }

  /** Lowest number of the type that the run computes in: it weighs nothing behind a softmax. */
  get lowest(): number {
    return this.floatType === elementType.float16 ? -65504 : -3.4028234663852886e38;
  }

  private constant(dataType: number, dims: number[], rawData: Uint8Array): string {
    const name = this.name('constant');
    this.initializers.push({ name, dataType, dims, rawData });
    return name;
  }

  private name(what: string): string {
    return `${writtenOut}${this.place}/${this.origin}/${what}.${this.count++}`;
  }
}

function attribute(name: string, value: Attributes[string]): onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: INT, i: value };
  return 'float' in value ? { name, type: FLOAT, f: value.float } : { name, type: INTS, ints: [...value] };
}
