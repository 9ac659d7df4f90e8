import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { Neighbours } from '../../src/engine/senseIndex/neighbours';
import { SenseStore } from '../../src/engine/senseIndex/senseStore';
import type { WordReader } from '../../src/lenses/model';
import { contextOf } from '../support/computeContext';
import { fakeModel, type FakeModelOptions } from '../support/fakeModel';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'headlight-index-')); });
afterEach(() => rm(folder, { recursive: true }));

/** The next token decides how a word is used. */
const hidden: FakeModelOptions['hidden'] = (_, token, index, { tokens }) => {
  const next = tokens[index + 1]?.id ?? 0;
  return [Math.cos(next), Math.sin(next), token.id % 2 ? 0.1 : -0.1, 0];
};
const engineOf = (options: FakeModelOptions = {}): Engine => new Engine(() => Promise.resolve(fakeModel({ hidden, ...options })));
const target = () => ({ model: 'fake', device: 'cpu', folder }) as const;
const file = (key: string, text: string, mtime = 1) => ({ key, mtime, size: text.length, text });
const update = (engine: Engine, files: readonly ReturnType<typeof file>[], removed: readonly string[] = []) =>
  engine.call('senseIndex/update', { ...target(), files, removed, finish: 'link' });
const wanted = { sentence: 'The stand ate.', start: 4, end: 9 };
const search = (engine: Engine, words: 'same' | 'others' = 'same') => engine.call('senseIndex/search', { ...target(), occurrence: wanted, words, top: 10 });

describe('sense index', () => {
  const texts = [file('one', 'A stand jumped. The stand ate.'), file('two', 'The stand ate.\n\nThe bank ate. Money jumped.')];

  it('finds the word where it is used alike first, and other words used so', async () => {
    const engine = engineOf();
    expect(await engine.call('senseIndex/open', { ...target(), measure: false })).toMatchObject({ state: 'missing', files: [], words: 0, fitted: false });
    await expect(search(engine)).rejects.toMatchObject({ code: 'index-unusable' });
    expect(await update(engine, texts)).toMatchObject({ read: 2, words: 10 });
    const same = await search(engine);
    expect(same.total).toBe(3);
    expect(same.hits.map(({ key, start }) => `${key} ${start}`)).toEqual(['one 20', 'two 4', 'one 2']);
    expect(same.hits[0]!.similarity).toBeCloseTo(1, 1);
    expect((await search(engine, 'others')).hits[0]).toMatchObject({ key: 'two', form: 'bank' });
  });

  it('outlives its process, and reads again only what has changed', async () => {
    await update(engineOf(), texts);
    const engine = engineOf();
    expect(await engine.call('senseIndex/open', { ...target(), measure: false })).toMatchObject({ state: 'ready', words: 10, files: [{ key: 'one' }, { key: 'two' }] });
    const changed = [file('one', 'The stand ate.', 2), file('two', texts[1]!.text, 2)];
    expect(await update(engine, changed)).toMatchObject({ read: 1, words: 8 });
    expect((await update(engine, [], ['two'])).words).toBe(2);
    expect((await search(engineOf())).hits).toMatchObject([{ key: 'one', start: 4 }]);
  });

  it('says what is wrong with a damaged file, and is made anew', async () => {
    const engine = engineOf();
    await update(engine, texts);
    await truncate(join(folder, 'senses.index'), 40);
    const state = await engine.call('senseIndex/open', { ...target(), measure: false });
    expect(state).toMatchObject({ state: 'broken', files: [], words: 0 });
    expect(state.detail).toMatch(/cut short.*Build it anew/);
    await expect(search(engine)).rejects.toMatchObject({ code: 'index-unusable', message: state.detail });
    await update(engine, texts);
    expect((await search(engine)).total).toBe(3);
  });

  it('is not compared with the vectors of another model', async () => {
    await update(engineOf(), texts);
    const model = { ...fakeModel({ hidden }), fingerprint: 'other' };
    const other = new Engine(() => Promise.resolve(model));
    expect(await other.call('senseIndex/open', { ...target(), measure: false })).toMatchObject({ state: 'other-model', files: [] });
    await expect(search(other)).rejects.toThrow(/another model/);
    expect(await update(other, [texts[0]!])).toMatchObject({ read: 1, words: 4 });
  });

  it('gives way to calls that somebody waits for, and goes on after them', async () => {
    const log: string[] = [];
    let running = 0;
    const engine = engineOf({
      onRun: async (_, { hidden: states }) => {
        expect(running++).toBe(0);
        log.push(states?.length === 1 ? 'background' : 'user');
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
      },
    });
    const many = Array.from({ length: 200 }, (_, at) => `The ${at % 2 ? 'cow' : 'bank'} jumped over the moon and ate the grass.`).join('\n\n');
    const building = update(engine, [file('many', many)]);
    while (!log.includes('background')) await new Promise((resolve) => setTimeout(resolve, 1));
    const group = engine.call('senses/group', {
      ...target(), word: 'stand', top: 1,
      occurrences: Array.from({ length: 100 }, (_, at) => {
        const words = [at % 3, Math.floor(at / 3) % 3, Math.floor(at / 9) % 3, Math.floor(at / 27) % 3, Math.floor(at / 81)].map((digit) => ['ate', 'jumped', 'over'][digit]);
        return { sentence: `The stand ${words.join(' ')}.`, start: 4, end: 9 };
      }),
    });
    await group;
    const during = log.slice(log.indexOf('user'));
    expect(during.filter((kind) => kind === 'user').length).toBeGreaterThan(1);
    // From its first run on, the call has the model to itself.
    expect(during).not.toContain('background');
    await building;
    expect(log.at(-1)).toBe('background');
  });

  /** A model with a reader of many words beside its runs, which have one vector for all words. */
  const alike = [0, 0, 0, 1];
  const readerEngine = (log: string[], vector: readonly number[], times: { readonly run: number; readonly read: number }): Engine => {
    const took = (kind: keyof typeof times): Promise<void> => {
      log.push(kind);
      return new Promise((resolve) => setTimeout(resolve, times[kind]));
    };
    const model = fakeModel({ hidden: () => alike, onRun: () => took('run') });
    const reader: WordReader = {
      atOnce: 2,
      read: async (batch) => {
        await took('read');
        return Float32Array.from(batch.flatMap(({ words }) => words.flatMap(() => vector)));
      },
    };
    return new Engine(() => Promise.resolve({ ...model, openWordReader: () => Promise.resolve(reader) }));
  };

  it.each([
    ['has other vectors', [1, 0, 0, 0], { run: 150, read: 0 }],
    ['is slower', alike, { run: 0, read: 150 }],
  ])('is not read by a reader that %s', async (_, vector, times) => {
    const log: string[] = [];
    const engine = readerEngine(log, vector, times);
    await update(engine, texts);
    expect(log).toContain('read');
    // The runs that it was compared with, and those of the texts.
    expect(log.slice(log.lastIndexOf('read') + 1).length).toBeGreaterThan(3);
    expect((await search(engine)).hits[0]!.similarity).toBeCloseTo(1, 1);
  });

  // Two measurements in a row, of a machine that may get other work in between.
  it('says how fast it is read by what an update reads it with', { retry: 4 }, async () => {
    const engine = readerEngine([], alike, { run: 200, read: 20 });
    const { tokensPerSecond } = await engine.call('senseIndex/open', { ...target(), measure: true });
    // Loaded, compared and opened, as the first update would do.
    await update(engine, texts);
    const sentence = 'The cow jumped over the moon and ate the grass.';
    const many = Array.from({ length: 1000 }, () => sentence).join('\n\n');
    const start = performance.now();
    await update(engine, [file('many', many)]);
    const real = (1000 * 1000 * sentence.split(/\b/).filter((word) => word.trim() !== '').length) / (performance.now() - start);
    expect(tokensPerSecond! / real).toBeGreaterThan(0.5);
    expect(tokensPerSecond! / real).toBeLessThan(3);
  });

  it('begins no batch of its reader while a call is being answered', async () => {
    const log: string[] = [];
    const engine = readerEngine(log, alike, { run: 150, read: 0 });
    await engine.call('model/load', target());
    const many = Array.from({ length: 400 }, (_, at) => `The ${at % 2 ? 'cow' : 'bank'} jumped over the moon and ate the grass.`).join('\n\n');
    const building = update(engine, [file('many', many)]);
    while (log.filter((kind) => kind === 'read').length < 12) await new Promise((resolve) => setTimeout(resolve, 1));
    const before = log.length;
    await engine.call('senses/group', { ...target(), word: 'stand', top: 1, occurrences: [wanted] });
    const during = new Set(log.slice(before));
    expect([...during]).toEqual(['run']);
    expect((await building).words).toBe(2400);
    expect(log.at(-1)).toBe('read');
  });

  it('stops between two runs when it is cancelled, while it waits too', async () => {
    let runs = 0;
    const engine = engineOf({ onRun: () => { runs++; } });
    await engine.call('model/load', target());
    const controller = new AbortController();
    const many = Array.from({ length: 400 }, () => 'The cow jumped over the moon and ate the grass.').join('\n\n');
    const building = engine.call('senseIndex/update', { ...target(), files: [file('many', many)], removed: [], finish: 'write' }, {
      signal: controller.signal,
      onProgress: ({ done }) => { if (done! > 0) controller.abort(); },
    });
    await expect(building).rejects.toMatchObject({ code: 'cancelled' });
    expect(runs).toBeLessThan(3);
    expect((await engine.call('senseIndex/open', { ...target(), measure: false })).words).toBe(0);
  });
});

describe('neighbours', () => {
  /** `count` random unit vectors of 16 dimensions around 50 centres, rows of one file. */
  function storeOf(count: number): SenseStore {
    let seed = 7;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
    const centres = Array.from({ length: 50 }, () => Array.from({ length: 16 }, random));
    const vectors = new Int8Array(count * 16);
    for (let row = 0; row < count; row++) {
      const vector = centres[row % 50]!.map((x) => x + 0.4 * random());
      const length = Math.hypot(...vector);
      vectors.set(vector.map((x) => Math.round((127 * x) / length)), row * 16);
    }
    const store = new SenseStore('print', 16);
    const forms = Array.from({ length: count }, () => 'word');
    store.put({ key: 'a', mtime: 1, size: 1 }, 'h', { starts: Uint32Array.from(forms, (_, at) => at), lengths: new Uint8Array(count), forms, vectors });
    return store;
  }

  it('finds nearly all of the nearest, after having been written and grown', async () => {
    const store = storeOf(3000);
    const context = contextOf(fakeModel());
    store.neighbours = await Neighbours.write(folder, store, context);
    expect(store.neighbours).toMatchObject({ rows: 3000, upTo: 3000 });
    const query = Int8Array.from({ length: 16 }, (_, at) => (at === 3 ? 120 : 10));
    store.put({ key: 'b', mtime: 1, size: 1 }, 'h', { starts: Uint32Array.of(0), lengths: Uint8Array.of(4), forms: ['word'], vectors: query });
    const before = store.neighbours!.name;
    store.neighbours = await Neighbours.write(folder, store, context);
    expect(store.neighbours).toMatchObject({ rows: 3001, upTo: 3001 });
    expect(store.neighbours!.name).not.toBe(before);
    const graph = (await Neighbours.open(folder, store))!;
    const found = graph.search(query, 10);
    expect(found[0]).toMatchObject({ row: 3000 });
    const exact = store.otherWords('none', query, 10, 0).map(({ row }) => row);
    expect(found.filter(({ row }) => exact.includes(row)).length).toBeGreaterThanOrEqual(9);
  });

  it('are not opened from a file that is cut short', async () => {
    const store = storeOf(500);
    store.neighbours = await Neighbours.write(folder, store, contextOf(fakeModel()));
    const path = join(folder, store.neighbours!.name);
    await cp(path, `${path}.whole`);
    await truncate(path, (await readFile(path)).length - 10);
    expect(await Neighbours.open(folder, store)).toBeNull();
    await cp(`${path}.whole`, path);
    expect(await Neighbours.open(folder, store)).not.toBeNull();
  });
});
