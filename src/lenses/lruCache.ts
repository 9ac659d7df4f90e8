/** A map that holds entries up to a total cost and drops the least recently used; one entry may exceed it alone. */
export class LruCache<K, V> {
  private readonly entries = new Map<K, { readonly value: V; readonly cost: number }>();
  private total = 0;

  constructor(private readonly capacity: number) {}

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: K, value: V, cost = 1): void {
    this.delete(key);
    this.makeRoom(cost);
    this.entries.set(key, { value, cost });
    this.total += cost;
  }

  /** Drops old entries until `cost` more fits, for values so large that old and new shall not exist side by side. */
  makeRoom(cost: number): void {
    for (const key of this.entries.keys()) {
      if (this.total + cost <= this.capacity) return;
      this.delete(key);
    }
  }

  private delete(key: K): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.total -= entry.cost;
  }
}
