import { HeadlightError } from '../errors';
import { EngineProcess, type EngineProcessOptions } from './engineProcess';
import { RestartPolicy } from './restartPolicy';

/**
 * Keeps at most one engine process: the first to ask starts it, everybody else waits for the same start. A process
 * that failed is started again at the next request, no sooner than the restart policy allows.
 */
export class Supervisor {
  private current: Promise<EngineProcess> | null = null;
  private policy: RestartPolicy;
  private disposed = false;

  constructor(
    private readonly options: EngineProcessOptions & {
      readonly policy?: RestartPolicy;
      readonly onStart: (engine: EngineProcess) => void;
      readonly onEnd: (cause: HeadlightError) => void;
    },
  ) {
    this.policy = options.policy ?? RestartPolicy.create();
  }

  /** The running process, started if there is none. @throws HeadlightError when it does not start */
  acquire(): Promise<EngineProcess> {
    if (this.disposed) return Promise.reject(new HeadlightError('cancelled', 'The engine was shut down.'));
    this.current ??= this.start();
    return this.current;
  }

  /** A request succeeded: the next failure is restarted without the delay that earlier ones built up. */
  succeeded(): void {
    this.policy = this.policy.reset();
  }

  /** Ends the process, if there is one, and forgets earlier failures. Pending requests are told `cause`. */
  async stop(cause: HeadlightError): Promise<void> {
    const ending = this.current;
    this.current = null;
    this.policy = this.policy.reset();
    const engine = await ending?.catch(() => null);
    if (!engine) return;
    engine.kill(cause);
    await engine.gone.catch(() => undefined);
  }

  /** Ends the process for good. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await this.stop(new HeadlightError('cancelled', 'The engine was shut down.'));
  }

  private start(): Promise<EngineProcess> {
    const start = this.launch();
    const over = (cause: HeadlightError): void => {
      if (this.current !== start) return;
      this.current = null;
      this.policy = this.policy.next();
      this.options.onEnd(cause);
    };
    start.then((engine) => engine.gone).catch(over);
    return start;
  }

  private async launch(): Promise<EngineProcess> {
    const { delay } = this.policy;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    const engine = await EngineProcess.start(this.options);
    this.options.onStart(engine);
    return engine;
  }
}
