import type { Target, TransformerModel } from '../lenses/model';
import { orCancelled } from './cancellation';

/** A model that holds native memory until it is disposed of. */
export type LoadedModel = TransformerModel & { dispose(): Promise<void> };

interface Entry {
  readonly model: Promise<LoadedModel>;
  users: number;
}

/**
 * Loaded models by model and device: each is loaded once for everybody who waits, and the least recently used one
 * that nobody uses is disposed of when there are more than `capacity`. A load goes on when those who waited gave up:
 * with a hover that replaces another, the next one wants the same model.
 */
export class ModelCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly load: (target: Target) => Promise<LoadedModel>,
    private readonly capacity: number,
  ) {}

  /** Whether the model is there, or on its way. */
  has(target: Target): boolean {
    return this.entries.has(keyOf(target));
  }

  /**
   * Loads the model if need be and keeps it alive until `use` has settled.
   * @throws HeadlightError `cancelled` when `signal` is aborted while the model loads
   */
  async use<T>(target: Target, signal: AbortSignal, use: (model: LoadedModel) => Promise<T>): Promise<T> {
    const entry = this.entryOf(target);
    entry.users++;
    try {
      return await use(await orCancelled(entry.model, signal));
    } finally {
      entry.users--;
      await this.evict();
    }
  }

  /** Disposes of every model. */
  async dispose(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(entries.map(disposeOf));
  }

  private entryOf(target: Target): Entry {
    const key = keyOf(target);
    const entry = this.entries.get(key) ?? this.startLoading(key, target);
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  private startLoading(key: string, target: Target): Entry {
    const entry = { model: this.load(target), users: 0 };
    // The next request tries again: the user may have repaired what was wrong.
    entry.model.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry;
  }

  private async evict(): Promise<void> {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= this.capacity) return;
      if (entry.users > 0) continue;
      this.entries.delete(key);
      await disposeOf(entry);
    }
  }
}

function keyOf({ model, device }: Target): string {
  return JSON.stringify([model, device]);
}

async function disposeOf(entry: Entry): Promise<void> {
  // A load that failed left nothing to dispose of.
  const model = await entry.model.catch(() => null);
  await model?.dispose();
}
