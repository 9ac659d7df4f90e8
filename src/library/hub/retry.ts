import { HeadlightError } from '../../errors';

/** A failure that another try may mend: the network, a busy server. */
export class Transient extends Error {
  override readonly name = 'Transient';

  constructor(
    message: string,
    /** Milliseconds that the server asks to wait; null where it does not. */
    readonly wait: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How often and how patiently is tried again; milliseconds. */
export interface RetryPolicy {
  /** Failures one after the other that are borne. */
  readonly attempts: number;
  readonly firstPause: number;
  readonly longestPause: number;
  /** The longest wait that a server may ask for. */
  readonly longestWait: number;
  /** Until the server begins to answer. */
  readonly answerTimeout: number;
  /** What comes in within this time has to be `stallBytes` at least. */
  readonly stallTimeout: number;
  readonly stallBytes: number;
}

export const usualPolicy: RetryPolicy = {
  attempts: 6, firstPause: 500, longestPause: 30_000, longestWait: 120_000, answerTimeout: 30_000, stallTimeout: 30_000, stallBytes: 4096,
};

/** Waits between tries: twice as long after each failure, and as long as the server asks. */
export class Patience {
  private failures = 0;

  constructor(
    private readonly policy: RetryPolicy,
    private readonly signal: AbortSignal,
  ) {}

  /** Something was gained: the failures before it do not count. */
  reset(): void {
    this.failures = 0;
  }

  /**
   * Waits until the next try.
   * @throws HeadlightError `hub-unreachable` when there have been enough tries, `cancelled` when the signal is aborted
   */
  async next(failure: Transient): Promise<void> {
    const { attempts, firstPause, longestPause, longestWait } = this.policy;
    const { wait } = failure;
    if (wait !== null && wait > longestWait) {
      throw new HeadlightError('hub-unreachable', `${failure.message} It asks to wait ${Math.ceil(wait / 60_000)} minutes. Try again then; what was downloaded is kept.`, { cause: failure });
    }
    if (++this.failures >= attempts) {
      throw new HeadlightError('hub-unreachable', `${failure.message} It was tried ${attempts} times. Check the connection and the proxy, and try again; what was downloaded is kept.`, { cause: failure });
    }
    const pause = Math.min(longestPause, firstPause * 2 ** (this.failures - 1));
    // Not all at the same moment, where many wait for one server.
    await sleep(Math.max(wait ?? 0, pause * (0.5 + Math.random() / 2)), this.signal);
  }
}

/** Does work again after a `Transient` failure. */
export async function retrying<T>(work: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal): Promise<T> {
  const patience = new Patience(policy, signal);
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await work();
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof Transient)) throw error;
      await patience.next(error);
    }
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

export function cancelled(): HeadlightError {
  return new HeadlightError('cancelled', 'The download was cancelled. What was downloaded is kept.');
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3); null for anything else. */
export function retryAfter(header: string | undefined, now = Date.now()): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(cancelled());
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
