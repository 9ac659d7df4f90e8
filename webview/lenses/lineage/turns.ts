import { HeadlightError } from '../../../src/errors';

/** Lets questions of one kind wait for each other: of two to the same model the engine would answer the later one only. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs a task when all before it are done; one that is no longer wanted by then is not begun. */
  take<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.last.then(() => {
      if (signal.aborted) throw new HeadlightError('cancelled', 'The question was given up.');
      return task();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
