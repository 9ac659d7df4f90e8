import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type ErrorCode, HeadlightError, isCancelled } from '../src/errors';

/** A result that is asked for again and again: the latest question wins, the last good answer stays until a better one comes. */
export class Latest<T> implements ReactiveController {
  value: T | null = null;
  /** Why the last question has no answer; `stopped` when the reader cancelled it. */
  error: string | null = null;
  stopped = false;
  /** What kind of failure it was; null for one that nobody foresaw, and for none. */
  code: ErrorCode | null = null;
  loading = false;
  private run: ((signal: AbortSignal) => Promise<T>) | null = null;
  private current: AbortController | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly arrived: (value: T) => void = () => undefined,
  ) {
    host.addController(this);
  }

  /** Starts `run` and cancels what was running; `forget` drops the shown value at once, for another subject. */
  load(run: (signal: AbortSignal) => Promise<T>, { forget = false } = {}): void {
    this.run = run;
    if (forget) this.value = null;
    this.retry();
  }

  /** Asks the same question again. */
  readonly retry = (): void => {
    const { run } = this;
    if (!run) return;
    this.current?.abort();
    const current = new AbortController();
    this.current = current;
    this.loading = true;
    this.error = null;
    this.code = null;
    this.host.requestUpdate();
    void run(current.signal).then(
      (value) => {
        if (this.current !== current) return;
        this.value = value;
        this.arrived(value);
        this.settle(null);
      },
      (error: unknown) => {
        if (this.current !== current) return;
        this.stopped = isCancelled(error);
        this.code = error instanceof HeadlightError ? error.code : null;
        this.settle(error instanceof Error ? error.message : String(error));
      },
    );
  };

  /** Gives the question up on the reader's word: it can be asked again. */
  readonly stop = (): void => {
    this.current?.abort();
  };

  /** Shows nothing, and waits for nothing. */
  clear(): void {
    this.current?.abort();
    this.current = null;
    this.value = null;
    this.error = null;
    this.code = null;
    this.loading = false;
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.current?.abort();
    this.current = null;
  }

  private settle(error: string | null): void {
    this.loading = false;
    this.error = error;
    this.current = null;
    this.host.requestUpdate();
  }
}
