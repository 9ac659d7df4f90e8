import type { Engine } from '../engine/engine';
import type { CallOptions, LensMethod, LensRequest, LensResult, LensService } from '../lenses/calls';

/** The engine in this process. Its modules, ONNX Runtime among them, are loaded at the first call. */
export class LocalEngine implements LensService {
  private engine: Promise<{ readonly engine: Engine; readonly service: LensService }> | null = null;

  /** @param builtInModels folder of the models that come with Headlight */
  constructor(private readonly builtInModels: string) {}

  async call<M extends LensMethod>(
    method: M,
    request: LensRequest<M>,
    options?: CallOptions,
  ): Promise<LensResult<M>> {
    this.engine ??= this.load();
    return (await this.engine).service.call(method, request, options);
  }

  async dispose(): Promise<void> {
    await (await this.engine)?.engine.dispose();
  }

  private async load(): Promise<{ readonly engine: Engine; readonly service: LensService }> {
    const [{ Engine }, { availableDevices, loadModel }, { completed }] = await Promise.all([
      import('../engine/engine'), import('../engine/loadModel'), import('../engine/withoutModel'),
    ]);
    const setup = { builtInModels: this.builtInModels, storage: null };
    const engine = new Engine(async (target, signal) => {
      const model = await loadModel(target, setup, signal);
      // A device that was asked for by name is never replaced silently.
      if (target.device !== 'auto' && target.device !== model.info.device) console.error(`headlight: ${model.info.deviceReason}`);
      return model;
    }, {}, availableDevices);
    return { engine, service: completed(engine, setup) };
  }
}
