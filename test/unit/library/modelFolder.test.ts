import { chmodSync, cpSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HeadlightError } from '../../../src/errors';
import { findExternalData } from '../../../src/library/externalData';
import { readModelFolder } from '../../../src/library/modelFolder';
import { builtInModelIds, resolveModel } from '../../../src/library/resolveModel';

const root = join(import.meta.dirname, '..', '..', '..');
const fixture = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-'));
  cpSync(fixture, folder, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const failure = (promise: Promise<unknown>): Promise<Pick<HeadlightError, 'code' | 'message'>> =>
  promise.then(
    () => expect.fail('no error'),
    (error: unknown) => error as HeadlightError,
  );

/** Root reads everything, so it steps down meanwhile. */
async function asNobody<T>(task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return task();
  process.seteuid!(65534);
  try {
    return await task();
  } finally {
    process.seteuid!(0);
  }
}

describe('a model folder', () => {
  it('is read with what its config states', async () => {
    const { config, graph } = await readModelFolder(folder);
    expect(config).toMatchObject({ layers: 2, heads: 4, hiddenSize: 32 });
    expect(graph.size).toBeGreaterThan(1000);
  });

  it.each(['config.json', 'tokenizer.json'])('without %s is missing it', async (file) => {
    rmSync(join(folder, file));
    const { code, message } = await failure(readModelFolder(folder));
    expect(code).toBe('model-missing');
    expect(message).toContain(file);
  });

  it('without a graph says how to export one', async () => {
    rmSync(join(folder, 'model.onnx'));
    const { code, message } = await failure(readModelFolder(folder));
    expect(code).toBe('model-missing');
    expect(message).toContain('model.onnx');
  });

  it.each([
    ['encoder_model.onnx', 'decoder_model.onnx'],
    ['decoder_with_past_model.onnx', 'decoder_model.onnx'],
  ])('with %s alone names %s, which is missing', async (present, missing) => {
    renameSync(join(folder, 'model.onnx'), join(folder, present));
    const { code, message } = await failure(readModelFolder(folder));
    expect(code).toBe('model-missing');
    expect(message).toContain(`holds ${present}, but no ${missing}`);
  });

  it.each([
    ['{"hidden_size": 32,', 'is not valid JSON'],
    ['[1, 2]', 'holds no JSON object'],
    ['', 'is empty'],
  ])('with the config %j is broken', async (text, reason) => {
    writeFileSync(join(folder, 'config.json'), text);
    const { code, message } = await failure(readModelFolder(folder));
    expect(code).toBe('model-broken');
    expect(message).toContain(reason);
  });

  it('knows a Git LFS pointer', async () => {
    writeFileSync(join(folder, 'model.onnx'), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    expect((await failure(readModelFolder(folder))).message).toContain('git lfs pull');
  });

  it('whose graph does not match its SHA256SUMS is broken', async () => {
    cpSync(join(root, 'models', 'encoder', 'SHA256SUMS'), join(folder, 'SHA256SUMS'));
    truncateSync(join(folder, 'model.onnx'), 5000);
    const { code, message } = await failure(readModelFolder(folder));
    expect(code).toBe('model-broken');
    expect(message).toContain('SHA-256');
  });

  it('that is a file is told so', async () => {
    expect((await failure(readModelFolder(join(folder, 'config.json')))).message).toContain('is a file');
  });

  it.skipIf(process.platform === 'win32')('without read permission says so', async () => {
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'config.json'), 0o000);
    const { code, message } = await failure(asNobody(() => readModelFolder(folder)));
    expect(code).toBe('model-unreadable');
    expect(message).toContain('no permission');
  });
});

describe('external data', () => {
  it('is found in the folder', async () => {
    writeFileSync(join(folder, 'weights.bin'), 'abcd');
    const files = await findExternalData(folder, ['weights.bin']);
    expect([...files.values()]).toEqual([realpathSync(join(folder, 'weights.bin'))]);
  });

  it.each(['../outside.bin', 'a/../../outside.bin', '/etc/hostname', 'a\0b', ''])('at %j is refused', async (name) => {
    expect((await failure(findExternalData(folder, [name]))).message).toContain('lies outside its folder');
  });

  it('behind a link that leaves the folder is refused', async () => {
    symlinkSync('/etc/hostname', join(folder, 'weights.bin'));
    expect((await failure(findExternalData(folder, ['weights.bin']))).code).toBe('model-broken');
  });
});

describe('a model id', () => {
  const models = join(root, 'models');

  it('is a built-in model', async () => {
    expect(await builtInModelIds(models)).toContain('encoder');
    expect(await resolveModel('encoder', models)).toBe(join(models, 'encoder'));
  });

  it('that is not known names those that are', async () => {
    const { code, message } = await failure(resolveModel('nonsense', models));
    expect(code).toBe('model-missing');
    expect(message).toContain('encoder');
  });

  it('cannot climb out of the models folder', async () => {
    expect((await failure(resolveModel('../models/encoder', models))).code).toBe('model-missing');
  });
});
