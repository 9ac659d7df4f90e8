import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WordThreadAnswer, WordThreadData, WordThreadQuestion } from './wordThread';

/** More threads would take memory (some 80 MB each) and cores from the editor. */
const mostThreads = 4;

/** A thread with the run that it is busy with. */
interface Thread {
  readonly worker: Worker;
  settle: ((answer: WordThreadAnswer) => void) | null;
}

/**
 * Threads that each run a word graph on one core. A run there does not block the process, and as many at a time as there
 * are cores are faster than one that all cores share: its short steps would mostly wait for each other.
 */
export class WordThreads {
  private readonly threads: Thread[];
  private readonly waiting: (() => void)[] = [];
  private failure: string | null = null;

  /** @param script the engine's own, which serves words where it is started as a thread */
  constructor(script: string, graph: Uint8Array) {
    const data: WordThreadData = { graph };
    this.threads = Array.from({ length: Math.min(mostThreads, availableParallelism()) }, () => {
      const thread: Thread = { worker: new Worker(script, { workerData: data }), settle: null };
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

  get count(): number {
    return this.threads.length;
  }

  /** Runs the graph in the next thread that is free. */
  async run(feeds: WordThreadQuestion): Promise<Float32Array> {
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

  async dispose(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
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
