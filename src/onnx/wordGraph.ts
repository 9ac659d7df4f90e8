import { onnx } from 'onnx-proto';
import { findNorms } from './findNorms';
import { elementType, Graph, input, integerAttribute, type Node, output, type Tensor } from './graph';
import type { GraphSource, ReadWeights } from './graphSource';
import { numbersOf } from './tensorData';

/**
 * Name of the added input `[word, piece]` of int64: places row · sequence length + token of the pieces of each word,
 * −1 behind the last of them.
 */
export const piecesInput = 'headlight/pieces';
/** Name of the only output, `[word, dimensions]`. */
export const wordVectors = 'headlight/word_vectors';

/** What one vector is made of, from the hidden states of a word. */
export interface WordGraphProbe {
  /** Names of the hidden states whose unit vectors are averaged. */
  readonly states: readonly string[];
  readonly hiddenSize: number;
  /** `[hidden]`, taken away from that mean; null for nothing. */
  readonly own: Float32Array | null;
  /** `[hidden, dimensions]`, multiplied with what is left; null for none. */
  readonly projection: Float32Array | null;
}

/** First opset in which `ReduceMin` and `ReduceMax` take their axes as an input. */
const oldestOpset = 18;

/**
 * A graph that makes nothing but vectors of words, with the weights of a file that stores them in eight bits, one scale
 * a column. Products with these weights are computed in integers: rows that come out of a normalization, which have a
 * few large channels, in fourteen bits, all others in seven between their least and their greatest number: processors
 * without VNNI add two products in sixteen bits, which overflow from eight on. Each row has a scale of its own, so that no
 * vector depends on what else is in the batch.
 * @returns null for a file whose weights are stored otherwise
 */
export function wordGraph({ bytes, readWeights }: GraphSource, probe: WordGraphProbe): { readonly bytes: Uint8Array; readonly inputs: readonly string[] } | null {
  const model = onnx.ModelProto.decode(bytes);
  const proto = model.graph;
  const opset = Number(model.opsetImport.find(({ domain }) => !domain)?.version ?? 0);
  if (!proto?.node || opset < oldestOpset) return null;
  const builder = new Builder();
  const graph = new Graph(proto, readWeights);
  const normalized = new Set(findNorms(graph).map(({ result }) => result));
  let products = 0;
  for (const node of graph.nodes) {
    const weights = storedWeights(graph, node);
    if (weights?.axis === 0 && node.opType === 'Gather') gatherRows(builder, node, weights);
    else if (weights?.axis === 1 && node.opType === 'MatMul') {
      products++;
      if (normalized.has(input(node, 0))) multiplyInTwoDigits(builder, node, weights);
      else multiplyInOneDigit(builder, node, weights);
    } else builder.nodes.push(node);
  }
  if (products === 0) return null;
  addVectors(builder, probe);
  proto.node = builder.nodes;
  proto.initializer = [...(proto.initializer ?? []), ...builder.constants];
  proto.output = [{ name: wordVectors }];
  proto.input = [
    ...(proto.input ?? []),
    { name: piecesInput, type: { tensorType: { elemType: elementType.int64, shape: { dim: [{ dimParam: 'word' }, { dimParam: 'piece' }] } } } },
  ];
  keepWhatIsNeeded(proto, readWeights);
  if (!model.opsetImport.some(({ domain }) => domain === microsoft)) model.opsetImport.push({ domain: microsoft, version: 1 });
  return { bytes: onnx.ModelProto.encode(model).finish(), inputs: proto.input.map(({ name }) => name ?? '') };
}

/** Where the runtime's own operators live. */
const microsoft = 'com.microsoft';

/** Weights `[rows, columns]` in eight bits without a zero point. */
interface StoredWeights {
  readonly values: string;
  readonly scales: string;
  /** Whether each row has its scale (0), or each column (1). */
  readonly axis: number;
  readonly columnSums: () => Float32Array;
}

/** Nodes and weights as they are added. */
class Builder {
  readonly nodes: Node[] = [];
  readonly constants: Tensor[] = [];
  private readonly known = new Set<string>();

  /** Adds a node and returns the name of what it makes. */
  add(opType: string, inputs: readonly string[], made: string, attribute: onnx.IAttributeProto[] = [], domain = ''): string {
    this.nodes.push({ opType, input: [...inputs], output: [made], name: made, attribute, domain });
    return made;
  }

  /** True the first time that it is asked about a name. */
  isNew(name: string): boolean {
    const fresh = !this.known.has(name);
    this.known.add(name);
    return fresh;
  }

  /** A constant of these numbers; a single one without dimensions. */
  constant(name: string, values: Float32Array | Uint8Array | BigInt64Array, dims: readonly number[] = []): string {
    const full = `headlight/${name}`;
    if (!this.isNew(full)) return full;
    const dataType = values instanceof Float32Array ? elementType.float : values instanceof Uint8Array ? elementType.uint8 : elementType.int64;
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    this.constants.push({ name: full, dataType, dims: [...dims], rawData });
    return full;
  }

  number(value: number): string {
    return this.constant(`number.${value}`, Float32Array.of(value));
  }

  get lastAxis(): string {
    return this.constant('last_axis', BigInt64Array.of(-1n), [1]);
  }
}

/** The weights that a node reads as its second input (`MatMul`) or its first (`Gather`). */
function storedWeights(graph: Graph, node: Node): StoredWeights | null {
  const from = graph.producer(input(node, node.opType === 'Gather' ? 0 : 1));
  if (from?.opType !== 'DequantizeLinear') return null;
  const values = graph.initializer(input(from, 0));
  const scales = graph.initializer(input(from, 1));
  const axis = integerAttribute(from, 'axis') ?? 1;
  const [rows, columns] = (values?.dims ?? []).map(Number);
  if (values?.dataType !== elementType.int8 || scales?.dataType !== elementType.float || input(from, 2) !== '') return null;
  if (values.dims?.length !== 2 || rows === undefined || columns === undefined) return null;
  if (Number(scales.dims?.[0] ?? 0) !== [rows, columns][axis]) return null;
  const numbers = numbersOf(values, graph.readWeights);
  const scaleOf = numbersOf(scales, graph.readWeights);
  if (!numbers || !scaleOf) return null;
  return {
    values: values.name!,
    scales: scales.name!,
    axis,
    columnSums: () => {
      const sums = new Float32Array(columns);
      for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) sums[column]! += numbers[row * columns + column]!;
      return sums.map((sum, column) => sum * scaleOf[column]!);
    },
  };
}

/** Rows of a table are turned into numbers after they are chosen, not all of the table in each run. */
function gatherRows(builder: Builder, node: Node, { scales, values }: StoredWeights): void {
  const made = output(node);
  const ids = input(node, 1);
  const chosen = builder.add('Gather', [values, ids], `${made}/eight_bits`);
  const numbers = builder.add('Cast', [chosen], `${made}/numbers`, [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: elementType.float }]);
  const scale = builder.add('Unsqueeze', [builder.add('Gather', [scales, ids], `${made}/scales`), builder.lastAxis], `${made}/scale`);
  builder.add('Mul', [numbers, scale], made);
}

/** x ≈ scale · (high + low / 256), each of eight bits around zero. */
function multiplyInTwoDigits(builder: Builder, node: Node, { scales, values }: StoredWeights): void {
  const x = input(node, 0);
  const made = output(node);
  const zero = builder.constant('middle', Uint8Array.of(64));
  const one = builder.number(1);
  if (builder.isNew(`${x}/digits`)) {
    const least = builder.add('Neg', [builder.add('ReduceMin', [x, builder.lastAxis], `${x}/least`)], `${x}/negated`);
    const greatest = builder.add('ReduceMax', [x, builder.lastAxis], `${x}/greatest`);
    const peak = builder.add('Max', [least, greatest, builder.number(tiny)], `${x}/peak`);
    const scale = builder.add('Mul', [peak, builder.number(1 / 63)], `${x}/scale`);
    const scaled = builder.add('Div', [x, scale], `${x}/scaled`);
    const rest = builder.add('Sub', [scaled, builder.add('Round', [scaled], `${x}/rounded`)], `${x}/rest`);
    builder.add('QuantizeLinear', [scaled, one, zero], `${x}/high`);
    builder.add('QuantizeLinear', [rest, builder.number(1 / 128), zero], `${x}/low`);
  }
  const high = builder.add('MatMulIntegerToFloat', [`${x}/high`, values, one, scales, zero], `${made}/high`, [], microsoft);
  const low = builder.add('MatMulIntegerToFloat', [`${x}/low`, values, builder.number(1 / 128), scales, zero], `${made}/low`, [], microsoft);
  builder.add('Mul', [builder.add('Add', [high, low], `${made}/sum`), `${x}/scale`], made);
}

/** x ≈ least + scale · digit, so that x · W ≈ scale · (digit · W) + least · (sums of W's columns). */
function multiplyInOneDigit(builder: Builder, node: Node, { columnSums, scales, values }: StoredWeights): void {
  const x = input(node, 0);
  const made = output(node);
  const zero = builder.constant('zero', Uint8Array.of(0));
  const one = builder.number(1);
  if (builder.isNew(`${x}/digit`)) {
    const least = builder.add('ReduceMin', [x, builder.lastAxis], `${x}/least`);
    const greatest = builder.add('ReduceMax', [x, builder.lastAxis], `${x}/greatest`);
    const range = builder.add('Max', [builder.add('Sub', [greatest, least], `${x}/difference`), builder.number(tiny)], `${x}/range`);
    const scale = builder.add('Mul', [range, builder.number(1 / 127)], `${x}/scale`);
    const scaled = builder.add('Div', [builder.add('Sub', [x, least], `${x}/positive`), scale], `${x}/scaled`);
    builder.add('QuantizeLinear', [scaled, one, zero], `${x}/digit`);
  }
  const product = builder.add('MatMulIntegerToFloat', [`${x}/digit`, values, one, scales, zero], `${made}/product`, [], microsoft);
  const sums = columnSums();
  const shift = builder.add('Mul', [`${x}/least`, builder.constant(`column_sums.${values}`, sums, [sums.length])], `${made}/shift`);
  builder.add('Add', [builder.add('Mul', [product, `${x}/scale`], `${made}/scaled`), shift], made);
}

/** Where a row is constant, its scale would be zero. */
const tiny = 1e-9;

/** Unit vectors of the words: of a sum of pieces as well as of their mean. */
function addVectors(builder: Builder, { hiddenSize, own, projection, states }: WordGraphProbe): void {
  const int = (name: string, i: number): onnx.IAttributeProto => ({ name, type: onnx.AttributeProto.AttributeType.INT, i });
  const unit = (value: string, made: string): string => builder.add('LpNormalization', [value], made, [int('axis', -1), int('p', 2)]);
  const none = builder.constant('no_piece', BigInt64Array.of(0n));
  const known = builder.add('GreaterOrEqual', [piecesInput, none], 'headlight/piece_known');
  const counted = builder.add('Unsqueeze', [builder.add('Cast', [known], 'headlight/piece_counts', [int('to', elementType.float)]), builder.lastAxis], 'headlight/piece_weights');
  const overPieces = builder.constant('over_pieces', BigInt64Array.of(1n), [1]);
  const each = states.map((state, index) => {
    const flat = builder.add('Flatten', [state], `headlight/words_flat.${index}`, [int('axis', 2)]);
    const pieces = builder.add('Mul', [builder.add('Gather', [flat, piecesInput], `headlight/words_gathered.${index}`), counted], `headlight/words_pieces.${index}`);
    return unit(builder.add('ReduceSum', [pieces, overPieces], `headlight/words_sum.${index}`, [int('keepdims', 0)]), `headlight/words_unit.${index}`);
  });
  let made = builder.add('Mean', each, 'headlight/words_mean');
  if (own) made = builder.add('Sub', [made, builder.constant('words_own', own, [hiddenSize])], 'headlight/words_apart');
  if (projection) made = builder.add('MatMul', [made, builder.constant('words_projection', projection, [hiddenSize, projection.length / hiddenSize])], 'headlight/words_projected');
  unit(made, wordVectors);
}

/** Drops what the only output does not depend on: heads, later layers, weights that are replaced. */
function keepWhatIsNeeded(proto: onnx.IGraphProto, readWeights: ReadWeights): void {
  const graph = new Graph(proto, readWeights);
  const needed = new Set<string>();
  const pending = [wordVectors];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (needed.has(value)) continue;
    needed.add(value);
    pending.push(...(graph.producer(value)?.input ?? []));
  }
  proto.node = graph.nodes.filter((node) => (node.output ?? []).some((name) => needed.has(name)));
  proto.initializer = (proto.initializer ?? []).filter(({ name }) => needed.has(name ?? ''));
  proto.input = (proto.input ?? []).filter(({ name }) => needed.has(name ?? ''));
  proto.valueInfo = [];
}
