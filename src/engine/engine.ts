import type { CallOptions, LensMethod, LensRequest, LensResult } from '../lenses/calls';
import type { ComputeContext } from '../lenses/compute';
import type { DeviceName, Target, TransformerModel, WordReader } from '../lenses/model';
import type { Writer } from '../lenses/writer';
import { computes } from './computes';
import { usualBudget } from './memoryBudget';
import { type HeldModel, type LoadedModel, ModelCache } from './modelCache';
import { RunQueue } from './runQueue';
import type { WithoutModel } from './withoutModel';

/** Calls that nobody waits for: the others come first. */
const backgroundMethods: ReadonlySet<LensMethod> = new Set(['senseIndex/update']);

/** Loads a model; rejects with a `HeadlightError` when its files or its device do not serve. */
export type ModelLoader = (target: Target, signal: AbortSignal) => Promise<LoadedModel>;

export interface EngineEvents {
  /** A model starts (`true`) or has ended loading; nothing else can be answered meanwhile. */
  readonly onLoading?: (target: Target, loading: boolean) => void;
  /** Other models are in memory than before. */
  readonly onHeld?: (held: readonly HeldModel[]) => void;
}

/** Answers lens calls in this process: loads models when first asked for and lets one native run through at a time. */
export class Engine {
  private readonly queue = new RunQueue();
  private readonly lifetime = new AbortController();
  private readonly models: ModelCache;
  /** Each loaded model as the background sees it; the same object for all calls, as lenses keep what they know by it. */
  private readonly background = new WeakMap<TransformerModel, TransformerModel>();

  constructor(
    private readonly load: ModelLoader,
    private readonly events: EngineEvents = {},
    /** Devices that the runtime lists. */
    private readonly devices: () => readonly DeviceName[] = () => ['cpu'],
  ) {
    this.models = new ModelCache((target) => this.loadInTurn(target), usualBudget(), (held) => events.onHeld?.(held));
  }

  /** Lets loaded models hold this many bytes. */
  setBudget(bytes: number): Promise<void> {
    return this.models.setBudget(bytes);
  }

  /** Frees the memory of all models, of those in use once they are used no more. */
  unload(): Promise<void> {
    return this.models.unload();
  }

  /** @throws HeadlightError with the cause; `cancelled` when the signal is aborted between two runs */
  async call<M extends Exclude<LensMethod, WithoutModel>>(
    method: M,
    request: LensRequest<M>,
    options: CallOptions = {},
  ): Promise<LensResult<M>> {
    const signal = options.signal ?? this.lifetime.signal;
    const progress = options.onProgress ?? (() => undefined);
    if (!this.models.has(request)) progress({ message: 'Loading the model' });
    const withModel: ComputeContext['withModel'] = (target, work) => this.models.use(target, signal, work);
    if (!backgroundMethods.has(method)) {
      const inTurn: ComputeContext['inTurn'] = (task) => this.queue.run(task, signal);
      return this.queue.answer(() => this.models.use(request, signal, (model) => computes[method](request, { model, signal, progress, inTurn, withModel, devices: this.devices() })));
    }
    const inTurn: ComputeContext['inTurn'] = (task) => this.queue.runInBackground(task, signal);
    return this.models.use(request, signal, (model) => computes[method](request, { model: this.background.get(model)!, signal, progress, inTurn, withModel, devices: this.devices() }));
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
        const queued = inTurns(model, (task, of) => this.queue.run(task, of));
        this.background.set(queued, this.inBackground(model));
        return queued;
      } finally {
        this.events.onLoading?.(target, false);
      }
    }, signal);
  }

  /** Words are read when no call is being answered. */
  private inBackground(model: LoadedModel): LoadedModel {
    return {
      ...inTurns(model, (task, signal) => this.queue.runInBackground(task, signal)),
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

/** Runs a task when its turn has come. */
type Turn = <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** The same model, each run of which waits for its turn. */
function inTurns(model: LoadedModel, turn: Turn): LoadedModel {
  const { info, attention, tokenizer, folder, fingerprint, writer, decoder, bytes, isCurrent } = model;
  return {
    info, attention, tokenizer, folder, fingerprint, bytes, ...(isCurrent && { isCurrent }),
    writer: writer && writerInTurns(writer, turn),
    decoder: decoder && {
      attention: decoder.attention,
      heads: decoder.heads,
      run: (part, given, outputs, signal) => turn(() => decoder.run(part, given, outputs, signal), signal),
    },
    run: (batch, outputs, signal) => turn(() => model.run(batch, outputs, signal), signal),
    // Words are read beside the runs of this process, so they take no turn.
    openWordReader: (probe) => model.openWordReader?.(probe) ?? Promise.resolve(null),
    dispose: () => model.dispose(),
  };
}

function writerInTurns(writer: Writer, turn: Turn): Writer {
  const { rules, vocabulary, thoughts } = writer;
  return {
    rules, vocabulary,
    read: (sources, signal) => turn(() => writer.read(sources, signal), signal),
    write: (state, input, signal) => turn(() => writer.write(state, input, signal), signal),
    thoughts: thoughts && ((sources, signal) => turn(() => thoughts(sources, signal), signal)),
  };
}
