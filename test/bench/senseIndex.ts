import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import { EngineClient } from '../../src/engine/client';
import { loadModel } from '../../src/engine/loadModel';
import { readIndex, writeIndex } from '../../src/engine/senseIndex/indexFile';
import { Neighbours } from '../../src/engine/senseIndex/neighbours';
import { SenseStore } from '../../src/engine/senseIndex/senseStore';
import { sentencesAt } from '../../src/text/sentences';
import { contentWords } from '../../src/text/contentWords';
import { residentMegabytes } from './engineStart';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, quantile, ratio, timed } from './statistics';
import { textOfTokens } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
/** Sentences of one file, of 6 to 30 words. */
const sentences = 150;
/** Files that are read while memory is watched. */
const filesWatched = 20;
const vectors = 1_000_000;
const dimensions = 48;
const searches = 200;
const nearest = 10;

/** Running text: paragraphs of sentences of random words. */
function prose(seed: number): string {
  return Array.from({ length: sentences }, (_, at) => {
    const words = textOfTokens(8 + ((seed * 31 + at * 17) % 25), seed * 1000 + at);
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}.${at % 5 === 4 ? '\n\n' : ' '}`;
  }).join('');
}

/** The sentences that the index reads of a text. */
function sentencesOf(text: string): string[] {
  return [...new Set(sentencesAt(text, contentWords(text)).map(({ start, end }) => `${start} ${end}`))].map((range) => {
    const [start, end] = range.split(' ').map(Number);
    return text.slice(start, end);
  });
}

/** Making the index beside PyTorch embedding the same sentences, what it takes of memory, and searching a large one. */
export async function senseIndex(bench: Bench): Promise<Row[]> {
  return [...(await building(bench)), ...(await searching(bench))];
}

async function building(bench: Bench): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'headlight-bench-index-'));
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  const { tokenizer } = await loadModel(target, bench, new AbortController().signal);
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, join(bench.builtInModels, target.model)) : null;
  const update = (seed: number, text: string): Promise<unknown> =>
    client.call('senseIndex/update', { ...target, folder, files: [{ key: `file:///${seed}`, mtime: 1, size: 1, text }], removed: [], finish: null });
  await client.call('senseIndex/open', { ...target, folder, measure: false });
  let seed = 0;
  let text = '';
  const tokens: number[] = [];
  const pyTorchTimes: number[] = [];
  const rounds = Math.max(3, Math.ceil(bench.rounds / 3));
  const measured = await interleaved(
    {
      ours: async () => {
        text = prose(++seed);
        await update(seed, text);
      },
      pyTorch: async () => {
        const ids = sentencesOf(text).map((sentence) => tokenizer.encode(sentence).tokens.map(({ id }) => id));
        tokens.push(ids.reduce((sum, { length }) => sum + length, 0));
        if (pyTorch) pyTorchTimes.push(await pyTorch.embed(ids));
      },
    },
    rounds,
    1,
  );
  pyTorch?.stop();
  const counted = pyTorchTimes.slice(-rounds);
  const perSecond = (elapsed: readonly number[]): number => median(elapsed.map((ms, round) => (1000 * tokens.slice(-rounds)[round]!) / ms));
  const rows: Row[] = [
    {
      what: `sense index, files of ${sentences} sentences through the engine process: tokens a second`,
      figure: `${perSecond(measured.ours).toFixed(0)}; a million tokens in ${(1e6 / perSecond(measured.ours) / 60).toFixed(0)} min, extrapolated`,
    },
    pyTorch
      ? {
          what: 'PyTorch embedding the tokens of the same sentences, tokenized beforehand ÷ ours, all included',
          figure: `${times(ratio(counted, measured.ours))} (PyTorch ${perSecond(counted).toFixed(0)} tokens a second)`,
          goal: '≥ 1.5×',
        }
      : { what: 'PyTorch', figure: 'not measured: no Python with torch found (see --help)' },
  ];

  const [engineBefore, hostBefore] = [residentMegabytes(client.pid), residentMegabytes(process.pid)];
  let engineMost = engineBefore;
  let hostMost = hostBefore;
  let words = 0;
  for (let file = 0; file < filesWatched; file++) {
    ({ words } = (await update(++seed, prose(seed))) as { words: number });
    engineMost = Math.max(engineMost, residentMegabytes(client.pid));
    hostMost = Math.max(hostMost, residentMegabytes(process.pid));
  }
  const writing = await timed(() => client.call('senseIndex/update', { ...target, folder, files: [], removed: [], finish: 'write' }));
  const [engineAfter, hostAfter] = [residentMegabytes(client.pid), residentMegabytes(process.pid)];
  const hover = { ...target, word: 'stand', top: 5, occurrences: [{ sentence: 'She put it on the music stand.', start: 24, end: 29 }] };
  const idle: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < 12; round++) {
    const ask = (): Promise<unknown> => client.call('senses/group', { ...hover, occurrences: [{ ...hover.occurrences[0]!, sentence: `She put it on the music stand ${round * 2 + busy.length}.` }] });
    idle.push(await timed(ask));
    const background = update(++seed, prose(seed));
    await new Promise((resolve) => setTimeout(resolve, 150));
    busy.push(await timed(ask));
    await background;
  }
  await client.dispose();
  await rm(folder, { recursive: true });
  return [
    ...rows,
    {
      what: `memory while ${filesWatched} files are read (an index of ${words.toLocaleString('en')} words at the end)`,
      figure: `engine ${engineBefore} → ${engineAfter} MB, at most ${engineMost} MB; this process, which holds the texts as the extension host does, ${hostBefore} → ${hostAfter} MB, at most ${hostMost} MB`,
    },
    { what: 'writing that index', figure: milliseconds(writing) },
    { what: 'group senses of one new occurrence: alone, and while the index is built', figure: `p50 ${milliseconds(median(idle))}, p50 ${milliseconds(median(busy))} and p95 ${milliseconds(quantile(busy, 0.95))}` },
  ];
}

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
async function searching(bench: Bench): Promise<Row[]> {
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
    const context = { model: null as never, signal: new AbortController().signal, progress: () => undefined, inTurn: <T>(task: () => Promise<T>) => task() };
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
