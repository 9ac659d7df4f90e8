import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WordThreadAnswer, WordThreadData, WordThreadQuestion } from './wordThread';

/** More threads would take memory (some 80 MB each) and cores from the editor. */
const mostThreads = 4;
/** Milliseconds without a run after which the threads are ended: the next update may come in hours. */
const idleLimit = 60_000;

/** A thread with the run that it is busy with. */
interface Thread {
  readonly worker: Worker;
  settle: ((answer: WordThreadAnswer) => void) | null;
}

/**
 * Threads that each run a word graph on one core. A run there does not block the process, and as many at a time as there
 * are cores are faster than one that all cores share: its short steps would mostly wait for each other. They start at
 * the first run, end when there has been none for a while, and start again.
 */
export class WordThreads {
  readonly count = Math.min(mostThreads, availableParallelism());
  private threads: readonly Thread[] = [];
  private readonly waiting: (() => void)[] = [];
  private failure: string | null = null;
  private running = 0;
  private idle: NodeJS.Timeout | undefined;

  /**
   * @param script the engine's own, which serves words where it is started as a thread
   * @param limit milliseconds without a run after which the threads end
   */
  constructor(
    private readonly script: string,
    private readonly data: WordThreadData,
    private readonly limit = idleLimit,
  ) {}

  /** Runs the graph in the next thread that is free. */
  async run(feeds: WordThreadQuestion): Promise<Float32Array> {
    clearTimeout(this.idle);
    this.running++;
    try {
      return await this.runWhenFree(feeds);
    } finally {
      // The process ends when its channel does, whether or not this is still to come.
      if (--this.running === 0) this.idle = setTimeout(() => void this.end(), this.limit).unref();
    }
  }

  async dispose(): Promise<void> {
    clearTimeout(this.idle);
    await this.end();
  }

  private async runWhenFree(feeds: WordThreadQuestion): Promise<Float32Array> {
    if (this.threads.length === 0) this.start();
    let thread = this.free();
    while (!thread) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      thread = this.free();
    }
    if (this.failure !== null) throw new Error(this.failure);
    const chosen = thread;
    const answer = await new Promise<WordThreadAnswer>((resolve) => {
      chosen.settle = resolve;
      chosen.worker.postMessage(feeds);
    });
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.vectors;
  }

  private start(): void {
    this.failure = null;
    this.threads = Array.from({ length: this.count }, () => {
      const thread: Thread = { worker: new Worker(this.script, { workerData: this.data }), settle: null };
      thread.worker.on('message', (answer: WordThreadAnswer) => { this.settled(thread, answer); });
      thread.worker.on('error', (error) => {
        this.failure = error.message;
        this.settled(thread, { failure: error.message });
      });
      // The process ends when its channel does, whether or not threads are left.
      thread.worker.unref();
      return thread;
    });
  }

  private async end(): Promise<void> {
    const { threads } = this;
    this.threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  private free(): Thread | undefined {
    return this.threads.find(({ settle }) => settle === null);
  }

  private settled(thread: Thread, answer: WordThreadAnswer): void {
    const { settle } = thread;
    thread.settle = null;
    settle?.(answer);
    this.waiting.shift()?.();
  }
}
