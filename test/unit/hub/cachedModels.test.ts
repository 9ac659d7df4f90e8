import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderVariants } from '../../../src/library/folderVariants';
import { cachedModels, removeCached, removeUnfinished, unfinishedModels } from '../../../src/library/hub/cachedModels';
import { modelChoices } from '../../../src/library/hub/choices';
import { downloadModel } from '../../../src/library/hub/downloadModel';
import type { Hub } from '../../../src/library/hub/hub';
import { readRepository } from '../../../src/library/hub/repository';
import { commitOf, sha256 } from '../../support/hubServer';
import { files, filesBelow, id, quick, startHub } from './fixtures';

const { signal } = new AbortController();

async function download(hub: Hub, ...labels: readonly string[]): Promise<void> {
  const repository = await readRepository(hub, { id, revision: 'main' }, signal, quick);
  for (const choice of modelChoices(repository)) if (labels.includes(choice.label)) await downloadModel(hub, repository, choice, { signal, policy: quick });
}

/** Puts a file into the cache as Python does. */
function put(folder: string, path: string, content: string | Uint8Array): void {
  const etag = sha256(Buffer.from(content));
  const pointer = join(folder, 'snapshots', commitOf('acme/other'), path);
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  mkdirSync(dirname(pointer), { recursive: true });
  writeFileSync(join(folder, 'blobs', etag), content);
  symlinkSync(`${'../'.repeat(path.split('/').length + 1)}blobs/${etag}`, pointer);
}

describe('the cache', () => {
  it('lists each variant that is whole, with its size', async () => {
    const { hub } = await startHub();
    await download(hub, 'q8', 'fp32');
    const [plain, quantized, ...more] = await cachedModels(hub.cache);
    expect(plain).toMatchObject({ id, commit: commitOf(id), variant: '', bytes: 300_000 });
    expect(quantized).toMatchObject({ id, variant: 'quantized', bytes: 80_000 });
    expect(more).toEqual([]);
    expect(readFileSync(quantized!.path).equals(files['onnx/model_quantized.onnx'])).toBe(true);
    rmSync(join(hub.cache, 'models--acme--bert', 'blobs', sha256(files['onnx/model.onnx'])));
    expect((await cachedModels(hub.cache)).map(({ variant }) => variant)).toEqual(['quantized']);
  });

  it('lists what Python downloaded, and nothing that is no model', async () => {
    const { hub } = await startHub();
    const folder = join(hub.cache, 'models--acme--other');
    for (const [path, content] of Object.entries({ 'config.json': '{}', 'tokenizer.json': '{}', 'onnx/model.onnx': 'graph', 'onnx/model.onnx_data': 'weights' })) put(folder, path, content);
    for (const name of ['datasets--acme--texts', 'models--..--evil', '.locks', 'version.txt']) mkdirSync(join(hub.cache, name, 'snapshots'), { recursive: true });
    put(join(hub.cache, 'models--acme--torch'), 'config.json', '{}');
    expect(await cachedModels(hub.cache)).toMatchObject([{ id: 'acme/other', variant: '', bytes: 12 }]);
    expect(await cachedModels(join(hub.cache, 'nothing'))).toEqual([]);
  });

  it('loses a variant with its content, and keeps the others', async () => {
    const { hub } = await startHub();
    await download(hub, 'q8', 'fp32');
    const folder = join(hub.cache, 'models--acme--bert');
    const [plain, quantized] = await cachedModels(hub.cache);
    await removeCached(hub.cache, plain!);
    expect(existsSync(join(folder, 'blobs', sha256(files['onnx/model.onnx'])))).toBe(false);
    expect(readFileSync(quantized!.path).equals(files['onnx/model_quantized.onnx'])).toBe(true);
    await removeCached(hub.cache, quantized!);
    expect(filesBelow(hub.cache)).toEqual([]);
  });

  it('keeps what other programs put there', async () => {
    const { hub } = await startHub();
    await download(hub, 'fp32');
    const folder = join(hub.cache, 'models--acme--bert');
    put(folder, 'pytorch_model.bin', 'weights');
    // Another snapshot leads to the same content.
    put(folder, 'old.onnx', files['onnx/model.onnx']);
    const [plain] = await cachedModels(hub.cache);
    await removeCached(hub.cache, plain!);
    expect(existsSync(plain!.path)).toBe(false);
    const kept = filesBelow(folder);
    expect(kept).toContain(`blobs/${sha256(files['onnx/model.onnx'])}`);
    expect(kept.filter((name) => /pytorch_model|config.json|old.onnx/.test(name))).toHaveLength(3);
  });

  it('knows downloads that were cut off, and throws them away', async () => {
    const { hub } = await startHub();
    const folder = join(hub.cache, 'models--acme--bert');
    await download(hub, 'q8');
    expect(await unfinishedModels(hub.cache)).toEqual([]);
    const etag = sha256(files['onnx/model.onnx']);
    writeFileSync(join(folder, 'blobs', `${etag}.headlight-0123abcd.incomplete`), 'x'.repeat(1000));
    // Python's own stay.
    writeFileSync(join(folder, 'blobs', `${etag}.0123abcd.incomplete`), 'x');
    const [unfinished, ...more] = await unfinishedModels(hub.cache);
    expect([unfinished!.id, unfinished!.bytes, unfinished!.parts.length, more]).toEqual([id, 1000, 1, []]);
    await removeUnfinished(hub.cache, unfinished!);
    expect(await unfinishedModels(hub.cache)).toEqual([]);
    expect((await cachedModels(hub.cache)).map(({ variant }) => variant)).toEqual(['quantized']);
    expect(existsSync(join(folder, 'blobs', `${etag}.0123abcd.incomplete`))).toBe(true);
  });

  it('removes nothing that lies elsewhere', async () => {
    const { hub } = await startHub();
    await download(hub, 'fp32');
    const [plain] = await cachedModels(hub.cache);
    const outside = join(hub.cache, 'mine.onnx');
    writeFileSync(outside, 'mine');
    await removeCached(hub.cache, { ...plain!, path: outside, files: [outside] });
    expect(existsSync(outside)).toBe(true);
  });
});

it('a folder has the variants that are whole', async () => {
  const { hub } = await startHub();
  const folder = join(hub.cache, 'mine');
  const write = (name: string, size: number): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'x'.repeat(size));
  };
  for (const name of ['config.json', 'tokenizer.json']) write(name, 2);
  write('onnx/encoder_model_quantized.onnx', 10);
  write('onnx/decoder_model_merged_quantized.onnx', 20);
  write('onnx/encoder_model.onnx', 40);
  expect(await folderVariants(folder)).toMatchObject([{ variant: 'quantized', bytes: 30, path: join(folder, 'onnx', 'encoder_model_quantized.onnx') }]);
  rmSync(join(folder, 'tokenizer.json'));
  expect(await folderVariants(folder)).toEqual([]);
});
