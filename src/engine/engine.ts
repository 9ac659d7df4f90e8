import type { CallOptions, LensMethod, LensRequest, LensResult } from '../lenses/calls';
import type { ComputeContext } from '../lenses/compute';
import type { DeviceName, Target, TransformerModel, WordReader } from '../lenses/model';
import { LruCache } from '../lenses/lruCache';
import { perModel } from '../lenses/perModel';
import { isAllOn, type Switches } from '../lenses/whatIf/contract';
import { switchedModel } from '../lenses/whatIf/switchedModel';
import type { Writer } from '../lenses/writer';
import { computes } from './computes';
import { usualBudget } from './memoryBudget';
import { type HeldModel, type LoadedModel, type LoadTarget, ModelCache } from './modelCache';
import { RunQueue } from './runQueue';
import type { WithoutModel } from './withoutModel';

/** Calls that nobody waits for: the others come first. */
const backgroundMethods: ReadonlySet<LensMethod> = new Set(['senseIndex/update']);
/** Calls that measure many changes of what runs of the model compute, from the hidden states below each. */
const resuming: ReadonlySet<LensMethod> = new Set(['evidence/patch', 'evidence/patchedAnswers', 'evidence/rank']);
/** Calls that are always about the whole model: what is off may not enter what is kept on disk, or what models are compared by. */
const unswitched: ReadonlySet<LensMethod> = new Set(['model/load', 'devices/measure', 'drift/measure', 'training/train', 'training/save', 'senseIndex/open', 'senseIndex/update', 'senseIndex/search']);
/** Ways of switching a model that are remembered, with what lenses keep for each. */
const rememberedSwitches = 8;

/** Loads a model; rejects with a `HeadlightError` when its files or its device do not serve. */
export type ModelLoader = (target: LoadTarget, signal: AbortSignal) => Promise<LoadedModel>;

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
  /** Loaded models with some of them off, by what is off. */
  private readonly switched = perModel(() => new LruCache<string, TransformerModel>(rememberedSwitches));

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
    const switches = request.switches && !isAllOn(request.switches) && !unswitched.has(method) ? request.switches : null;
    const resumes = resuming.has(method);
    const target = { model: request.model, device: request.device, intervenes: resumes || ablates(method, request) || switches !== null, resumes };
    const withModel: ComputeContext['withModel'] = (other, work) => this.models.use(other, signal, work);
    if (!this.models.has(target)) progress({ message: target.intervenes ? 'Loading the model for changes' : 'Loading the model' });
    if (!backgroundMethods.has(method)) {
      const inTurn: ComputeContext['inTurn'] = (task) => this.queue.run(task, signal);
      return this.queue.answer(() => this.models.use(target, signal, async (whole) => {
        const context = { model: whole, signal, progress, inTurn, withModel, devices: this.devices() };
        return computes[method](request, { ...context, model: switches ? await this.switchedModel(switches, context) : whole });
      }));
    }
    const inTurn: ComputeContext['inTurn'] = (task) => this.queue.runInBackground(task, signal);
    return this.models.use(target, signal, (model) => computes[method](request, { model: this.background.get(model)!, signal, progress, inTurn, withModel, devices: this.devices() }));
  }

  private async switchedModel(switches: Switches, context: ComputeContext): Promise<TransformerModel> {
    const known = this.switched(context.model);
    const key = JSON.stringify(switches);
    const found = known.get(key) ?? await switchedModel(switches, context);
    known.set(key, found);
    return found;
  }

  /** Stops what is loading and frees the memory of all models. */
  async dispose(): Promise<void> {
    this.lifetime.abort();
    await this.models.dispose();
  }

  /** Loading blocks the process as runs do, so it takes its turn among them. */
  private loadInTurn(target: LoadTarget): Promise<LoadedModel> {
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
  const { info, attention, tokenizer, folder, fingerprint, writer, decoder, bytes, isCurrent, resumes } = model;
  return {
    info, attention, tokenizer, folder, fingerprint, bytes, ...(isCurrent && { isCurrent }), ...(resumes && { resumes }),
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
    read: (sources, signal, interventions) => turn(() => writer.read(sources, signal, interventions), signal),
    write: (state, input, signal) => turn(() => writer.write(state, input, signal), signal),
    thoughts: thoughts && ((sources, signal) => turn(() => thoughts(sources, signal), signal)),
  };
}

/** Whether an outcome is measured without some heads; with all of them, any model will do, so that it is loaded once. */
function ablates<M extends LensMethod>(method: M, request: LensRequest<M>): boolean {
  return method === 'evidence/measure' && ((request as LensRequest<'evidence/measure'>).without?.heads.length ?? 0) > 0;
}
