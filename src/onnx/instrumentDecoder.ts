import { HeadlightError } from '../errors';
import { addLastRows } from './attentionRows';
import { decodeModel } from './decode';
import { dequantizeWeights } from './dequantize';
import { encodeModel } from './encode';
import { type ExposedLogits, exposeLogits } from './exposeLogits';
import { type ExposedAttention, exposeAttention, exposeValues } from './exposeAttention';
import { type AttentionSite, findAttention } from './findAttention';
import { type Embeddings, findEmbeddings } from './findEmbeddings';
import { findHiddenStates } from './findHiddenStates';
import { Graph } from './graph';
import type { GraphSource } from './graphSource';
import { writeOutFused } from './fused/writeOutFused';
import type { GraphShape } from './instrument';
import { intervene, type Intervened, isIntervention } from './intervene';
import type { GraphLimit } from './limit';
import { takeBranch } from './mergedDecoder';
import { type PastInput, pastInputs } from './past';
import { unfoldHeads } from './unfoldHeads';

/** What can be asked of a graph that writes. */
export interface DecoderGraph {
  readonly inputs: readonly string[];
  readonly past: readonly PastInput[];
  /** Keys and values of all tokens, or of the source, that the graph hands on: `present.…`. */
  readonly present: readonly string[];
  readonly logits: ExposedLogits;
  /** Layers of self-attention. */
  readonly layers: number;
  /** `[layer, row, head, 1, key]`: what the last token attends to; null where no attention was found. */
  readonly lastSelf: string | null;
  readonly lastCross: string | null;
  /** What can be changed while it runs; null where that was not asked for. */
  readonly intervened: Intervened | null;
}

/** What can be asked of a decoder that reads all tokens of a text at once, beside what it says of the last of them. */
export interface WholeDecoder {
  /** In layer order. */
  readonly self: readonly ExposedAttention[];
  readonly cross: readonly ExposedAttention[];
  /** Layers + 1 names, null where none was found; each `[batch, token, hidden]`. */
  readonly hidden: readonly (string | null)[];
  readonly embeddings: Embeddings;
}

/** A decoder's graph that can be looked into while it writes. */
export interface InstrumentedDecoder extends DecoderGraph {
  /** Serialized `ModelProto`. */
  readonly bytes: Uint8Array;
  /** Null for a graph that goes on from keys and values. */
  readonly whole: WholeDecoder | null;
  readonly limits: readonly GraphLimit[];
}

/**
 * Edits the graph of a decoder (for its first tokens, for those after them, or one branch of both merged) so that
 * attention of the token that is being found comes out beside its own outputs.
 * @param shape as the model's configuration states it
 * @param withPast the graph or branch that goes on from keys and values
 * @param changes whether heads, edges, layers and hidden states shall be open to changes
 * @throws HeadlightError `model-broken` for bytes that are no ONNX model, `cannot-write` for one without logits
 */
export function instrumentDecoder({ bytes, readWeights }: GraphSource, shape: GraphShape, withPast: boolean, changes = false): InstrumentedDecoder {
  const model = decodeModel(bytes);
  const proto = model.graph;
  takeBranch(proto, withPast);
  dequantizeWeights(proto, readWeights);
  const fused = writeOutFused(model, readWeights);
  let graph = new Graph(proto, readWeights);
  const found = findAttention(graph);
  // Whatever its mask is made of: while it writes it sees nothing that comes later.
  const ofSelf = found.sites.filter(({ kind }) => kind !== 'cross').map((site): AttentionSite => ({ ...site, kind: 'causal' }));
  const ofCross = found.sites.filter(({ kind }) => kind === 'cross');
  const outputs = (proto.output ?? []).map(({ name }) => name ?? '');
  if (!outputs.includes('logits')) {
    throw new HeadlightError('cannot-write', 'The decoder’s graph has no output "logits". Export the model with its language-modelling head.');
  }
  const states = ofSelf.length > 0 ? findHiddenStates(graph, ofSelf) : { values: [], limits: [] };
  const embeddings = findEmbeddings(graph, states.values[0] ?? null);
  // By what the graph was: states that are open to changes no longer come out of norms.
  const logits = exposeLogits(proto, graph, states.values, 'logits');
  if (changes) graph = new Graph(proto, readWeights);
  const intervened = changes ? intervene(proto, graph, { self: ofSelf, cross: ofCross, hidden: states.values, embeddings, heads: shape.heads }) : null;
  if (intervened) graph = new Graph(proto, readWeights);
  const sites = unfoldHeads(proto, [...ofSelf, ...ofCross], shape.heads);
  const [self, cross] = [sites.slice(0, ofSelf.length), sites.slice(ofSelf.length)];
  const lastSelf = addLastRows(proto, self, 'headlight/last_self');
  const lastCross = addLastRows(proto, cross, 'headlight/last_cross');
  exposeValues(proto, [lastSelf, lastCross]);
  const whole = withPast ? null : { self: exposeAttention(proto, self, readWeights), cross: exposeAttention(proto, cross, readWeights), hidden: states.values, embeddings };
  if (whole) exposeValues(proto, [...whole.hidden, ...(Object.values(embeddings) as (string | null)[])]);
  const weights = new Set((proto.initializer ?? []).map(({ name }) => name));
  return {
    bytes: encodeModel(model),
    limits: [...fused, ...found.limits],
    inputs: (proto.input ?? []).map(({ name }) => name ?? '').filter((name) => !weights.has(name) && !isIntervention(name)),
    past: pastInputs(proto, shape.headSize),
    present: outputs.filter((name) => name.startsWith('present')),
    logits,
    layers: self.length,
    lastSelf,
    lastCross,
    intervened: intervened && { ...intervened, resumes: false, narrows: false },
    whole,
  };
}
