/** Latest wins: of the calls in one lane only the newest goes on. */
export class Lanes {
  private readonly newest = new Map<string, AbortController>();

  /**
   * Enters a lane, cancelling the call that was in it.
   * @returns a signal that is aborted when the next call enters the lane or when `signal` is; `leave` when done
   */
  enter(lane: string | undefined, signal: AbortSignal | undefined): { readonly signal: AbortSignal; leave(): void } {
    const controller = new AbortController();
    if (lane !== undefined) {
      this.newest.get(lane)?.abort();
      this.newest.set(lane, controller);
    }
    return {
      signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
      leave: () => {
        if (lane !== undefined && this.newest.get(lane) === controller) this.newest.delete(lane);
      },
    };
  }
}
