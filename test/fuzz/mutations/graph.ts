import { onnx } from 'onnx-proto';
import type { Random } from '../random';
import { joined } from './bytes';
import { lengthDelimited, nested } from './protobuf';

type Graph = onnx.IGraphProto & { node: onnx.INodeProto[]; initializer: onnx.ITensorProto[] };
type GraphMutation = (graph: Graph, random: Random, model: onnx.ModelProto) => void;

const hugeDims = [-1, 0, 2 ** 31 - 1, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
const { FLOAT, GRAPH, INT, INTS, STRING, TENSOR, UNDEFINED } = onnx.AttributeProto.AttributeType;
const attributeTypes = [FLOAT, GRAPH, INT, INTS, STRING, TENSOR, UNDEFINED];
const dataTypes = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 14, 16, 17, 21, 99, -1];
const operators = ['Softmax', 'MatMul', 'Add', 'Reshape', 'Transpose', 'Gather', 'If', 'Loop', 'Scan', 'Expand', 'Tile', 'ConstantOfShape', 'Range', 'Attention', 'DequantizeLinear', ''];
/** Names of weight files that lead, or seem to lead, out of the folder, or to what is no plain file. */
export const evilPaths = [
  '/etc/passwd', '/dev/zero', '/dev/random', '/dev/stdin', '/proc/self/mem', '../config.json', '../../../../etc/passwd', 'a/../../x',
  './model.onnx', 'weights.bin', '', '.', '..', 'a\0b', 'C:\\Windows\\win.ini', '\\\\server\\share\\x', '..\\..\\x', 'file:///etc/passwd',
  'http://127.0.0.1:1/x', 'x'.repeat(5000), 'onnx/../config.json', 'fifo', 'folder', 'link', 'loop', 'config.json', '__proto__', 'NUL', '%2e%2e/x',
];

/** Changes what a graph says while it stays a well-formed message. */
export const graphMutations: Readonly<Record<string, GraphMutation>> = {
  'dims of a weight': ({ initializer }, random) => {
    const tensor = random.pick(initializer);
    const dims = (tensor.dims ?? []).map(Number);
    dims[random.below(dims.length + 1)] = random.pick(hugeDims);
    tensor.dims = dims;
  },
  'many dims': ({ initializer }, random) => {
    random.pick(initializer).dims = Array.from({ length: 1000 }, () => random.pick([1, 2, 65536]));
  },
  'type of a weight': ({ initializer }, random) => {
    random.pick(initializer).dataType = random.pick(dataTypes);
  },
  'weight without numbers': ({ initializer }, random) => {
    random.pick(initializer).rawData = new Uint8Array();
  },
  'weight cut short': ({ initializer }, random) => {
    const tensor = random.pick(initializer);
    tensor.rawData = tensor.rawData?.subarray(0, random.below((tensor.rawData.length || 1))) ?? null;
  },
  'weight of other numbers': ({ initializer }, random) => {
    const tensor = random.pick(initializer);
    if (tensor.rawData) tensor.rawData = tensor.rawData.slice().fill(random.pick([0xff, 0x7f, 0x80, 0]));
  },
  'weight missing': (graph, random) => {
    graph.initializer.splice(random.below(graph.initializer.length), 1);
  },
  'all weights missing': (graph) => {
    graph.initializer = [];
  },
  'weight doubled': (graph, random) => {
    graph.initializer.push(random.pick(graph.initializer));
  },
  'external data': (graph, random) => {
    const tensor = random.pick(graph.initializer);
    tensor.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
    const keys = random.chance(0.8) ? ['location'] : ['location', 'location', 'path'];
    const numbers = ['0', '-1', '99999999999999999999', '4096', 'x', '', '1e309', '0x10'];
    tensor.externalData = [
      ...keys.map((key) => ({ key, value: random.pick(evilPaths) })),
      ...(random.chance(0.5) ? [{ key: 'offset', value: random.pick(numbers) }] : []),
      ...(random.chance(0.5) ? [{ key: 'length', value: random.pick(numbers) }] : []),
    ];
    if (random.chance(0.7)) tensor.rawData = null;
  },
  'node removed': ({ node }, random) => {
    node.splice(random.below(node.length), 1);
  },
  'node doubled': ({ node }, random) => {
    node.splice(random.below(node.length), 0, random.pick(node));
  },
  'nodes reversed': ({ node }) => {
    node.reverse();
  },
  'node reads itself': ({ node }, random) => {
    const one = random.pick(node);
    one.input = [...(one.input ?? []), ...(one.output ?? [])];
    const own = one.output?.[0];
    if (own !== undefined) one.input[0] = own;
  },
  'nodes read each other': ({ node }, random) => {
    const [first, second] = [random.pick(node), random.pick(node)];
    if (first.input && second.output?.[0] !== undefined) first.input[0] = second.output[0];
    if (second.input && first.output?.[0] !== undefined) second.input[0] = first.output[0];
  },
  'softmax in a circle': ({ node }, random) => {
    const softmax = node.filter(({ opType }) => opType === 'Softmax');
    const of = softmax.length > 0 ? random.pick(softmax) : random.pick(node);
    const way = random.pick(['Identity', 'Cast', 'Dropout', 'Where', 'Reshape', 'Add', 'Transpose']);
    // What the softmax makes is made from itself, on a way that searches for attention follow.
    node.push({ opType: way, input: of.output ?? [], output: of.output ?? [] }, { opType: way, input: of.input ?? [], output: of.input ?? [] });
  },
  'operators in a circle': ({ node }, random) => {
    const type = random.pick(['Add', 'Mul', 'Transpose', 'Reshape', 'Identity', 'Cast', 'Concat', 'Unsqueeze']);
    for (const one of node) if (one.opType === type) one.input = [...(one.output ?? []), ...(one.input ?? [])];
  },
  'ways that part and meet': ({ node }, random) => {
    const type = random.pick(['Add', 'Mul', 'Concat', 'Where', 'Reshape', 'Max']);
    const softmax = node.find(({ opType }) => opType === 'Softmax') ?? random.pick(node);
    const at = random.pick([softmax, random.pick(node)]);
    let value = at.input?.[0] ?? '';
    const added = Array.from({ length: random.pick([30, 200]) }, (_, index) => {
      const one = { opType: type, input: [value, value], output: [`meet${index}`] };
      value = `meet${index}`;
      return one;
    });
    if (at.input) at.input[0] = value;
    node.splice(node.indexOf(at), 0, ...added);
  },
  'long way': ({ node }, random) => {
    const type = random.pick(['Add', 'Identity', 'Transpose', 'Cast', 'Mul']);
    const at = node.find(({ opType }) => opType === random.pick(['Softmax', 'MatMul'])) ?? random.pick(node);
    let value = at.input?.[0] ?? '';
    const added = Array.from({ length: random.pick([5000, 90_000]) }, (_, index) => {
      const one = { opType: type, input: [value], output: [`way${index}`] };
      value = `way${index}`;
      return one;
    });
    if (at.input) at.input[0] = value;
    node.splice(node.indexOf(at), 0, ...added);
  },
  'other operator': ({ node }, random) => {
    random.pick(node).opType = random.pick(operators);
  },
  'every operator': ({ node }, random) => {
    const type = random.pick(operators);
    for (const one of node) if (random.chance(0.3)) one.opType = type;
  },
  'operator of a foreign domain': ({ node }, random) => {
    const one = random.pick(node);
    one.domain = random.pick(['evil.example', 'com.microsoft', 'ai.onnx.ml', '__proto__', 'x'.repeat(3000)]);
    one.opType = random.pick(['Run', 'FusedMatMul', '../lib.so', one.opType ?? '']);
  },
  'foreign domain imported': ({ node }, random, model) => {
    random.pick(node).domain = 'evil.example';
    model.opsetImport = [...model.opsetImport, { domain: 'evil.example', version: 1 }];
  },
  'inputs of a node': ({ node }, random) => {
    const one = random.pick(node);
    one.input = random.pick([[], [''], ['nowhere'], Array.from({ length: 3000 }, () => one.input?.[0] ?? ''), ['__proto__'], ['constructor']]);
  },
  'outputs of a node': ({ node }, random) => {
    const one = random.pick(node);
    one.output = random.pick([[], [''], ['nowhere'], ['__proto__'], [...(one.output ?? []), ...(one.output ?? [])]]);
  },
  'names renamed': ({ node }, random) => {
    const [from, to] = [random.pick(node).output?.[0] ?? '', random.pick(['__proto__', 'constructor', 'logits', 'headlight/positions', '', 'x'.repeat(100_000)])];
    for (const one of node) {
      if (random.chance(0.7)) one.input = (one.input ?? []).map((name) => (name === from ? to : name));
      one.output = (one.output ?? []).map((name) => (name === from ? to : name));
    }
  },
  'attribute of a node': ({ node }, random) => {
    const with_ = node.filter(({ attribute }) => (attribute?.length ?? 0) > 0);
    if (with_.length === 0) return;
    const attribute = random.pick(random.pick(with_).attribute!);
    Object.assign(attribute, random.pick<onnx.IAttributeProto>([
      { type: random.pick(attributeTypes) }, { i: random.pick(hugeDims) }, { ints: Array.from({ length: 50_000 }, (_, i) => i) },
      { f: Number.NaN }, { s: new Uint8Array(100_000) }, { name: '' }, { strings: [new Uint8Array(10)] }, { floats: [Number.POSITIVE_INFINITY] },
    ]));
  },
  'giant attribute list': ({ node }, random) => {
    random.pick(node).attribute = Array.from({ length: 20_000 }, (_, index) => ({ name: `a${index}`, type: INT, i: index }));
  },
  'axis and perm': ({ node }, random) => {
    for (const one of node) {
      for (const attribute of one.attribute ?? []) {
        if (attribute.name === 'axis') attribute.i = random.pick([-100, 100, -1, 0, 2 ** 40]);
        if (attribute.name === 'perm' && random.chance(0.3)) attribute.ints = random.pick([[0], [0, 0, 0, 0], [9, 8, 7, 6], []]);
      }
    }
  },
  'input of another type': (graph, random) => {
    const input = random.pick(graph.input ?? []);
    input.type = { tensorType: { elemType: random.pick(dataTypes), shape: { dim: Array.from({ length: random.below(6) }, () => ({ dimValue: random.pick(hugeDims) })) } } };
  },
  'input renamed': (graph, random) => {
    random.pick(graph.input ?? []).name = random.pick(['', '__proto__', 'past_key_values.0.key', 'use_cache_branch', 'nonsense', 'input_ids']);
  },
  'input without a type': (graph, random) => {
    random.pick(graph.input ?? []).type = null;
  },
  'output renamed': (graph, random) => {
    random.pick(graph.output ?? []).name = random.pick(['', '__proto__', 'logits', 'present.0.key', 'last_hidden_state', 'nowhere']);
  },
  'outputs gone': (graph) => {
    graph.output = [];
  },
  'output of a node inside': (graph, random) => {
    graph.output = [...(graph.output ?? []), { name: random.pick(random.pick(graph.node).output ?? ['']) }];
  },
  'opset': (_, random, model) => {
    model.opsetImport = random.pick([[], [{ version: 0 }], [{ version: 999 }], [{ version: -1 }], [{ domain: 'x', version: 1 }]]);
  },
  'ir version': (_, random, model) => {
    model.irVersion = random.pick([0, 1, 999, -1]);
  },
  'scale of quantized weights': ({ node, initializer }, random) => {
    const tensor = random.pick(initializer);
    initializer.push({ name: 'scale', dataType: 1, dims: [random.pick([0, 1, 3, 2 ** 31])], floatData: random.pick([[], [1], [Number.NaN, 0, 1]]) });
    initializer.push({ name: 'q', dataType: random.pick([2, 3, 6, 7]), dims: random.pick([[0], [4], [2, 2], [-1, 4], [2 ** 31, 4]]), rawData: new Uint8Array(random.pick([0, 4, 16])) });
    node.unshift({ opType: 'DequantizeLinear', input: ['q', 'scale'], output: [tensor.name ?? ''], attribute: [{ name: 'axis', type: INT, i: random.pick([-5, 0, 1, 7]) }] });
  },
  'functions that call each other': ({ node }, random, model) => {
    const body = (own: string, called: string): onnx.IFunctionProto => ({
      name: own, domain: 'own', input: ['x'], output: ['y'], opsetImport: [{ version: 17 }, { domain: 'own', version: 1 }],
      node: [{ opType: called, domain: 'own', input: ['x'], output: ['y'] }],
    });
    model.functions = random.pick([[body('f', 'f')], [body('f', 'g'), body('g', 'f')]]);
    model.opsetImport = [...model.opsetImport, { domain: 'own', version: 1 }];
    const one = random.pick(node);
    node.push({ opType: 'f', domain: 'own', input: (one.input ?? []).slice(0, 1), output: ['from_function'] });
  },
  'expands without end': (graph, random) => {
    const size = random.pick([2 ** 33, 2 ** 40, 2 ** 20]);
    graph.initializer.push({ name: 'bomb_shape', dataType: 7, dims: [2], int64Data: [size, random.pick([1, 4096])] });
    graph.node.push({ opType: 'ConstantOfShape', input: ['bomb_shape'], output: ['bomb'] });
    graph.output = [...(graph.output ?? []), { name: 'bomb' }];
  },
  'loops without end': (graph) => {
    graph.initializer.push({ name: 'trips', dataType: 7, dims: [], int64Data: [Number.MAX_SAFE_INTEGER] }, { name: 'yes', dataType: 9, dims: [], int32Data: [1] });
    const body: onnx.IGraphProto = {
      name: 'body',
      node: [{ opType: 'Identity', input: ['cond'], output: ['cond_out'] }, { opType: 'Identity', input: ['v'], output: ['v_out'] }],
      input: [{ name: 'i', type: tensor(7) }, { name: 'cond', type: tensor(9) }, { name: 'v', type: tensor(9) }],
      output: [{ name: 'cond_out', type: tensor(9) }, { name: 'v_out', type: tensor(9) }],
    };
    // Of what the first node makes, so that it is not folded away when the graph is loaded.
    const of = graph.output?.[0]?.name ?? '';
    graph.node.push(
      { opType: 'Shape', input: [of], output: ['of_shape'] }, { opType: 'Cast', input: ['of_shape'], output: ['of_bools'], attribute: [{ name: 'to', type: INT, i: 9 }] },
      { opType: 'Loop', input: ['trips', 'yes', 'of_bools'], output: ['endless'], attribute: [{ name: 'body', type: GRAPH, g: body }] },
    );
    graph.output = [...(graph.output ?? []), { name: 'endless', type: tensor(9) }];
  },
  'strings for numbers': ({ initializer }, random) => {
    const tensor_ = random.pick(initializer);
    tensor_.dataType = 8;
    tensor_.rawData = null;
    tensor_.stringData = Array.from({ length: 10 }, () => new TextEncoder().encode('x'));
  },
  'sparse weight': (graph, random) => {
    const values: onnx.ITensorProto = { name: random.pick(graph.initializer).name ?? '', dataType: 1, dims: [2], floatData: [1, 2] };
    graph.sparseInitializer = [{ values, indices: { dataType: 7, dims: [2], int64Data: [-1, 2 ** 40] }, dims: [2 ** 40] }];
  },
};

function tensor(elemType: number): onnx.ITypeProto {
  return { tensorType: { elemType, shape: {} } };
}

/** Nests what can be nested, thousands deep: too deep for what builds messages from objects. */
const deepMutations: Readonly<Record<string, (file: Uint8Array, random: Random) => Uint8Array>> = {
  // ModelProto.graph=7 → GraphProto.node=1 → NodeProto.attribute=5 → AttributeProto.g=6 → GraphProto
  'deep graphs': (file, random) => joined(file, nested([7], 1, nested([1, 5, 6], random.pick([30, 200, 3000, 10_000]), new Uint8Array()))),
  // TypeProto.sequence_type=4 → elem_type=1
  'deep type': (file, random) => joined(file, lengthDelimited(7, lengthDelimited(11, lengthDelimited(2, nested([4, 1], random.pick([100, 10_000]), new Uint8Array()))))),
  // ModelProto.functions=25 → FunctionProto.node=7
  'deep function': (file, random) => joined(file, lengthDelimited(25, nested([7], 1, nested([5, 6, 1], random.pick([200, 10_000]), new Uint8Array())))),
  'many nodes': (file) => joined(file, lengthDelimited(7, repeated([0x0a, 0x00], 300_000))),
  'many weights': (file) => joined(file, lengthDelimited(7, repeated([0x2a, 0x00], 300_000))),
};

function repeated(bytes: readonly number[], times: number): Uint8Array {
  return new Uint8Array(bytes.length * times).map((_, index) => bytes[index % bytes.length]!);
}

/** One of all these, and its name. @returns null for a file that holds no graph with nodes and weights */
export function mutateGraph(file: Uint8Array, random: Random): { readonly name: string; readonly bytes: Uint8Array } | null {
  const names = [...Object.keys(graphMutations), ...Object.keys(deepMutations)];
  const name = random.pick(names);
  const deep = deepMutations[name];
  if (deep) return { name, bytes: deep(file, random) };
  let model: onnx.ModelProto;
  try {
    model = onnx.ModelProto.decode(file);
  } catch {
    return null;
  }
  const { graph } = model;
  if (!graph?.node?.length || !graph.initializer?.length || !graph.input?.length || !graph.output?.length) return null;
  graphMutations[name]!(graph as Graph, random, model);
  return { name, bytes: onnx.ModelProto.encode(model).finish() };
}
