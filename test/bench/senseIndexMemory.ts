import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { IndexedFile } from '../../src/lenses/senseIndex/contract';
import { residentMegabytes } from './engineStart';
import type { Bench } from './main';
import type { Row } from './report';
import { timed } from './statistics';
import { prose } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
const sentences = 150;
/** A file has about 3,000 tokens. */
const files = 330;
/** Text of one request, in characters, as the editor sends it. */
const textAtOnce = 60_000;
/** Parts of the build for which the most memory is told. */
const parts = 5;
const sampleEvery = 100;

/** Samples of the resident memory of two processes while a task goes on, and the most of each. */
async function watched(pids: readonly (number | undefined)[], task: () => Promise<void>): Promise<number[]> {
  const most = pids.map(() => 0);
  const sample = (): void => { pids.forEach((pid, at) => { most[at] = Math.max(most[at]!, residentMegabytes(pid)); }); };
  const timer = setInterval(sample, sampleEvery);
  sample();
  try {
    await task();
  } finally {
    clearInterval(timer);
    sample();
  }
  return most;
}

/** Memory of the engine and of the process that asks it while a million tokens on the disk are indexed, linked and written. */
export async function senseIndexMemory(bench: Bench): Promise<Row[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'headlight-bench-workspace-'));
  const folder = join(workspace, 'index');
  await mkdir(folder);
  const paths = Array.from({ length: files }, (_, at) => join(workspace, `${at}.txt`));
  for (const [at, path] of paths.entries()) await writeFile(path, prose(at + 1, sentences));
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  const { tokensPerSecond } = await client.call('senseIndex/open', { ...target, folder, measure: true });
  const pids = [client.pid, process.pid];
  const before = pids.map(residentMegabytes);
  let words = 0;
  let sent: (IndexedFile & { readonly text: string })[] = [];
  const update = async (finish: 'link' | null): Promise<void> => {
    ({ words } = await client.call('senseIndex/update', { ...target, folder, files: sent, removed: [], finish }));
    sent = [];
  };
  const most: number[][] = [];
  const reading = await timed(async () => {
    for (let part = 0; part < parts; part++) {
      most.push(
        await watched(pids, async () => {
          for (const path of paths.slice((part * files) / parts, ((part + 1) * files) / parts)) {
            const [text, { mtimeMs, size }] = [await readFile(path, 'utf8'), await stat(path)];
            sent.push({ key: `file://${path}`, mtime: mtimeMs, size, text });
            if (sent.reduce((sum, file) => sum + file.text.length, 0) >= textAtOnce) await update(null);
          }
          await update(null);
        }),
      );
    }
  });
  let linkingMost: number[] = [];
  const linking = await timed(async () => { linkingMost = await watched(pids, () => update('link')); });
  const after = pids.map(residentMegabytes);
  await client.dispose();
  await rm(workspace, { recursive: true });
  const of = (values: readonly number[][], at: number): string => values.map((value) => `${value[at]}`).join(', ');
  return [
    {
      what: `memory of the engine while a million tokens are read: most in each fifth`,
      figure: `${before[0]} → ${of(most, 0)} MB (${words.toLocaleString('en')} words, ${(reading / 1000).toFixed(0)} s; ${tokensPerSecond!.toFixed(0)} tokens a second measured before)`,
    },
    { what: 'and while the words are linked and written', figure: `at most ${linkingMost[0]} MB, then ${after[0]} MB (${(linking / 1000).toFixed(0)} s)` },
    { what: 'memory of the process that reads the files: most in each fifth, and while the words are linked', figure: `${before[1]} → ${of(most, 1)}, ${linkingMost[1]} MB` },
  ];
}
