import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WordThreads } from '../../src/engine/session/wordThreads';

/** Answers with its number, and counts up in the graph's memory for as long as it lives. */
const script = `
const { parentPort, threadId, workerData } = require('node:worker_threads');
const beats = new Int32Array(workerData.graph.bytes.buffer);
setInterval(() => Atomics.add(beats, 0, 1), 5);
parentPort.on('message', ({ fail }) => {
  if (fail) throw new Error('The thread fell.');
  setTimeout(() => parentPort.postMessage({ vectors: Float32Array.of(threadId) }), 20);
});
`;
const limit = 200;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headlight-threads-'));
  path = join(folder, 'thread.cjs');
  await writeFile(path, script);
});
afterAll(() => rm(folder, { recursive: true }));

let threads: WordThreads | null = null;
afterEach(() => threads?.dispose());

/** Threads with the count that they raise. */
function start(): { readonly threads: WordThreads; readonly run: (feeds?: object) => Promise<number>; readonly beats: () => number } {
  const memory = new Uint8Array(new SharedArrayBuffer(4));
  const opened = (threads = new WordThreads(path, { graph: { bytes: memory, weightsFolder: '', size: 4 } }, limit));
  return { threads: opened, run: async (feeds = {}) => (await opened.run(feeds as never))[0]!, beats: () => Atomics.load(new Int32Array(memory.buffer), 0) };
}

/** Whether the count stands still. */
async function still(beats: () => number): Promise<boolean> {
  const before = beats();
  await pause(100);
  return beats() === before;
}

describe('WordThreads', () => {
  it('starts at the first run, ends when idle for a while, and starts again', async () => {
    const { beats, run } = start();
    expect(await still(beats)).toBe(true);
    const first = await run();
    expect(await still(beats)).toBe(false);
    await pause(2 * limit);
    expect(await still(beats)).toBe(true);
    expect(await run()).toBeGreaterThan(first);
    expect(await still(beats)).toBe(false);
  });

  it('stays while runs follow each other sooner', async () => {
    const { run } = start();
    const first = await run();
    for (let round = 0; round < 5; round++) {
      await pause(limit / 3);
      expect(await run()).toBe(first);
    }
  });

  it('has as many runs at a time as it says, and answers all that wait', async () => {
    const { run, threads: opened } = start();
    const ran = await Promise.all(Array.from({ length: 3 * opened.count }, () => run()));
    expect(new Set(ran).size).toBe(opened.count);
  });

  it('fails until the end of threads of which one fell, and works with new ones', async () => {
    const { run } = start();
    await expect(run({ fail: true })).rejects.toThrow('The thread fell.');
    await expect(run()).rejects.toThrow('The thread fell.');
    await pause(2 * limit);
    expect(await run()).toBeGreaterThan(0);
  });
});
