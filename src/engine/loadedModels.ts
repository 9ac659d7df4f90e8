import { RequestType0 } from 'vscode-jsonrpc/node';
import type { DeviceName } from '../lenses/model';
import type { ModelLoader } from './engine';

/** A model that holds memory. */
export interface LoadedModelName {
  /** As the target named it. */
  readonly model: string;
  readonly device: DeviceName;
}

/** Client → engine: which models are loaded. */
export const loadedModelsRequest = new RequestType0<readonly LoadedModelName[], void>('headlight/loadedModels');

/** Which models are loaded, each from when it was until it is disposed of. */
export class LoadedModels {
  private readonly names = new Set<LoadedModelName>();

  list(): readonly LoadedModelName[] {
    return [...this.names];
  }

  /** The same loader, what it loads being listed. */
  watch(load: ModelLoader): ModelLoader {
    return async (target, signal) => {
      const model = await load(target, signal);
      const name = { model: target.model, device: model.info.device };
      const dispose = model.dispose.bind(model);
      model.dispose = () => {
        this.names.delete(name);
        return dispose();
      };
      this.names.add(name);
      return model;
    };
  }
}
