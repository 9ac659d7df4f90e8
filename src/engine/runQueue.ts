import { throwIfCancelled } from './cancellation';

/**
 * Lets one native run through at a time, in the order of asking. A long call asks anew for each of its runs, so that
 * a short one slips in between two of them.
 */
export class RunQueue {
  private tail: Promise<void> = Promise.resolve();

  /**
   * Runs `task` when its turn comes. Between turns the event loop is given time to read messages, so that a
   * cancellation sent during the previous run is known before the next one starts.
   * @throws HeadlightError `cancelled` when `signal` is aborted before the task starts
   */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.tail;
    let release!: () => void;
    this.tail = new Promise((resolve) => (release = resolve));
    try {
      await turn;
      await drainMessages();
      throwIfCancelled(signal);
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
