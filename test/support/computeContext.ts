import type { LensProgress } from '../../src/lenses/calls';
import type { ComputeContext } from '../../src/lenses/compute';
import type { Target, TransformerModel } from '../../src/lenses/model';

/**
 * Context of a compute function that nobody cancels.
 * @param others models that it may ask beside its own, by id
 */
export function contextOf(
  model: TransformerModel,
  progress: (progress: LensProgress) => void = () => undefined,
  others: Readonly<Record<string, TransformerModel>> = {},
): ComputeContext {
  const withModel: ComputeContext['withModel'] = (target: Target, work) => {
    const other = others[target.model];
    if (!other) throw new Error(`There is no model ${target.model} in this test.`);
    return work(other);
  };
  return { model, signal: new AbortController().signal, progress, devices: ['cpu'], inTurn: (task) => task(), withModel };
}
