import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineClient } from '../../src/engine/client';
import { bundle } from '../support/bundle';

const builtInModels = join(import.meta.dirname, '..', '..', 'models');
const target = { model: 'encoder', device: 'cpu' } as const;
let client: EngineClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headlight-'));
  client = new EngineClient({ entry: await bundle('src/engine/main.ts'), setup: { builtInModels, storage: null } });
});
afterAll(async () => {
  await client.dispose();
  await rm(folder, { recursive: true });
});

describe('the engine process with the built-in encoder', () => {
  it('answers every kind of call', async () => {
    const text = 'The cow jumped over the [MASK].';
    const overview = await client.call('attention/overview', { ...target, text });
    expect([overview.layers, overview.heads, overview.rows]).toEqual([6, 12, 9]);
    const { masks } = await client.call('predictions/predict', { ...target, text, top: 5, candidates: ['moon'] });
    expect(masks[0]!.predictions).toHaveLength(5);
    expect(masks[0]!.candidates[0]!.rank).toBeGreaterThan(0);
    const occurrences = [{ sentence: 'the cow', start: 4, end: 7 }];
    const { vectors } = await client.call('vectors/embed', { ...target, layer: -1, occurrences });
    expect(vectors[0]).toBeInstanceOf(Float32Array);
    const senses = await client.call('senses/group', { ...target, word: 'cow', occurrences, current: 0, top: 3 });
    expect(senses.substitutes).toHaveLength(3);
    const { isNext } = await client.call('nextSentence/score', { ...target, first: 'the cow', second: 'the moon' });
    expect(isNext).toBeGreaterThan(0);
  });

  it('says which models are loaded, and where they run', async () => {
    await client.call('model/load', target);
    expect(client.status.held).toMatchObject([{ id: 'encoder', device: 'cpu' }]);
    const others = ['static', 'decoder', 'translator', 'rnn'] as const;
    for (const model of others) await client.call('model/load', { model, device: 'cpu' });
    expect(client.status.held.map(({ id }) => id)).toEqual(['encoder', ...others]);
    await client.restart();
    expect(client.status.held).toEqual([]);
  });

  it('loads a model anew whose files were written anew', async () => {
    const own = join(folder, 'rewritten');
    const from = (name: string): string => join(import.meta.dirname, '..', 'fixtures', 'models', name);
    await cp(from('bert-tiny'), own, { recursive: true });
    const asked = () => client.call('attention/overview', { model: own, device: 'cpu', text: 'the cow jumped' });
    expect((await asked()).model.hasMaskedLanguageHead).toBe(true);
    const { pid } = client;
    for (const name of ['model.onnx', 'config.json']) await copyFile(join(from('bert-tiny-nomask-head'), name), join(own, name));
    expect((await asked()).model.hasMaskedLanguageHead).toBe(false);
    await writeFile(join(own, 'model.onnx'), 'cut short');
    await expect(asked()).rejects.toMatchObject({ code: 'model-broken' });
    expect(client.pid).toBe(pid);
  });

  it('survives kill -9 in mid-run', async () => {
    const long = client.call('attention/overview', { ...target, text: 'the cow ate grass '.repeat(200) });
    setTimeout(() => process.kill(client.pid!, 'SIGKILL'), 100);
    await expect(long).rejects.toMatchObject({ code: 'engine-died' });
    await expect(client.call('model/load', target)).resolves.toMatchObject({ id: 'encoder' });
  });

  it('says what is wrong with a malformed model, and goes on', async () => {
    const pid = client.pid;
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) await writeFile(join(folder, name), '{}');
    await writeFile(join(folder, 'model.onnx'), 'this is no graph');
    const broken = client.call('model/load', { model: folder, device: 'cpu' });
    await expect(broken).rejects.toMatchObject({ name: 'HeadlightError', code: expect.stringMatching(/^model-/) as string });
    await expect(client.call('model/load', { model: 'absent', device: 'cpu' })).rejects.toMatchObject({ code: 'model-missing' });
    await expect(client.call('model/load', target)).resolves.toMatchObject({ id: 'encoder' });
    expect(client.pid).toBe(pid);
  });
});
