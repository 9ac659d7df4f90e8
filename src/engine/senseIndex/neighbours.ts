import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Usearch from 'usearch';
import type { ComputeContext } from '../../lenses/compute';
import { type NeighboursFile, notWritten } from './indexFile';
import type { Near, SenseStore } from './senseStore';

/** Below this many rows, comparing with each takes a few milliseconds. */
export const exactUpTo = 10_000;
/** Rows that are added to the graph at once: tens of milliseconds, as a run of the model takes. */
const addedAtOnce = 200;
/** Near rows that a search looks through; more find more of the nearest and take longer. */
const searched = 128;

let loading: Promise<typeof Usearch | string> | undefined;
/** The library, or why it is not there; loaded once it is needed. */
const library = (): Promise<typeof Usearch | string> =>
  (loading ??= import('usearch').catch((error: unknown) => (error instanceof Error ? error.message : String(error))));

/** Why there can be no graph of near neighbours on this machine; null where there can. */
export async function neighboursMissing(): Promise<string | null> {
  const loaded = await library();
  return typeof loaded === 'string' ? `usearch has no files for ${process.platform} on ${process.arch} (${loaded.split('\n')[0]})` : null;
}

/** A graph of near neighbours over the first rows of an index (HNSW, Malkov & Yashunin, 2018, arXiv:1603.09320). */
export class Neighbours {
  private constructor(private readonly index: Usearch.Index) {}

  /** Opens the graph of an index in its folder, read from the disk as it is needed; null where it is not whole. */
  static async open(folder: string, store: SenseStore): Promise<Neighbours | null> {
    const index = await wholeGraph(folder, store, (empty, path) => { empty.view(path); });
    return index && new Neighbours(index);
  }

  /**
   * Writes a graph of all rows into the folder: that of the index with what has come since, or a new one where much of
   * it has gone. Null where the library is missing.
   * @throws HeadlightError `cancelled`, `file-not-written`
   */
  static async write(folder: string, store: SenseStore, { inTurn, progress }: ComputeContext): Promise<NeighboursFile | null> {
    const before = mostHolds(store) ? await wholeGraph(folder, store, (empty, path) => { empty.load(path); }) : null;
    const index = before ?? (await emptyGraph(store.dimensions));
    if (!index) return null;
    const { dimensions, end, words } = store;
    for (const { firstRow, vectors } of store.vectorsFrom(before ? store.neighbours!.upTo : 0)) {
      for (let at = 0; at < vectors.length; at += addedAtOnce * dimensions) {
        const part = vectors.subarray(at, at + addedAtOnce * dimensions);
        const first = firstRow + at / dimensions;
        const rows = BigUint64Array.from({ length: part.length / dimensions }, (_, row) => BigInt(first + row));
        await inTurn(() => {
          index.add(rows, part, 1);
          return Promise.resolve();
        });
        progress({ message: 'Linking near words', done: index.size(), total: words });
      }
    }
    const name = `neighbours-${end}-${Date.now().toString(36)}.usearch`;
    const path = join(folder, name);
    try {
      index.save(path);
      return { name, upTo: end, rows: index.size(), bytes: (await stat(path)).size };
    } catch (error) {
      await rm(path, { force: true });
      throw notWritten(error);
    }
  }

  /** The nearest rows, some of which may have gone from the index since. */
  search(vector: Int8Array, top: number): Near[] {
    const { distances, keys } = this.index.search(vector, top, 1);
    return Array.from(keys, (key, at) => ({ row: Number(key), similarity: Math.min(1, 1 - distances[at]!) }));
  }
}

/** Whether most rows of the graph are still in the index: those that have gone stay in it and are in the way. */
function mostHolds(store: SenseStore): boolean {
  const { neighbours } = store;
  if (!neighbours) return false;
  let alive = 0;
  for (const { firstRow, vectors } of store.vectorsFrom(0)) if (firstRow < neighbours.upTo) alive += vectors.length / store.dimensions;
  return alive >= 0.7 * neighbours.rows;
}

/** The graph that an index names, taken in by `read`; null where it is missing or not whole. */
async function wholeGraph(folder: string, { dimensions, neighbours }: SenseStore, read: (empty: Usearch.Index, path: string) => void): Promise<Usearch.Index | null> {
  if (!neighbours) return null;
  const path = join(folder, neighbours.name);
  const size = await stat(path).then(({ size: bytes }) => bytes, () => -1);
  const index = size === neighbours.bytes ? await emptyGraph(dimensions) : null;
  if (!index) return null;
  try {
    read(index, path);
    return index.size() === neighbours.rows ? index : null;
  } catch {
    return null;
  }
}

async function emptyGraph(dimensions: number): Promise<Usearch.Index | null> {
  const loaded = await library();
  if (typeof loaded === 'string') return null;
  return new loaded.Index({
    dimensions,
    metric: loaded.MetricKind.Cos,
    quantization: loaded.ScalarKind.I8,
    connectivity: 16,
    expansion_add: 0,
    expansion_search: searched,
    multi: false,
  });
}

/** Removes graphs that the index in a folder no longer names. One that is being read may stay until the next time. */
export async function removeOldGraphs(folder: string, kept: string | null): Promise<void> {
  const old = (await readdir(folder)).filter((name) => name !== kept && /^neighbours-.*\.usearch$/.test(name));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}
