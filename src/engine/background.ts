import { orCancelled } from './cancellation';

/** Work that nobody waits for: it goes on while nothing else is asked, and gives way at once to what is. */
export class Background {
  private asked = 0;
  private readonly going = new Set<AbortController>();
  private quiet = Promise.resolve();
  private becameQuiet: () => void = () => undefined;

  /**
   * Somebody asks something and waits for it: background work is cancelled, and none begins before the end.
   * @returns what is to be called at the end
   */
  giveWay(): () => void {
    if (this.asked++ === 0) this.quiet = new Promise((resolve) => (this.becameQuiet = resolve));
    for (const work of this.going) work.abort();
    return () => {
      if (--this.asked === 0) this.becameQuiet();
    };
  }

  /**
   * Waits until nothing is asked.
   * @returns a signal that is aborted when something is asked, or when `signal` is; `leave` when done
   * @throws HeadlightError `cancelled` when `signal` is aborted before that
   */
  async enter(signal: AbortSignal): Promise<{ readonly signal: AbortSignal; leave(): void }> {
    while (this.asked > 0) await orCancelled(this.quiet, signal);
    const work = new AbortController();
    this.going.add(work);
    return { signal: AbortSignal.any([signal, work.signal]), leave: () => this.going.delete(work) };
  }
}
