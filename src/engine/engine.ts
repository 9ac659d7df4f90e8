import type { CallOptions, LensMethod, LensRequest, LensResult, LensService } from '../lenses/calls';
import type { Target } from '../lenses/model';
import type { Writer } from '../lenses/writer';
import { computes } from './computes';
import { type LoadedModel, ModelCache } from './modelCache';
import { RunQueue } from './runQueue';

/** Models kept in memory at once. */
const modelCapacity = 2;

/** Loads a model; rejects with a `HeadlightError` when its files or its device do not serve. */
export type ModelLoader = (target: Target, signal: AbortSignal) => Promise<LoadedModel>;

export interface EngineEvents {
  /** A model starts (`true`) or has ended loading; nothing else can be answered meanwhile. */
  readonly onLoading?: (target: Target, loading: boolean) => void;
}

/** Answers lens calls in this process: loads models when first asked for and lets one native run through at a time. */
export class Engine implements LensService {
  private readonly queue = new RunQueue();
  private readonly lifetime = new AbortController();
  private readonly models: ModelCache;

  constructor(
    private readonly load: ModelLoader,
    private readonly events: EngineEvents = {},
  ) {
    this.models = new ModelCache((target) => this.loadInTurn(target), modelCapacity);
  }

  /** @throws HeadlightError with the cause; `cancelled` when the signal is aborted between two runs */
  async call<M extends LensMethod>(
    method: M,
    request: LensRequest<M>,
    options: CallOptions = {},
  ): Promise<LensResult<M>> {
    const signal = options.signal ?? this.lifetime.signal;
    const progress = options.onProgress ?? (() => undefined);
    if (!this.models.has(request)) progress({ message: 'Loading the model' });
    return this.models.use(request, signal, (model) => computes[method](request, { model, signal, progress }));
  }

  /** Stops what is loading and frees the memory of all models. */
  async dispose(): Promise<void> {
    this.lifetime.abort();
    await this.models.dispose();
  }

  /** Loading blocks the process as runs do, so it takes its turn among them. */
  private loadInTurn(target: Target): Promise<LoadedModel> {
    const { signal } = this.lifetime;
    return this.queue.run(async () => {
      this.events.onLoading?.(target, true);
      try {
        // The notice has to leave the process before the load blocks it.
        await new Promise(setImmediate);
        return this.queued(await this.load(target, signal));
      } finally {
        this.events.onLoading?.(target, false);
      }
    }, signal);
  }

  /** The same model, each run of which waits for its turn. */
  private queued(model: LoadedModel): LoadedModel {
    return {
      info: model.info,
      attention: model.attention,
      tokenizer: model.tokenizer,
      folder: model.folder,
      writer: model.writer && this.queuedWriter(model.writer),
      run: (batch, outputs, signal) => this.queue.run(() => model.run(batch, outputs, signal), signal),
      dispose: () => model.dispose(),
    };
  }
  private queuedWriter(writer: Writer): Writer {
    const { thoughts } = writer;
    return {
      rules: writer.rules,
      vocabulary: writer.vocabulary,
      read: (sources, signal) => this.queue.run(() => writer.read(sources, signal), signal),
      write: (state, input, signal) => this.queue.run(() => writer.write(state, input, signal), signal),
      thoughts: thoughts && ((sources, signal) => this.queue.run(() => thoughts(sources, signal), signal)),
    };
  }
}
