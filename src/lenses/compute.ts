import type { LensMethod, LensProgress, LensRequest, LensResult } from './calls';
import type { DeviceName, Target, TransformerModel } from './model';

/** What a compute function may use beside its request. */
export interface ComputeContext {
  readonly model: TransformerModel;
  readonly signal: AbortSignal;
  readonly progress: (progress: LensProgress) => void;
  /** Devices that the runtime lists. */
  readonly devices: readonly DeviceName[];
  /** Runs a task that blocks the process, other than a run of the model, when its turn among those has come. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Works with another model beside the request's, which stays loaded until then. Rejects as loading does. */
  readonly withModel: <T>(target: Target, work: (model: TransformerModel) => Promise<T>) => Promise<T>;
}

/** The engine's side of one lens call. */
export type Compute<M extends LensMethod> = (request: LensRequest<M>, context: ComputeContext) => Promise<LensResult<M>>;
