import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Where a verb prints: waits for slow readers and stops when the reader goes away (`| head`). */
export class Output {
  /** What every JSON object states beside its own; null for nothing. */
  stated: object | null = null;
  private readonly closed = new AbortController();

  constructor(
    private readonly stream: Writable,
    /** Print JSON rather than text for people. */
    readonly json: boolean,
  ) {
    stream.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.closed.abort();
    });
  }

  /** Aborted once nobody reads any more. */
  get signal(): AbortSignal {
    return this.closed.signal;
  }

  async write(text: string): Promise<void> {
    if (this.signal.aborted || this.stream.write(text)) return;
    await once(this.stream, 'drain', { signal: this.signal }).catch(() => undefined);
  }

  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  async writeJson(value: unknown): Promise<void> {
    await this.line(JSON.stringify(this.stated ? { ...(value as object), ...this.stated } : value));
  }
}
