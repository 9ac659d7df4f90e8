import { HeadlightError } from '../errors';

/** The rejection of a request that was cancelled. */
export function cancelled(): HeadlightError {
  return new HeadlightError('cancelled', 'The request was cancelled.');
}

/** @throws HeadlightError `cancelled` */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

/**
 * Waits for `promise`, but no longer than until `signal` is aborted; what was waited for goes on.
 * @throws HeadlightError `cancelled`
 */
export async function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Once nobody waits any more, a failure has nobody to be told to.
  promise.catch(() => undefined);
  throwIfCancelled(signal);
  let giveUp!: () => void;
  const gaveUp = new Promise<never>((_, reject) => {
    giveUp = () => {
      reject(cancelled());
    };
  });
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([promise, gaveUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
