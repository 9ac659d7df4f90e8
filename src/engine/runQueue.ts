import { orCancelled, throwIfCancelled } from './cancellation';

/**
 * Lets one native run through at a time, in the order of asking. A long call asks anew for each of its runs, so that
 * a short one slips in between two of them. Work in the background goes on only while no other call is being answered.
 */
export class RunQueue {
  private tail: Promise<void> = Promise.resolve();
  /** Calls that somebody waits for. */
  private calls = 0;
  private wakeBackground: (() => void)[] = [];

  /**
   * Runs `task` when its turn comes. Between turns the event loop is given time to read messages, so that a
   * cancellation sent during the previous run is known before the next one starts.
   * @throws HeadlightError `cancelled` when `signal` is aborted before the task starts
   */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.turn(async () => {
      throwIfCancelled(signal);
      return task();
    });
  }

  /** The same in the background: the turn is given away while a call is being answered. */
  async runInBackground<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      await this.quiet(signal);
      const ran = await this.run(async () => (this.calls > 0 ? null : { result: await task() }), signal);
      if (ran) return ran.result;
    }
  }

  /** Resolves when no call is being answered. @throws HeadlightError `cancelled` */
  async quiet(signal: AbortSignal): Promise<void> {
    while (this.calls > 0) await orCancelled(new Promise<void>((resolve) => this.wakeBackground.push(resolve)), signal);
  }

  /** Answers a call that somebody waits for; the background waits until it is answered. */
  async answer<T>(call: () => Promise<T>): Promise<T> {
    this.calls++;
    try {
      return await call();
    } finally {
      if (--this.calls === 0) for (const wake of this.wakeBackground.splice(0)) wake();
    }
  }

  private async turn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.tail;
    let release!: () => void;
    this.tail = new Promise((resolve) => (release = resolve));
    try {
      await turn;
      await drainMessages();
      return await task();
    } finally {
      release();
    }
  }
}

/** An IPC message needs one turn of the event loop to be read and another to be dispatched. */
async function drainMessages(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}
