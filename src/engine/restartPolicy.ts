/** How long to wait before the next start of a process that failed: doubles with each failure up to a cap. */
export class RestartPolicy {
  private constructor(
    private readonly first: number,
    private readonly cap: number,
    /** Milliseconds to wait before the next start; 0 until something failed. */
    readonly delay: number,
  ) {}

  /** No failure yet. `first` and `cap` in milliseconds. */
  static create(first = 250, cap = 30_000): RestartPolicy {
    return new RestartPolicy(first, cap, 0);
  }

  /** After one more failure. */
  next(): RestartPolicy {
    return new RestartPolicy(this.first, this.cap, this.delay === 0 ? this.first : Math.min(this.cap, this.delay * 2));
  }

  /** After a success. */
  reset(): RestartPolicy {
    return this.delay === 0 ? this : new RestartPolicy(this.first, this.cap, 0);
  }
}
