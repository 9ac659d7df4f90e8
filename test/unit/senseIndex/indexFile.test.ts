import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIndex, writeIndex } from '../../../src/engine/senseIndex/indexFile';
import { SenseStore } from '../../../src/engine/senseIndex/senseStore';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headlight-index-'));
  path = join(folder, 'inner', 'senses.index');
});
afterEach(() => rm(folder, { recursive: true }));

const file = (key: string) => ({ key, mtime: 5, size: 6 });
/** Words at 0, 10, 20, … with vectors of two dimensions. */
const text = (forms: readonly string[], vectors: readonly number[]) => ({
  starts: Uint32Array.from(forms, (_, at) => at * 10), lengths: Uint8Array.from(forms, ({ length }) => length), forms, vectors: Int8Array.from(vectors),
});

function storeOfTwo(): SenseStore {
  const store = new SenseStore('print', 2);
  store.put(file('a'), 'ha', text(['stand', 'music', 'stand'], [127, 0, 0, 127, 90, 90]));
  store.put(file('b'), 'hb', text(['stand', 'rack'], [-127, 0, 125, 20]));
  return store;
}

describe('index file', () => {
  it('gives back what was written', async () => {
    await writeIndex(path, storeOfTwo().content);
    const read = SenseStore.of((await readIndex(path))!);
    expect(read.known).toEqual([file('a'), file('b')]);
    expect(read.content).toEqual(storeOfTwo().content);
    expect(read.sameWord('stand', Int8Array.of(127, 0), 9)).toEqual(storeOfTwo().sameWord('stand', Int8Array.of(127, 0), 9));
    expect(await readdir(join(folder, 'inner'))).toEqual(['senses.index']);
  });

  it('is null where there is none', async () => {
    expect(await readIndex(path)).toBeNull();
  });

  it('is refused when cut short, changed, or made by something else', async () => {
    await writeIndex(path, storeOfTwo().content);
    const whole = await readFile(path);
    const damaged: [Uint8Array, RegExp][] = [
      [whole.subarray(0, whole.length - 1), /cut short or changed/],
      [whole.subarray(0, 20), /cut short/],
      [new Uint8Array(), /cut short/],
      [Uint8Array.from(whole, (byte, at) => (at === 60 ? byte ^ 1 : byte)), /cut short or changed/],
      [Buffer.concat([Buffer.from('HLSENSE9'), whole.subarray(8)]), /another version/],
      [Buffer.from('PK\u0003\u0004'.padEnd(100)), /no index/],
    ];
    for (const [bytes, message] of damaged) {
      await writeFile(path, bytes);
      await expect(readIndex(path)).rejects.toMatchObject({ code: 'index-unusable', message: expect.stringMatching(message) as string });
    }
  });

  it('keeps the old one when the new one cannot be written', async () => {
    await writeIndex(path, storeOfTwo().content);
    // Stands for a full disk: no file can be made where a folder is in the way.
    await expect(writeIndex(join(path, 'x', 'senses.index'), storeOfTwo().content)).rejects.toMatchObject({ code: 'file-not-written' });
    expect((await readIndex(path))!.files).toHaveLength(2);
  });
});

describe('SenseStore', () => {
  it('ranks occurrences of one form by cosine, and counts them', () => {
    const { near, total } = storeOfTwo().sameWord('stand', Int8Array.of(127, 0), 2);
    expect(total).toBe(3);
    expect(near.map((at) => storeOfTwo().hit(at))).toEqual([
      { key: 'a', start: 0, end: 5, form: 'stand', similarity: 1 },
      { key: 'a', start: 20, end: 25, form: 'stand', similarity: (90 * 127) / 127 ** 2 },
    ]);
    expect(storeOfTwo().sameWord('nowhere', Int8Array.of(127, 0), 2)).toEqual({ near: [], total: 0 });
  });

  it('finds words of other forms, from any row on', () => {
    const store = storeOfTwo();
    expect(store.otherWords('stand', Int8Array.of(127, 0), 9, 0).map((at) => store.hit(at)?.form)).toEqual(['rack', 'music']);
    expect(store.otherWords('stand', Int8Array.of(127, 0), 9, 2).map((at) => store.hit(at)?.form)).toEqual(['rack']);
  });

  it('replaces and removes files, and knows rows that have gone', () => {
    const store = storeOfTwo();
    store.put(file('a'), 'new', text(['stand'], [0, 127]));
    store.remove('b');
    store.remove('never was');
    expect(store.words).toBe(1);
    expect(store.hit({ row: 0, similarity: 1 })).toBeNull();
    expect(store.hit({ row: 4, similarity: 1 })).toBeNull();
    expect(store.hit({ row: 5, similarity: 1 })).toMatchObject({ key: 'a', form: 'stand' });
    expect(store.content.forms).toEqual(['stand']);
  });

  it('knows a text that has not changed, and takes on its new time', () => {
    const store = storeOfTwo();
    expect(store.isSame({ key: 'a', mtime: 9, size: 6 }, 'ha')).toBe(true);
    expect(store.known[0]).toEqual({ key: 'a', mtime: 9, size: 6 });
    expect(store.isSame(file('a'), 'other')).toBe(false);
    expect(store.isSame(file('c'), 'ha')).toBe(false);
  });
});
