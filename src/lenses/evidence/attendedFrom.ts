import { HeadlightError } from '../../errors';
import { meanOverHeads, rollout } from '../attention/rollout';
import { valueWeighted } from '../attention/valueNorms';
import type { ComputeContext } from '../compute';
import type { LayerAttention, ModelOutputs, OutputSelection, Tensor } from '../model';
import { prefixIds, requireWriter } from '../writing/given';
import type { AttendedWay } from './attributionContract';
import type { Outcome } from './contract';
import type { OpenOutcome } from './outcome';
import { idsOf } from './patchRuns';

/** What is looked at from the places where an outcome is read, token by token. */
export interface Attended {
  readonly layer: number;
  readonly isCross: boolean;
  readonly attended: readonly { readonly way: AttendedWay; readonly weights: Float32Array }[];
}

/** One stack of attention over the first text of an outcome. */
interface Stack {
  readonly isCross: boolean;
  readonly layers: readonly LayerAttention[];
  /** Rows from which it is looked. */
  readonly from: readonly number[];
  readonly run: (outputs: Pick<OutputSelection, 'attention' | 'queryKeyValue'>) => Promise<Pick<ModelOutputs, 'attention' | 'queryKeyValue'>>;
}

/** Nothing where no single place is read, or where the model's graph does not show its attention. */
export async function attendedFrom(outcome: Outcome, open: OpenOutcome, context: ComputeContext): Promise<Attended> {
  const stack = stackOf(outcome, open, context);
  const layer = stack.layers.length - 1;
  const none = { layer, isCross: stack.isCross, attended: [] };
  if (stack.from.length === 0 || layer < 0) return none;
  try {
    const { attention } = await stack.run({ attention: stack.isCross ? [layer] : stack.layers.map((_, index) => index) });
    const last = attention.get(layer)!;
    const keys = last.dims[3]!;
    const attended = [{ way: 'attention' as AttendedWay, weights: meanOfRows(meanOverHeads([last]), stack.from, keys) }];
    const norms = await normsOf(last, layer, stack);
    if (norms) attended.push({ way: 'norms', weights: norms });
    if (!stack.isCross) {
      const all = stack.layers.map((_, index) => attention.get(index)!);
      attended.push({ way: 'rollout', weights: meanOfRows(rollout(all, keys), stack.from, keys) });
    }
    return { ...none, attended };
  } catch (error) {
    if (error instanceof HeadlightError && error.code === 'cannot-instrument') return none;
    throw error;
  }
}

function stackOf(outcome: Outcome, { readAt, rows }: OpenOutcome, { model, signal }: ComputeContext): Stack {
  const [row] = rows as readonly [(typeof rows)[number]];
  if (outcome.kind === 'nextToken' && model.info.writes?.task === 'translation') {
    const { decoder } = model;
    const inputs = [...requireWriter(model, 'translation').rules.start, ...prefixIds(outcome.written, model, false)];
    return {
      isCross: true,
      layers: decoder?.attention.cross ?? [],
      from: [inputs.length - 1],
      run: (outputs) => decoder!.run('cross', { source: idsOf(row), inputs }, outputs, signal),
    };
  }
  return { isCross: false, layers: model.attention, from: readAt[0]!, run: (outputs) => model.run([row], outputs, signal) };
}

/** Mean over heads of attention weighed by norms; null where the file does not hold what they take. */
async function normsOf({ data, dims }: Tensor, layer: number, { from, layers, run }: Stack): Promise<Float32Array | null> {
  const projection = layers[layer]?.outputProjection;
  if (!projection) return null;
  const [, heads, queries, keys] = dims as [number, number, number, number];
  const { value } = (await run({ queryKeyValue: [layer] })).queryKeyValue.get(layer)!;
  const sum = new Float32Array(keys);
  for (let head = 0; head < heads; head++) {
    const rows = from.map((query) => data.slice((head * queries + query) * keys, (head * queries + query + 1) * keys));
    for (const row of rows) valueWeighted(row, value, projection, head).forEach((share, key) => { sum[key]! += share / (heads * rows.length); });
  }
  return sum;
}

/**
 * @param weights `[query, key]`
 * @param width keys
 */
function meanOfRows(weights: Float32Array, from: readonly number[], width: number): Float32Array {
  return Float32Array.from({ length: width }, (_, key) => from.reduce((sum, query) => sum + weights[query * width + key]!, 0) / from.length);
}
