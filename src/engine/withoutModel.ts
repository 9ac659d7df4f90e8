import type { LensMethod, LensRequest, LensResult, LensService } from '../lenses/calls';
import { inspectFolder } from '../library/inspectFolder';
import { modelHash } from '../library/modelHash';
import { resolveModel } from '../library/resolveModel';
import type { Engine } from './engine';
import type { EngineSetup } from './protocol';

/** Calls about a model that is not loaded for them. */
export type WithoutModel = Extract<LensMethod, 'model/inspect' | 'model/hash'>;

type Answers = { readonly [M in WithoutModel]: (request: LensRequest<M>) => Promise<LensResult<M>> };

const answers = ({ builtInModels }: Pick<EngineSetup, 'builtInModels'>): Answers => ({
  'model/inspect': async ({ model }) => inspectFolder(await resolveModel(model, builtInModels)),
  'model/hash': async ({ model }) => modelHash(await resolveModel(model, builtInModels)),
});

/** Methods that need no model. */
export const methodsWithoutModel: readonly WithoutModel[] = ['model/inspect', 'model/hash'];

/** An engine that also answers what needs no model. */
export function completed(engine: Engine, setup: Pick<EngineSetup, 'builtInModels'>): LensService {
  const own = answers(setup);
  const needsNone = (method: LensMethod): method is WithoutModel => methodsWithoutModel.includes(method as WithoutModel);
  return {
    call: (method, request, options) =>
      needsNone(method)
        ? (own[method](request))
        : engine.call(method as Exclude<typeof method, WithoutModel>, request, options),
  };
}
