import { HeadlightError } from '../errors';
import { decodeModel } from './decode';
import type { ExposedAttention } from './exposeAttention';
import { operatorOf } from './fused/writeOutFused';
import { elementType, Graph } from './graph';
import type { GraphSource } from './graphSource';
import { type GraphShape, instrument } from './instrument';
import { instrumentDecoder } from './instrumentDecoder';
import type { GraphLimit } from './limit';
import { takeBranch } from './mergedDecoder';
import { type OutputKind, outputKind, outputSize } from './outputHeads';
import { sizeOf } from './tensorData';

/** What is found in one graph, without running it. */
export interface GraphReport {
  readonly opset: number;
  readonly producer: string;
  readonly nodes: number;
  /** Numbers stored as weights, by how they are stored. */
  readonly weights: Readonly<Record<string, number>>;
  readonly fused: Readonly<Record<string, number>>;
  /** In layer order; those of a decoder behind each other, to what is written first. */
  readonly attention: readonly Pick<ExposedAttention, 'kind' | 'node'>[];
  readonly hiddenStates: { readonly found: number; readonly of: number };
  readonly outputs: readonly { readonly name: string; readonly kind: OutputKind; readonly size: number | null }[];
  readonly limits: readonly GraphLimit[];
}

const typeNames: Readonly<Record<number, string>> = {
  [elementType.float]: 'fp32', [elementType.float16]: 'fp16', [elementType.bfloat16]: 'bf16', [elementType.uint8]: 'uint8', [elementType.int8]: 'int8',
  [elementType.int32]: 'int32', [elementType.int64]: 'int64', [elementType.bool]: 'bool',
};

/**
 * @param part what the graph is by its file: one that reads, or a decoder for first tokens or for those after them
 * @throws HeadlightError `model-broken` for bytes that are no ONNX model
 */
export function inspectGraph(source: GraphSource, shape: GraphShape, part: 'reads' | 'writes' | 'writesOn'): GraphReport {
  const model = decodeModel(source.bytes);
  const proto = model.graph;
  takeBranch(proto, part === 'writesOn');
  const graph = new Graph(proto, source.readWeights);
  const weights: Record<string, number> = {};
  for (const tensor of proto.initializer ?? []) {
    const name = typeNames[tensor.dataType ?? 0] ?? 'other';
    weights[name] = (weights[name] ?? 0) + sizeOf(tensor);
  }
  const fused: Record<string, number> = {};
  for (const node of proto.node ?? []) if (operatorOf(node)) fused[node.opType ?? ''] = (fused[node.opType ?? ''] ?? 0) + 1;
  const outputs = (proto.output ?? []).map(({ name }) => name ?? '').filter((name) => !name.startsWith('present'));
  return {
    opset: Number(model.opsetImport.find(({ domain }) => !domain)?.version ?? 0),
    producer: [model.producerName, model.producerVersion].filter((word) => word !== '').join(' '),
    nodes: proto.node?.length ?? 0,
    weights,
    fused,
    outputs: outputs.map((name) => ({ name, kind: outputKind(graph, name, shape.vocabulary), size: outputSize(graph, name) })),
    ...exposable(source, shape, part),
  };
}

function exposable(source: GraphSource, shape: GraphShape, part: 'reads' | 'writes' | 'writesOn'): Pick<GraphReport, 'attention' | 'hiddenStates' | 'limits'> {
  try {
    if (part === 'reads') {
      const { attention, hidden, limits } = instrument(source, shape);
      return { attention, hiddenStates: counted(hidden), limits };
    }
    const { whole, limits } = instrumentDecoder(source, shape, part === 'writesOn');
    return { attention: whole ? [...whole.self, ...whole.cross] : [], hiddenStates: counted(whole?.hidden ?? []), limits };
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    return { attention: [], hiddenStates: { found: 0, of: 0 }, limits: [{ node: '', reason: error.message.replace(/\.$/, '') }] };
  }
}

function counted(hidden: readonly (string | null)[]): GraphReport['hiddenStates'] {
  return { found: hidden.filter((state) => state !== null).length, of: hidden.length };
}
