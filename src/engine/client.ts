import { CancellationTokenSource, Emitter, type Event } from 'vscode-jsonrpc/node';
import { HeadlightError } from '../errors';
import type { CallOptions, LensMethod, LensRequest, LensResult, LensService } from '../lenses/calls';
import type { ModelInfo } from '../lenses/model';
import { isAllOn, nothingOff } from '../lenses/whatIf/contract';
import { Background } from './background';
import { cancelled, orCancelled } from './cancellation';
import type { EngineProcess } from './engineProcess';
import type { EngineClientStatus } from './engineStatus';
import { Lanes } from './lanes';
import { budgetNotification, type CallParams, type EngineSetup, fromResponseError, progressType, unloadRequest } from './protocol';
import type { RestartPolicy } from './restartPolicy';
import { Supervisor } from './supervisor';

/** Milliseconds until something counts as hung. */
export interface EngineTimeouts {
  /** Until the process is ready. */
  readonly start: number;
  /** Until a model is loaded and its device probed. */
  readonly load: number;
  /** Until any call is answered, or tells of its progress. */
  readonly call: number;
  /** Until a cancelled call has stopped; after that the process is killed. */
  readonly grace: number;
}

const defaultTimeouts: EngineTimeouts = { start: 30_000, load: 120_000, call: 600_000, grace: 5_000 };

export interface EngineClientOptions {
  /** Script of the engine process, `dist/engine.js`. */
  readonly entry: string;
  readonly setup: EngineSetup;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeouts?: Partial<EngineTimeouts>;
  readonly restartPolicy?: RestartPolicy;
}

export interface ClientCallOptions extends CallOptions {
  /** Calls in one lane replace each other: a new one cancels the one before. */
  readonly lane?: string;
  /**
   * For work that nobody waits for: begins when no other call is going on, is cancelled by the next one, and starts no
   * engine.
   */
  readonly background?: boolean;
}

/**
 * Asks an engine in a child process, which is started at the first call and again after it died. Every call settles:
 * with its answer, with the engine's error, with `cancelled`, or with `engine-died` or `engine-hung`.
 */
export class EngineClient implements LensService {
  private readonly supervisor: Supervisor;
  private readonly timeouts: EngineTimeouts;
  private readonly lanes = new Lanes();
  private readonly background = new Background();
  private readonly statusEmitter = new Emitter<EngineClientStatus>();
  private readonly logEmitter = new Emitter<string>();
  private current: EngineClientStatus = { state: 'idle', detail: '', model: null, held: [] };
  private calls = 0;
  private lastProgressToken = 0;
  private engine: EngineProcess | null = null;
  private loadTimer: NodeJS.Timeout | undefined;
  /** In bytes; null for what is usual. */
  private budget: number | null = null;

  /** Fires when the status changed. */
  readonly onStatus: Event<EngineClientStatus> = this.statusEmitter.event;
  /** Fires for each line that the engine process writes. */
  readonly onLog: Event<string> = this.logEmitter.event;

  constructor(options: EngineClientOptions) {
    this.timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.supervisor = new Supervisor({
      entry: options.entry,
      setup: options.setup,
      startTimeout: this.timeouts.start,
      onLog: (line) => {
        this.logEmitter.fire(line);
      },
      onLoading: (model) => {
        this.loadingChanged(model);
      },
      onHeld: (held) => {
        this.current = { ...this.current, held };
        this.statusEmitter.fire(this.current);
      },
      onStart: (engine) => {
        this.engine = engine;
        void engine.connection.sendNotification(budgetNotification, this.budget);
        this.settleStatus();
      },
      onEnd: (cause) => {
        this.engineEnded({ state: 'failed', detail: cause.message });
      },
      ...(options.env ? { env: options.env } : {}),
      ...(options.restartPolicy ? { policy: options.restartPolicy } : {}),
    });
  }

  get status(): EngineClientStatus {
    return this.current;
  }

  /** Process id of the running engine, for diagnostics. */
  get pid(): number | undefined {
    return this.engine?.pid;
  }

  /** Lets loaded models hold this many bytes from now on; null for what is usual. */
  setBudget(bytes: number | null): void {
    this.budget = bytes;
    if (this.engine?.isAlive() === true) void this.engine.connection.sendNotification(budgetNotification, bytes);
  }

  /** Frees the memory of all models, of those in use once they are used no more. Without an engine there are none. */
  async unload(): Promise<void> {
    const { engine } = this;
    if (engine?.isAlive() !== true) return;
    await Promise.race([engine.connection.sendRequest(unloadRequest), engine.gone]);
  }

  async call<M extends LensMethod>(
    method: M,
    request: LensRequest<M>,
    options: ClientCallOptions = {},
  ): Promise<LensResult<M>> {
    const lane = this.lanes.enter(options.lane, options.signal);
    try {
      if (options.background === true) return await this.askInBackground(method, request, lane.signal);
      return await this.askAtOnce(method, request, lane.signal, options.onProgress);
    } finally {
      lane.leave();
    }
  }

  /** Ends the engine process and starts a new one. Pending calls are rejected with `engine-died`. */
  async restart(): Promise<void> {
    await this.supervisor.stop(
      new HeadlightError('engine-died', 'The engine was restarted at your request. Run the command again.'),
    );
    this.engineEnded({ state: 'loading', detail: 'Starting the engine' });
    await this.supervisor.acquire();
  }

  /** Ends the engine process for good. Pending calls are rejected with `cancelled`. */
  async dispose(): Promise<void> {
    await this.supervisor.dispose();
    this.engineEnded({ state: 'idle', detail: '' });
    this.statusEmitter.dispose();
    this.logEmitter.dispose();
  }

  private async askAtOnce<M extends LensMethod>(
    method: M,
    request: LensRequest<M>,
    signal: AbortSignal,
    onProgress: CallOptions['onProgress'],
  ): Promise<LensResult<M>> {
    const done = this.background.giveWay();
    try {
      if (!this.engine) this.setStatus({ state: 'loading', detail: 'Starting the engine' });
      const engine = await orCancelled(this.supervisor.acquire(), signal);
      return await this.ask(engine, method, request, signal, onProgress);
    } finally {
      done();
    }
  }

  /** @throws HeadlightError `cancelled` when there is no engine, or something else is asked meanwhile */
  private async askInBackground<M extends LensMethod>(method: M, request: LensRequest<M>, signal: AbortSignal): Promise<LensResult<M>> {
    const work = await this.background.enter(signal);
    try {
      if (!this.engine) throw cancelled();
      return await this.ask(this.engine, method, request, work.signal, 'background');
    } finally {
      work.leave();
    }
  }

  private async ask<M extends LensMethod>(
    engine: EngineProcess,
    method: M,
    request: LensRequest<M>,
    signal: AbortSignal,
    onProgress: CallOptions['onProgress'] | 'background',
  ): Promise<LensResult<M>> {
    if (!engine.isAlive()) return engine.gone;
    const cancellation = new CancellationTokenSource();
    const progressToken = ++this.lastProgressToken;
    const inBackground = onProgress === 'background';
    let signOfLife: () => void = () => undefined;
    const progress = !inBackground && onProgress && engine.connection.onProgress(progressType, progressToken, (value) => {
      signOfLife();
      onProgress(value);
    });
    const params: CallParams<M> = { request, progressToken };
    // The status tells what somebody waits for.
    const counts = inBackground ? 0 : 1;
    this.calls += counts;
    this.settleStatus();
    const answer = engine.connection.sendRequest<LensResult<M>>(method, params, cancellation.token);
    const settled = answer
      .then((result) => {
        this.supervisor.succeeded();
        // What is measured on one device after the other tells nothing of the one in use.
        // A model with some of it off is named so, which is true of this answer alone.
        const model = method === 'devices/measure' || !isAllOn(request.switches ?? nothingOff) ? null : modelOf(result);
        this.current = { ...this.current, model: model ?? this.current.model };
      })
      .catch(() => undefined)
      .finally(() => {
        this.calls -= counts;
        if (progress) progress.dispose();
        this.settleStatus();
      });

    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      signOfLife = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          reject(new CallLimitError());
        }, this.timeouts.call);
      };
      signOfLife();
    });
    try {
      return await orCancelled(Promise.race([engine.gone, hung, answer]), signal);
    } catch (error) {
      // Whatever ended the wait, the engine shall not go on with a call that nobody waits for.
      if (engine.isAlive()) cancellation.cancel();
      const stopped = this.killUnlessSettled(engine, settled);
      // Who was refused for its slowness may ask again at once, and shall meet an engine that is free.
      if (error instanceof CallLimitError) await stopped;
      throw error instanceof CallLimitError ? callHung(this.timeouts.call) : fromResponseError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Gives a cancelled call the grace period to stop, and longer while a model loads, which has its own limit.
   * Resolves when the call has stopped or the process is gone.
   */
  private async killUnlessSettled(engine: EngineProcess, settled: Promise<void>): Promise<void> {
    const check = (): void => {
      if (engine.loading === null) engine.kill(ignoredCancel(this.timeouts.grace));
      else timer = setTimeout(check, this.timeouts.grace);
    };
    let timer = setTimeout(check, this.timeouts.grace);
    await Promise.race([settled, engine.gone.catch(() => undefined)]);
    clearTimeout(timer);
  }

  private loadingChanged(model: string | null): void {
    clearTimeout(this.loadTimer);
    if (model !== null) {
      this.loadTimer = setTimeout(() => {
        this.engine?.kill(loadHung(model, this.timeouts.load));
      }, this.timeouts.load);
    }
    this.settleStatus();
  }

  private engineEnded(status: Pick<EngineClientStatus, 'state' | 'detail'>): void {
    clearTimeout(this.loadTimer);
    this.engine = null;
    this.current = { ...this.current, held: [] };
    this.setStatus(status);
  }

  /** The status that follows from what the running process is doing. */
  private settleStatus(): void {
    if (!this.engine) return;
    const { loading } = this.engine;
    if (loading !== null) this.setStatus({ state: 'loading', detail: `Loading ${loading}` });
    else this.setStatus({ state: this.calls > 0 ? 'working' : 'ready', detail: '' });
  }

  private setStatus(status: Pick<EngineClientStatus, 'state' | 'detail'>): void {
    const changed = status.state !== this.current.state || status.detail !== this.current.detail;
    this.current = { ...this.current, ...status };
    if (changed) this.statusEmitter.fire(this.current);
  }
}

/** The call took longer than it may. */
class CallLimitError extends Error {}

/** What a result says of the model in use; an inspected one is not in use. */
function modelOf(result: LensResult<LensMethod>): ModelInfo | null {
  if ('device' in result && 'architecture' in result) return result;
  return 'model' in result ? result.model : null;
}

function ignoredCancel(grace: number): HeadlightError {
  return new HeadlightError(
    'engine-hung',
    `The engine did not stop a cancelled request within ${grace / 1000} s and was ended. Try again: it is started anew.`,
  );
}

function callHung(timeout: number): HeadlightError {
  return new HeadlightError(
    'engine-hung',
    `The engine gave no answer within ${timeout / 1000} s and was told to stop. Try a shorter text or a smaller model.`,
  );
}

function loadHung(model: string, timeout: number): HeadlightError {
  return new HeadlightError(
    'engine-hung',
    `Loading ${model} took longer than ${timeout / 1000} s and was stopped. Set the device to cpu or choose a smaller model.`,
  );
}
