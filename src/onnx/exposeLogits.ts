import type { onnx } from 'onnx-proto';
import { findNorms } from './findNorms';
import type { Graph } from './graph';
import { gatherPositions } from './positions';

export interface ExposedLogits {
  readonly name: string;
  /** True when the graph takes `headlight/positions` and answers for these places only. */
  readonly atPositions: boolean;
  /** True when places of every hidden state can be asked for, not only of the last. */
  readonly everyState: boolean;
}

/**
 * Lets the vocabulary head answer for chosen places only, and of every hidden state where it can read them as it reads
 * the last (logit lens): all come out of a normalization, as they do where it follows the residual sum (post-norm), or
 * none but the last does, and the last norm reads them all (pre-norm).
 * @param hidden in order, null where none was found
 */
export function exposeLogits(
  proto: onnx.IGraphProto,
  graph: Graph,
  hidden: readonly (string | null)[],
  logits: string,
): ExposedLogits {
  const last = hidden.at(-1) ?? null;
  if (last === null) return { name: logits, atPositions: false, everyState: false };
  const whole = hidden.filter((state) => state !== null);
  const norms = new Map(findNorms(graph).map(({ result, source }) => [result, source]));
  const isComplete = whole.length === hidden.length;
  if (isComplete && whole.every((state) => norms.has(state)) && gatherPositions(proto, graph, whole, logits)) {
    return { name: logits, atPositions: true, everyState: true };
  }
  const before = norms.get(last);
  const isPreNorm = isComplete && before !== undefined && whole.length > 1 && !whole.slice(0, -1).some((state) => norms.has(state));
  if (isPreNorm && gatherPositions(proto, graph, [...whole.slice(0, -1), before], logits, last)) {
    return { name: logits, atPositions: true, everyState: true };
  }
  return { name: logits, atPositions: gatherPositions(proto, graph, [last], logits), everyState: false };
}
