import { onnx } from 'onnx-proto';
import { HeadlightError } from '../errors';
import { dequantizeWeights } from './dequantize';
import { externalFiles } from './externalFiles';
import { type Embeddings, findEmbeddings } from './findEmbeddings';
import { type AttentionKind, type AttentionSite, findAttention, type OutputProjection } from './findAttention';
import { findHiddenStates } from './findHiddenStates';
import { findNorms } from './findNorms';
import { elementType, Graph, type Node } from './graph';
import { gatherPositions } from './positions';
import { numbersOf } from './tensorData';

/** Names under which one attention can be fetched; see `AttentionSite` for the shapes. */
export interface ExposedAttention {
  readonly kind: AttentionKind;
  readonly probabilities: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** `[head · head size, hidden]`: what mixes the heads' outputs; null where it is not stored as fp32 in the file. */
  readonly outputProjection: Float32Array | null;
}

export interface ExposedLogits {
  readonly name: string;
  /** True when the graph takes `headlight/positions` and answers for these places only. */
  readonly atPositions: boolean;
  /** True when places of every hidden state can be asked for, not only of the last. */
  readonly everyState: boolean;
}

/** A graph that can be looked into, and what can be asked of it. */
export interface InstrumentedGraph {
  /** Serialized `ModelProto`. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  /** Weight files beside the graph, by the names that it uses. */
  readonly externalFiles: readonly string[];
  /** In layer order; empty for a graph that only looks each token's vector up. */
  readonly attention: readonly ExposedAttention[];
  /** Layers + 1 names, null where none was found; each `[batch, token, hidden]`. */
  readonly hidden: readonly (string | null)[];
  /** What is added up before the first layer. */
  readonly embeddings: Embeddings;
  readonly logits: ExposedLogits | null;
  /** `[batch, 2]` */
  readonly nextSentence: string | null;
  /** What could not be exposed, and the node that stopped it. */
  readonly limits: readonly string[];
}

const logitsNames = ['logits', 'prediction_logits', 'lm_logits', 'prediction_scores'];
/** The output of a graph without layers: one vector a token. */
const lookedUp = 'last_hidden_state';
const nextSentenceNames = ['seq_relationship_logits', 'seq_relationship_score'];

/**
 * Edits an ONNX export so that attention, query, key, value, head outputs and hidden states can be fetched beside its
 * own outputs. Nothing that the graph computes is changed.
 * @throws HeadlightError `model-broken` when the bytes are no ONNX model, `cannot-instrument` when it holds no
 *   attention that is understood
 */
export function instrument(file: Uint8Array): InstrumentedGraph {
  const model = decode(file);
  const proto = model.graph;
  if (!proto?.node?.length) throw broken('it holds no graph');
  dequantizeWeights(proto);
  const graph = new Graph(proto);
  const found = findAttention(graph);
  const own = (proto.output ?? []).map((result) => result.name ?? '');
  const lookUp = own.includes(lookedUp) && !graph.nodes.some(mixesTokens);
  if (found.sites.length === 0 && !lookUp) throw notInstrumentable(graph, found.limits);
  const hidden = lookUp ? { values: [lookedUp], limits: [] } : findHiddenStates(graph, found.sites);
  const limits = [...found.limits, ...hidden.limits];
  const embeddings = findEmbeddings(graph, hidden.values[0] ?? null);

  const logits = own.find((name) => logitsNames.includes(name)) ?? null;
  const last = hidden.values.at(-1) ?? null;
  const states = readableStates(graph, hidden.values);
  const atPositions = logits !== null && last !== null && gatherPositions(proto, graph, states ?? [last], logits);

  const attention = found.sites.map((site, layer) => expose(proto, site, layer));
  const added = new Set([
    ...attention.flatMap((site) => [site.probabilities, site.query, site.key, site.value]),
    ...[...hidden.values, ...Object.values(embeddings) as (string | null)[]].filter((value) => value !== null),
  ]);
  proto.output = [...(proto.output ?? []), ...[...added].filter((name) => !own.includes(name)).map((name) => ({ name }))];
  const weights = new Set((proto.initializer ?? []).map((tensor) => tensor.name));
  return {
    bytes: onnx.ModelProto.encode(model).finish(),
    inputs: (proto.input ?? []).map((value) => value.name ?? '').filter((name) => !weights.has(name)),
    externalFiles: externalFiles(model),
    attention,
    hidden: hidden.values,
    embeddings,
    logits: logits === null ? null : { name: logits, atPositions, everyState: atPositions && states !== null },
    nextSentence: own.find((name) => nextSentenceNames.includes(name)) ?? null,
    limits,
  };
}

/**
 * The hidden states, if the vocabulary head can read each as it reads the last: all must come out of a normalization, as
 * they do where it follows the residual sum (post-norm). Null otherwise.
 */
function readableStates(graph: Graph, hidden: readonly (string | null)[]): string[] | null {
  const normalized = new Set(findNorms(graph).map(({ result }) => result));
  const states = hidden.filter((state) => state !== null && normalized.has(state)) as string[];
  return states.length === hidden.length ? states : null;
}

/** True for nodes by which one token's vector may depend on another token. */
function mixesTokens({ opType }: Node): boolean {
  return /^(Softmax|MatMul|Gemm|Conv|LSTM|GRU|RNN|.*Attention)$/.test(opType ?? '');
}

/** Keys that the graph only holds transposed are turned back by an added node. */
function expose(proto: onnx.IGraphProto, site: AttentionSite, layer: number): ExposedAttention {
  const { kind, probabilities, query, value } = site;
  const outputProjection = site.outputProjection && projectionWeights(proto, site.outputProjection);
  if (site.key !== null) return { kind, probabilities, query, key: site.key, value, outputProjection };
  const key = `headlight/key.${layer}`;
  proto.node = [
    ...(proto.node ?? []),
    {
      name: `headlight/transpose_key.${layer}`,
      opType: 'Transpose',
      input: [site.keyTransposed],
      output: [key],
      attribute: [{ name: 'perm', type: onnx.AttributeProto.AttributeType.INTS, ints: [0, 1, 3, 2] }],
    },
  ];
  return { kind, probabilities, query, key, value, outputProjection };
}

function projectionWeights(proto: onnx.IGraphProto, { weights, transposed }: OutputProjection): Float32Array | null {
  const tensor = (proto.initializer ?? []).find(({ name }) => name === weights);
  const values = tensor?.dataType === elementType.float ? numbersOf(tensor) : null;
  if (!tensor || !values || tensor.dims?.length !== 2) return null;
  const [rows, columns] = tensor.dims.map(Number) as [number, number];
  if (!transposed) return Float32Array.from(values);
  return Float32Array.from({ length: rows * columns }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

function decode(file: Uint8Array): onnx.ModelProto {
  try {
    return onnx.ModelProto.decode(file);
  } catch (error) {
    throw broken('it cannot be decoded, as happens with files that were cut short', error);
  }
}

function broken(reason: string, cause?: unknown): HeadlightError {
  return new HeadlightError(
    'model-broken',
    `The ONNX file is not a whole model: ${reason}. Copy, download or export it again.`,
    { cause },
  );
}

function notInstrumentable(graph: Graph, limits: readonly string[]): HeadlightError {
  const fused = graph.nodes.find((node) => /Attention$/.test(node.opType ?? ''));
  const reason = fused
    ? `its attention is fused into ${fused.opType ?? ''} nodes`
    : (limits[0] ?? 'no Softmax stands between a product of queries and keys and a product with values');
  return new HeadlightError(
    'cannot-instrument',
    `No attention can be shown for this model: ${reason}. Export it without fused attention (Optimum: no optimization level).`,
  );
}
