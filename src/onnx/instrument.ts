import { HeadlightError } from '../errors';
import { addLastRows } from './attentionRows';
import { decodeModel } from './decode';
import { dequantizeWeights } from './dequantize';
import { encodeModel } from './encode';
import { type Embeddings, findEmbeddings } from './findEmbeddings';
import { type ExposedAttention, exposeAttention, exposeValues } from './exposeAttention';
import { findAttention } from './findAttention';
import { findHiddenStates } from './findHiddenStates';
import { type ExposedLogits, exposeLogits } from './exposeLogits';
import { Graph, type Node } from './graph';
import type { GraphSource } from './graphSource';
import { intervene, type Intervened, isIntervention } from './intervene';
import { writeOutFused } from './fused/writeOutFused';
import { type GraphLimit, sayLimit } from './limit';
import { takeBranch } from './mergedDecoder';
import { narrowInput, narrowLast } from './narrowLast';
import { type PastInput, pastInputs } from './past';
import { type ClassesOutput, classesOutput, nextSentenceOutput, vocabularyOutput } from './outputHeads';
import { isResumption, makeResumable } from './resumable';
import { unfoldHeads } from './unfoldHeads';

/** A graph that can be looked into, and what can be asked of it. */
export interface InstrumentedGraph {
  /** Serialized `ModelProto`. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
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
  /** What can be changed while it runs; null where that was not asked for. */
  readonly intervened: Intervened | null;
  readonly classes: ClassesOutput | null;
  /** What could not be exposed, and the node that stopped it. */
  readonly limits: readonly GraphLimit[];
}

/** What a model's configuration says of its graph, for graphs that leave it open; 0 where nobody states it. */
export interface GraphShape {
  readonly heads: number;
  readonly headSize: number;
  /** Null where nobody states it. */
  readonly vocabulary: number | null;
}

/** The output of a graph without layers: one vector a token. */
const lookedUp = 'last_hidden_state';
/** Output with the rows of the last token. */
const lastSelfRows = 'headlight/last_self';

/**
 * Edits an ONNX export so that attention, query, key, value, head outputs and hidden states can be fetched beside its
 * own outputs. Nothing that the graph computes is changed.
 * @param shape as the model's configuration states it
 * @param isDecoder the graph is known to write; otherwise its masks and inputs tell
 * @param changes whether heads, edges, layers and hidden states shall be open to changes
 * @param resumable whether runs of such a graph shall go on from hidden states, which may change results by rounding
 * @throws HeadlightError `model-broken` when the bytes are no ONNX model, `cannot-instrument` when it holds no
 *   attention that is understood
 */
export function instrument({ bytes, readWeights }: GraphSource, shape: GraphShape, isDecoder = false, changes = false, resumable = false): InstrumentedGraph {
  const model = decodeModel(bytes);
  const proto = model.graph;
  takeBranch(proto, false);
  dequantizeWeights(proto, readWeights);
  const fused = writeOutFused(model, readWeights);
  let graph = new Graph(proto, readWeights);
  const found = findAttention(graph);
  const own = (proto.output ?? []).map((result) => result.name ?? '');
  const lookUp = own.includes(lookedUp) && !graph.nodes.some(mixesTokens);
  if (found.sites.length === 0 && !lookUp) throw notInstrumentable(graph, [...fused, ...found.limits]);
  const hidden = lookUp ? { values: [lookedUp], limits: [] } : findHiddenStates(graph, found.sites);
  const limits = [...fused, ...found.limits, ...hidden.limits];
  const embeddings = findEmbeddings(graph, hidden.values[0] ?? null);
  const logits = vocabularyOutput(graph, own, shape.vocabulary);
  // By what the graph was: states that are open to changes no longer come out of norms.
  const exposedLogits = logits === null ? null : exposeLogits(proto, graph, hidden.values, logits);
  if (changes) graph = new Graph(proto, readWeights);
  const intervened = changes ? intervene(proto, graph, { self: found.sites, cross: [], hidden: hidden.values, embeddings, heads: shape.heads }) : null;
  if (intervened) graph = new Graph(proto, readWeights);
  const sites = unfoldHeads(proto, found.sites, shape.heads);

  const past = pastInputs(proto, shape.headSize);
  const writes = logits !== null && found.sites.length > 0 && (isDecoder || past.length > 0 || found.sites.every(({ kind }) => kind === 'causal'));
  const rows = writes ? addLastRows(proto, sites, lastSelfRows) : null;

  const attention = exposeAttention(proto, sites, readWeights);
  exposeValues(proto, [...hidden.values, ...(Object.values(embeddings) as (string | null)[]), rows]);
  const [classes, nextSentence] = [classesOutput(graph, own, shape.vocabulary), nextSentenceOutput(own)];
  const answers = [exposedLogits?.name, classes?.name, nextSentence].filter((name) => name != null);
  const narrows = resumable && exposedLogits?.atPositions === true && narrowLast(proto, new Graph(proto, readWeights), hidden.values, found.sites.at(-1));
  const resumes = resumable && intervened !== null && makeResumable(proto, new Graph(proto, readWeights), hidden.values, answers);
  const weights = new Set((proto.initializer ?? []).map((tensor) => tensor.name));
  return {
    bytes: encodeModel(model),
    inputs: (proto.input ?? []).map((value) => value.name ?? '').filter((name) => !weights.has(name) && !isIntervention(name) && !isResumption(name) && name !== narrowInput),
    attention,
    hidden: hidden.values,
    embeddings,
    logits: exposedLogits,
    past,
    present: own.filter((name) => name.startsWith('present')),
    lastRows: rows,
    nextSentence,
    intervened: intervened && { ...intervened, resumes, narrows },
    classes,
    limits,
  };
}

/** True for nodes by which one token's vector may depend on another token. */
function mixesTokens({ opType }: Node): boolean {
  return /^(Softmax|MatMul|Gemm|Conv|LSTM|GRU|RNN|.*Attention)$/.test(opType ?? '');
}

function notInstrumentable(graph: Graph, limits: readonly GraphLimit[]): HeadlightError {
  const fused = graph.nodes.find((node) => /Attention$/.test(node.opType ?? ''));
  const reason =
    (limits[0] && sayLimit(limits[0])) ??
    (fused
      ? `its attention is fused into ${fused.opType ?? ''} nodes, of which Headlight knows no plain form`
      : 'no Softmax stands between a product of queries and keys and a product with values');
  return new HeadlightError(
    'cannot-instrument',
    `No attention can be shown for this model: ${reason.replace(/\.$/, '')}. Export it without fused attention (Optimum: no optimization level).`,
  );
}
