import { HeadlightError } from '../errors';
import type { DeviceName, Target, TransformerModel } from '../lenses/model';
import { orCancelled } from './cancellation';

/** A model that holds native memory until it is disposed of. */
export type LoadedModel = TransformerModel & {
  /**
   * Memory that it holds, in bytes: its graphs and weights as they were given to the runtime, counted once for each session,
   * on whichever device. What a run needs for a moment, and what lenses remember, is not counted.
   */
  readonly bytes: number;
  /** Whether its files are still those that it was loaded from, which weights are read from whenever they are needed. */
  readonly isCurrent?: () => Promise<boolean>;
  dispose(): Promise<void>;
};

/** A model to load, and whether it shall be open to interventions: one that is has further inputs in its graphs. */
export interface LoadTarget extends Pick<Target, 'model' | 'device'> {
  readonly intervenes?: boolean;
  /** Whether its runs shall also go on from hidden states, which may change results by rounding. */
  readonly resumes?: boolean;
}

/** A model that is in memory now. */
export interface HeldModel {
  /** The target's `model`. */
  readonly id: string;
  readonly name: string;
  readonly device: DeviceName;
  readonly bytes: number;
}

interface Entry {
  readonly model: Promise<LoadedModel>;
  /** What was loaded; null while it loads. */
  loaded: LoadedModel | null;
  users: number;
  /** Taken out while somebody used it: to be disposed of by the last user. */
  unwanted: boolean;
}

/**
 * Loaded models by model, device and whether they are open to interventions: each is loaded once for everybody who waits. When all together hold more than the
 * budget, those that nobody uses are disposed of, the least recently used first; the latest one stays, even if it is
 * larger than the budget by itself. A load goes on when those who waited gave up: with a hover that replaces another,
 * the next one wants the same model.
 */
export class ModelCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly load: (target: LoadTarget) => Promise<LoadedModel>,
    /** In bytes. */
    private budget: number,
    private readonly onChange: (held: readonly HeldModel[]) => void = () => undefined,
  ) {}

  /** Whether the model is there, or on its way. */
  has(target: LoadTarget): boolean {
    return this.entries.has(keyOf(target));
  }

  /** The models in memory, the least recently used first. */
  get held(): HeldModel[] {
    return [...this.entries.values()].flatMap(({ loaded }) =>
      loaded ? [{ id: loaded.info.id, name: loaded.info.name, device: loaded.info.device, bytes: loaded.bytes }] : [],
    );
  }

  /**
   * Loads the model if need be and keeps it alive until `use` has settled.
   * @throws HeadlightError `cancelled` when `signal` is aborted while the model loads
   */
  async use<T>(target: LoadTarget, signal: AbortSignal, use: (model: LoadedModel) => Promise<T>): Promise<T> {
    await this.dropIfChanged(keyOf(target));
    const entry = this.entryOf(target);
    entry.users++;
    try {
      return await use(await orCancelled(entry.model, signal));
    } finally {
      entry.users--;
      if (entry.unwanted && entry.users === 0) await disposeOf(entry);
      await this.evict(this.budget);
    }
  }

  async setBudget(bytes: number): Promise<void> {
    this.budget = bytes;
    await this.evict(bytes);
  }

  /** Disposes of every model: now of those that nobody uses, of the others when they are used no more. */
  async unload(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const entry of entries) entry.unwanted = true;
    this.changed();
    await Promise.all(entries.filter(({ users }) => users === 0).map(disposeOf));
  }

  /** Disposes of every model, whoever uses it. */
  async dispose(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(entries.map(disposeOf));
  }

  /** A model whose files were written anew is loaded anew. */
  private async dropIfChanged(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (!entry?.loaded?.isCurrent || (await entry.loaded.isCurrent()) || this.entries.get(key) !== entry) return;
    this.entries.delete(key);
    entry.unwanted = true;
    this.changed();
    if (entry.users === 0) await disposeOf(entry);
  }

  private entryOf(target: LoadTarget): Entry {
    const key = keyOf(target);
    const entry = this.entries.get(key) ?? this.startLoading(key, target);
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  private startLoading(key: string, target: LoadTarget): Entry {
    const entry: Entry = { model: this.loadOrMakeRoom(target), loaded: null, users: 0, unwanted: false };
    entry.model.then(
      (model) => {
        entry.loaded = model;
        this.changed();
      },
      // The next request tries again: the user may have repaired what was wrong.
      () => {
        if (this.entries.get(key) === entry) this.entries.delete(key);
      },
    );
    return entry;
  }

  /** Memory that does not suffice may do so without the models that nobody uses. */
  private async loadOrMakeRoom(target: LoadTarget): Promise<LoadedModel> {
    try {
      return await this.load(target);
    } catch (error) {
      if (!(error instanceof HeadlightError) || error.code !== 'out-of-memory' || !(await this.evict(0))) throw error;
      return this.load(target);
    }
  }

  /** @returns whether any was disposed of */
  private async evict(budget: number): Promise<boolean> {
    const idle: Entry[] = [];
    let bytes = this.held.reduce((sum, model) => sum + model.bytes, 0);
    const latest = [...this.entries.keys()].at(-1);
    for (const [key, entry] of this.entries) {
      if (bytes <= budget) break;
      if (entry.users > 0 || entry.loaded === null || key === latest) continue;
      this.entries.delete(key);
      bytes -= entry.loaded.bytes;
      idle.push(entry);
    }
    if (idle.length > 0) this.changed();
    await Promise.all(idle.map(disposeOf));
    return idle.length > 0;
  }

  private changed(): void {
    this.onChange(this.held);
  }
}

function keyOf({ model, device, intervenes = false, resumes = false }: LoadTarget): string {
  return JSON.stringify([model, device, intervenes, resumes]);
}

async function disposeOf(entry: Entry): Promise<void> {
  // A load that failed left nothing to dispose of.
  const model = await entry.model.catch(() => null);
  await model?.dispose();
}
