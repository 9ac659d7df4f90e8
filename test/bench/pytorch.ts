import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What is read: the probability of a word at a place of a text. */
export interface ReadPlace {
  readonly ids: readonly number[];
  readonly at: number;
  readonly word: number;
}

/** Layer and head, or hidden state and token. */
export type Place = readonly [number, number];

export interface Changed {
  /** For all of them, taken inside Python. */
  readonly ms: number;
  readonly values: readonly number[];
}

/** A PyTorch process that runs the same weights. */
export class PyTorch {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
  ) {}

  static async start(root: string, python: string, modelFolder: string, server = 'pytorch_server.py'): Promise<PyTorch> {
    const child = spawn(python, ['-W', 'ignore', join(root, 'test', 'bench', server), modelFolder]);
    child.stderr.on('data', (text: Buffer) => process.stderr.write(text));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const pyTorch = new PyTorch(child, lines);
    await pyTorch.line();
    return pyTorch;
  }

  /** Milliseconds of one forward pass, taken inside Python. */
  async forward(ids: readonly number[]): Promise<number> {
    return this.ask({ ids });
  }

  /** Milliseconds to mask each token but the first and last in turn, in batches, and read its log-probability. */
  async surprise(ids: readonly number[], mask: number): Promise<number> {
    return this.ask({ ids, mask });
  }

  /** Milliseconds to embed every token of some texts, in batches. */
  async embed(texts: readonly (readonly number[])[]): Promise<number> {
    return this.ask({ embed: texts });
  }

  /** Milliseconds to read texts in all hidden states and train as `training/train` does. */
  async train(texts: readonly (readonly number[])[], labels: readonly number[]): Promise<number> {
    return this.ask({ embed: texts, labels });
  }

  /** A word's probability at a place under each of some changes that hooks make, `rows` of them in a pass (`pytorch_ablation.py`). */
  async changed(question: ReadPlace & { readonly rows: number } & ({ readonly heads: readonly Place[] } | { readonly source: readonly number[]; readonly cells: readonly Place[] })): Promise<Changed> {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await this.line()) as Changed;
  }

  /** Milliseconds of a whole translation with attention. */
  async translate(text: string, beams: number): Promise<number> {
    return this.ask({ text, beams });
  }

  stop(): void {
    this.process.kill();
  }

  private async ask(question: object): Promise<number> {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    return Number(await this.line());
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done) throw new Error('The PyTorch process ended. Is torch installed in that environment?');
    return next.value;
  }
}
