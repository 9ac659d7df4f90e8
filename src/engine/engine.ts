import type { CallOptions, LensMethod, LensRequest, LensResult, LensService } from '../lenses/calls';
import type { ComputeContext } from '../lenses/compute';
import type { Target, TransformerModel, WordReader } from '../lenses/model';
import { computes } from './computes';
import { type LoadedModel, ModelCache } from './modelCache';
import { RunQueue } from './runQueue';

/** Models kept in memory at once. */
const modelCapacity = 2;

/** Calls that nobody waits for: the others come first. */
const backgroundMethods: ReadonlySet<LensMethod> = new Set(['senseIndex/update']);

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
  /** Each loaded model as the background sees it; the same object for all calls, as lenses keep what they know by it. */
  private readonly background = new WeakMap<TransformerModel, TransformerModel>();

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
    if (!backgroundMethods.has(method)) {
      const inTurn: ComputeContext['inTurn'] = (task) => this.queue.run(task, signal);
      return this.queue.answer(() => this.models.use(request, signal, (model) => computes[method](request, { model, signal, progress, inTurn })));
    }
    const inTurn: ComputeContext['inTurn'] = (task) => this.queue.runInBackground(task, signal);
    return this.models.use(request, signal, (model) => computes[method](request, { model: this.background.get(model)!, signal, progress, inTurn }));
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
        const model = await this.load(target, signal);
        const queued = withRun(model, (batch, outputs, of) => this.queue.run(() => model.run(batch, outputs, of), of));
        this.background.set(queued, this.inBackground(model));
        return queued;
      } finally {
        this.events.onLoading?.(target, false);
      }
    }, signal);
  }

  /** Words are read beside the runs of this process, so they take no turn: they begin when no call is being answered. */
  private inBackground(model: LoadedModel): LoadedModel {
    return {
      ...withRun(model, (batch, outputs, signal) => this.queue.runInBackground(() => model.run(batch, outputs, signal), signal)),
      openWordReader: async (probe) => {
        const reader = await model.openWordReader?.(probe);
        if (!reader) return null;
        const read: WordReader['read'] = async (batch, signal) => {
          await this.queue.quiet(signal);
          return reader.read(batch, signal);
        };
        return { atOnce: reader.atOnce, read };
      },
    };
  }
}

/** The same model with runs that wait for their turn. */
function withRun(model: LoadedModel, run: TransformerModel['run']): LoadedModel {
  const { info, attention, tokenizer, folder, fingerprint } = model;
  return { info, attention, tokenizer, folder, fingerprint, run, dispose: () => model.dispose() };
}
