import type { LensProgress } from '../../src/lenses/calls';
import type { ComputeContext } from '../../src/lenses/compute';
import type { TransformerModel } from '../../src/lenses/model';

/** Context of a compute function that nobody cancels. */
export function contextOf(model: TransformerModel, progress: (progress: LensProgress) => void = () => undefined): ComputeContext {
  return { model, signal: new AbortController().signal, progress, devices: ['cpu'], inTurn: (task) => task() };
}
