import type { AttentionSite } from './findAttention';
import { findNorms, type Norm } from './findNorms';
import type { Graph } from './graph';
import { type GraphLimit, limitAt } from './limit';

/** Values of the residual stream by index: 0 after the embeddings, l after layer l; null where none was found. */
export interface HiddenStates {
  readonly values: readonly (string | null)[];
  readonly limits: readonly GraphLimit[];
}

/**
 * Finds the residual stream at every layer boundary, as `output_hidden_states` of Transformers counts them. Where the
 * norm follows the residual sum (post-norm: BERT) it is what the query projection reads; where the norm stands before
 * the projection (pre-norm: GPT-2) it is what that norm reads. The last one is the last norm's result in both.
 */
export function findHiddenStates(graph: Graph, sites: readonly AttentionSite[]): HiddenStates {
  const norms = findNorms(graph);
  const limits: GraphLimit[] = [];
  const values: (string | null)[] = sites.map((site) => {
    const found = layerInput(graph, norms, site);
    if (found === null) limits.push(limitAt(site.softmax, 'no hidden state was found in front of an attention'));
    return found;
  });
  const last = lastHiddenState(graph, norms, sites);
  if (last === null) limits.push({ node: '', reason: 'no normalization follows the last attention, so the last hidden state was not found' });
  return { values: [...values, last], limits };
}

function layerInput(graph: Graph, norms: readonly Norm[], site: AttentionSite): string | null {
  const { querySource } = site;
  if (isResidual(graph, querySource)) return querySource;
  return norms.find((norm) => norm.result === querySource)?.source ?? null;
}

/** True for a value that a residual connection adds to something else of the run. */
function isResidual(graph: Graph, value: string): boolean {
  return graph
    .consumers(value)
    .some((node) => node.opType === 'Add' && (node.input ?? []).every((side) => !graph.isFixed(side)));
}

/** A layer has as many norms after its attention as the layer before it; two where there is only one layer. */
function lastHiddenState(graph: Graph, norms: readonly Norm[], sites: readonly AttentionSite[]): string | null {
  const after = (site: AttentionSite): readonly Norm[] =>
    norms.filter((norm) => norm.position > graph.position(site.softmax));
  const last = sites.at(-1);
  const before = sites.at(-2);
  if (!last) return null;
  const perLayer = before ? after(before).findIndex((norm) => norm.result === last.querySource) + 1 : 2;
  const following = after(last);
  // Where a layer's norms stand beside each other (GPT-NeoX), they may all come before its attention.
  return (following[perLayer - 1] ?? (following.length === 1 ? following[0] : undefined))?.result ?? null;
}
