import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIndex, writeIndex } from '../../src/engine/senseIndex/indexFile';
import { Neighbours } from '../../src/engine/senseIndex/neighbours';
import { SenseStore } from '../../src/engine/senseIndex/senseStore';
import { contextOf } from '../support/computeContext';
import type { Bench } from './main';
import { milliseconds, type Row } from './report';
import { median, quantile, timed } from './statistics';

const vectors = 1_000_000;
const dimensions = 48;
const searches = 200;
const nearest = 10;

/** A million random unit vectors around 2,000 centres, as the vectors of as many words lie around their senses. */
function clustered(): Int8Array {
  let state = 7;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
  const centres = Array.from({ length: 2000 }, () => Float32Array.from({ length: dimensions }, () => random() + random()));
  const all = new Int8Array(vectors * dimensions);
  const vector = new Float32Array(dimensions);
  for (let row = 0; row < vectors; row++) {
    const centre = centres[row % centres.length]!;
    let square = 0;
    for (let i = 0; i < dimensions; i++) {
      vector[i] = centre[i]! + 0.5 * (random() + random());
      square += vector[i]! ** 2;
    }
    for (let i = 0; i < dimensions; i++) all[row * dimensions + i] = Math.round((127 * vector[i]!) / Math.sqrt(square));
  }
  return all;
}

function cosine(all: Int8Array, row: number, query: Int8Array): number {
  return query.reduce((sum, x, i) => sum + x * all[row * dimensions + i]!, 0) / 127 ** 2;
}

/** The graph of a million words takes long to make, so it is kept in `.cache/bench`. */
export async function senseSearch(bench: Bench): Promise<Row[]> {
  const folder = join(bench.root, '.cache', 'bench', 'sense-index');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'senses.index');
  const all = clustered();
  const forms = Array.from({ length: vectors }, (_, row) => `form${row % 5000}`);
  const rows: Row[] = [];
  const known = await readIndex(path);
  let store: SenseStore;
  if (known?.neighbours) store = SenseStore.of(known);
  else {
    store = new SenseStore('bench', dimensions);
    store.put({ key: 'file:///all', mtime: 1, size: 1 }, 'hash', { starts: new Uint32Array(vectors), lengths: new Uint8Array(vectors), forms, vectors: all });
    const context = contextOf(null as never);
    const linking = await timed(async () => { store.neighbours = await Neighbours.write(folder, store, context); });
    rows.push({ what: `linking ${vectors.toLocaleString('en')} words by likeness, on one thread`, figure: `${(linking / 60_000).toFixed(1)} min` });
    rows.push({ what: 'writing the index', figure: milliseconds(await timed(() => writeIndex(path, store.content))) });
  }
  rows.push({ what: `reading and checking an index of ${vectors.toLocaleString('en')} words`, figure: milliseconds(await timed(() => readIndex(path))) });
  const graph = await Neighbours.open(folder, store);
  if (!graph) return [...rows, { what: 'search of words in the graph', figure: 'not measured: usearch is not there' }];
  const linked: number[] = [];
  const exact: number[] = [];
  const sameWord: number[] = [];
  let found = 0;
  for (let search = 0; search < searches; search++) {
    const row = (search * 7919) % vectors;
    const query = all.slice(row * dimensions, (row + 1) * dimensions).map((x, i) => Math.max(-127, Math.min(127, x + ((search + i) % 7) - 3)));
    let near: readonly { row: number; similarity: number }[] = [];
    let best: typeof near = [];
    linked.push(await timed(() => { near = graph.search(query, nearest * 40); }));
    sameWord.push(await timed(() => store.sameWord(`form${row % 5000}`, query, 200)));
    if (search >= 50) continue;
    exact.push(await timed(() => { best = store.otherWords('', query, nearest, 0); }));
    const likeness = best.at(-1)!.similarity;
    // Words of equal likeness are as good as each other.
    found += near.slice(0, nearest).filter((at) => cosine(all, at.row, query) >= likeness).length;
  }
  const spread = (values: readonly number[]): string => `p50 ${milliseconds(median(values))}, p95 ${milliseconds(quantile(values, 0.95))}`;
  return [
    ...rows,
    { what: `${nearest * 40} nearest of ${vectors.toLocaleString('en')} words of any form (random vectors around 2,000 centres)`, figure: spread(linked), goal: 'p95 < 50 ms' },
    { what: `recall@${nearest} against comparing with each`, figure: (found / (50 * nearest)).toFixed(3) },
    { what: 'comparing with each', figure: spread(exact) },
    { what: `occurrences of one word (${vectors / 5000} of ${vectors.toLocaleString('en')})`, figure: spread(sameWord), goal: 'p95 < 50 ms' },
  ];
}
