import { HeadlightError } from '../errors';
import { addLastRows } from './attentionRows';
import { decodeModel } from './decode';
import { dequantizeWeights } from './dequantize';
import { encodeModel } from './encode';
import { externalFiles } from './externalFiles';
import { type Embeddings, findEmbeddings } from './findEmbeddings';
import { type ExposedAttention, exposeAttention, exposeValues } from './exposeAttention';
import { findAttention } from './findAttention';
import { findHiddenStates } from './findHiddenStates';
import { type ExposedLogits, exposeLogits } from './exposeLogits';
import { Graph, type Node } from './graph';
import { takeBranch } from './mergedDecoder';
import { type PastInput, pastInputs } from './past';

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
  /** Keys and values of earlier tokens that the graph takes; empty for one that reads all tokens at once. */
  readonly past: readonly PastInput[];
  /** Keys and values that the graph hands on. */
  readonly present: readonly string[];
  /** `[layer, row, head, 1, key]`: what the last token attends to. Null for a graph that does not write. */
  readonly lastRows: string | null;
  /** `[batch, 2]` */
  readonly nextSentence: string | null;
  /** What could not be exposed, and the node that stopped it. */
  readonly limits: readonly string[];
}

const logitsNames = ['logits', 'prediction_logits', 'lm_logits', 'prediction_scores'];
/** The output of a graph without layers: one vector a token. */
const lookedUp = 'last_hidden_state';
/** Output with the rows of the last token. */
const lastSelfRows = 'headlight/last_self';
const nextSentenceNames = ['seq_relationship_logits', 'seq_relationship_score'];

/**
 * Edits an ONNX export so that attention, query, key, value, head outputs and hidden states can be fetched beside its
 * own outputs. Nothing that the graph computes is changed.
 * @param isDecoder the graph is known to write; otherwise its masks and inputs tell
 * @throws HeadlightError `model-broken` when the bytes are no ONNX model, `cannot-instrument` when it holds no
 *   attention that is understood
 */
export function instrument(file: Uint8Array, isDecoder = false): InstrumentedGraph {
  const model = decodeModel(file);
  const proto = model.graph;
  takeBranch(proto, false);
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
  const past = pastInputs(proto);
  const writes = logits !== null && found.sites.length > 0 && (isDecoder || past.length > 0 || found.sites.every(({ kind }) => kind === 'causal'));
  const exposedLogits = logits === null ? null : exposeLogits(proto, graph, hidden.values, logits);
  const rows = writes ? addLastRows(proto, found.sites, lastSelfRows) : null;

  const attention = exposeAttention(proto, found.sites);
  exposeValues(proto, [...hidden.values, ...(Object.values(embeddings) as (string | null)[]), rows]);
  const weights = new Set((proto.initializer ?? []).map((tensor) => tensor.name));
  return {
    bytes: encodeModel(model),
    inputs: (proto.input ?? []).map((value) => value.name ?? '').filter((name) => !weights.has(name)),
    externalFiles: externalFiles(model),
    attention,
    hidden: hidden.values,
    embeddings,
    logits: exposedLogits,
    past,
    present: own.filter((name) => name.startsWith('present')),
    lastRows: rows,
    nextSentence: own.find((name) => nextSentenceNames.includes(name)) ?? null,
    limits,
  };
}

/** True for nodes by which one token's vector may depend on another token. */
function mixesTokens({ opType }: Node): boolean {
  return /^(Softmax|MatMul|Gemm|Conv|LSTM|GRU|RNN|.*Attention)$/.test(opType ?? '');
}

function notInstrumentable(graph: Graph, limits: readonly string[]): HeadlightError {
  const fused = graph.nodes.find((node) => /Attention$/.test(node.opType ?? ''));
  const reason = fused
    ? `its attention is fused into ${fused.opType ?? ''} nodes`
    : (limits[0]?.replace(/\.$/, '') ?? 'no Softmax stands between a product of queries and keys and a product with values');
  return new HeadlightError(
    'cannot-instrument',
    `No attention can be shown for this model: ${reason}. Export it without fused attention (Optimum: no optimization level).`,
  );
}
