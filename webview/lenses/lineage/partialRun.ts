import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isCancelled } from '../../../src/errors';

/** Jobs that are done one after the other. What is done stays when the reader stops or a job fails, and can be gone on from. */
export class PartialRun<J, R> implements ReactiveController {
  /** Results of the first jobs, in order. */
  done: readonly R[] = [];
  /** Why it went no further; null for none. */
  error: string | null = null;
  stopped = false;
  private jobs: readonly J[] = [];
  private work: ((job: J, signal: AbortSignal) => Promise<R>) | null = null;
  private current: AbortController | null = null;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get total(): number {
    return this.jobs.length;
  }

  get running(): boolean {
    return this.current !== null;
  }

  start(jobs: readonly J[], work: (job: J, signal: AbortSignal) => Promise<R>): void {
    this.jobs = jobs;
    this.work = work;
    this.done = [];
    this.goOn();
  }

  /** Takes up where it stopped or failed. */
  readonly goOn = (): void => {
    this.current?.abort();
    const current = new AbortController();
    this.current = current;
    this.error = null;
    this.stopped = false;
    this.host.requestUpdate();
    void this.runOn(current);
  };

  readonly stop = (): void => {
    if (!this.current) return;
    this.current.abort();
    this.current = null;
    this.stopped = true;
    this.host.requestUpdate();
  };

  /** Forgets what was done. */
  clear(): void {
    this.current?.abort();
    this.current = null;
    this.jobs = [];
    this.done = [];
    this.error = null;
    this.stopped = false;
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.current?.abort();
    this.current = null;
  }

  private async runOn(current: AbortController): Promise<void> {
    try {
      while (this.done.length < this.jobs.length) {
        const result = await this.work!(this.jobs[this.done.length]!, current.signal);
        if (this.current !== current) return;
        this.done = [...this.done, result];
        this.host.requestUpdate();
      }
    } catch (error) {
      if (this.current !== current) return;
      this.stopped = isCancelled(error);
      this.error = this.stopped ? null : error instanceof Error ? error.message : String(error);
    }
    this.current = null;
    this.host.requestUpdate();
  }
}
