import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listModels, useOf } from '../../../src/editor/models/modelList';
import { repositoryFolder, snapshotFolder } from '../../../src/library/hub/cacheLayout';

const root = join(import.meta.dirname, '..', '..', '..');
const fixture = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'headlight-library-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** A snapshot of the fixture in the cache, its graphs under these names. */
function cached(id: string, ...graphs: readonly string[]): string {
  const repository = repositoryFolder(home, id);
  const snapshot = snapshotFolder(repository, '0'.repeat(40));
  mkdirSync(join(snapshot, 'onnx'), { recursive: true });
  mkdirSync(join(repository, 'blobs'));
  for (const name of ['config.json', 'tokenizer.json']) cpSync(join(fixture, name), join(snapshot, name));
  cpSync(join(fixture, 'model.onnx'), join(repository, 'blobs', 'graph'));
  for (const graph of graphs) symlinkSync('../../../blobs/graph', join(snapshot, 'onnx', graph));
  return snapshot;
}

describe('the library', () => {
  it('has what comes with Headlight, with sizes', async () => {
    const models = await listModels(join(root, 'models'), [], home);
    expect(models.map(({ id, origin }) => [origin, id])).toEqual(['decoder', 'encoder', 'rnn', 'rnn-attention', 'static', 'translator'].map((id) => ['builtIn', id]));
    for (const { bytes } of models) expect(bytes).toBeGreaterThan(2e6);
    expect(models.filter(({ usable }) => !usable).map(({ id }) => id)).toEqual(['rnn', 'rnn-attention']);
  });

  it('has the folders that were chosen, and says why one cannot be read', async () => {
    const [bert, gone, ...more] = await listModels(home, [fixture, '/gone/gpt'], join(home, 'cache'));
    expect(bert).toMatchObject({ origin: 'folder', id: fixture, name: 'bert-tiny', task: 'reading', usable: true, variant: '', problem: null });
    expect(bert!.bytes).toBeGreaterThan(10_000);
    expect(gone).toMatchObject({ name: 'gpt', usable: false, bytes: null });
    expect(gone!.problem).toContain('/gone/gpt holds no model.onnx');
    expect(more).toEqual([]);
  });

  it('has each variant in the cache once, whether it was chosen or not', async () => {
    const snapshot = cached('acme/bert', 'model.onnx', 'model_quantized.onnx');
    const paths = ['model.onnx', 'model_quantized.onnx'].map((name) => join(snapshot, 'onnx', name));
    const models = await listModels(join(home, 'none'), [paths[1]!, join(snapshot, 'onnx', 'model_q4.onnx')], home);
    expect(models.map(({ id, name, origin, variant }) => [origin, id, name, variant])).toEqual([
      ['hub', paths[0], 'acme/bert', ''], ['hub', paths[1], 'acme/bert', 'quantized'],
    ]);
    expect(models[0]!.cached).toMatchObject({ id: 'acme/bert', files: [paths[0]] });
  });

  it('names a file where its name says more than its variant', async () => {
    const folder = join(home, 'mine');
    cpSync(fixture, folder, { recursive: true });
    writeFileSync(join(folder, 'small.onnx'), 'x');
    const models = await listModels(join(home, 'none'), [join(folder, 'small.onnx'), join(folder, 'model.onnx')], home);
    expect(models.map(({ name }) => name)).toEqual(['mine (small.onnx)', 'mine']);
  });

  it('says what is in use, and what is loaded where', async () => {
    const [bert] = await listModels(join(home, 'none'), [fixture], home);
    const loaded = ([[fixture, 'cpu'], [fixture, 'webgpu'], ['encoder', 'cpu']] as const).map(([id, device]) => ({ id, name: id, device, bytes: 1 }));
    expect(useOf(bert!, fixture, loaded)).toEqual({ inForce: true, devices: ['cpu', 'webgpu'] });
    expect(useOf(bert!, 'encoder', [])).toEqual({ inForce: false, devices: [] });
  });
});
