import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { findExternalData } from '../../../src/library/externalData';
import { readModelFolder } from '../../../src/library/modelFolder';
import { modelSummary } from '../../../src/library/modelSummary';

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'models', 'bert-tiny');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-'));
  cpSync(fixture, folder, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The refusal, within a time in which nothing can have been waited for. */
async function refusal(promise: Promise<unknown>): Promise<HeadlightError> {
  const late = new Promise((_, reject) => setTimeout(reject, 3000, new Error('It waits.')));
  const error: unknown = await Promise.race([promise, late]).then(() => expect.fail('no error'), (reason: unknown) => reason);
  expect(error).toBeInstanceOf(HeadlightError);
  return error as HeadlightError;
}

const unix = process.platform !== 'win32';

describe.each(['config.json', 'tokenizer.json', 'model.onnx'])('in place of %s', (file) => {
  const replace = (make: (path: string) => void): void => {
    rmSync(join(folder, file));
    make(join(folder, file));
  };

  it('a folder is refused', async () => {
    replace((path) => { mkdirSync(path); });
    expect((await refusal(readModelFolder(folder))).message).toContain(`${file} in ${folder} is a folder, not a file`);
  });

  it.skipIf(!unix)('a named pipe is refused and not waited for', async () => {
    replace((path) => { execFileSync('mkfifo', [path]); });
    expect((await refusal(readModelFolder(folder))).message).toContain('is a named pipe, not a file');
  });

  it.skipIf(!unix).each(['/dev/zero', '/dev/null', '/dev/tty'])('a link to the device %s is refused', async (device) => {
    replace((path) => { symlinkSync(device, path); });
    expect((await refusal(readModelFolder(folder))).message).toContain('is a device, not a file');
  });

  it.skipIf(process.platform !== 'linux')('a file of /proc, which may be waited for without end, counts as empty', async () => {
    replace((path) => { symlinkSync('/proc/kmsg', path); });
    expect((await refusal(readModelFolder(folder))).message).toContain('is empty');
  });

  it.skipIf(!unix)('a link to itself is refused', async () => {
    replace((path) => { symlinkSync(file, path); });
    expect((await refusal(readModelFolder(folder))).message).toContain('cannot be read (ELOOP)');
  });

  it('a file without end is not read', async () => {
    truncateSync(join(folder, file), 2 ** 40);
    expect((await refusal(readModelFolder(folder))).message).toContain('has 1048576 MB, and such a file may have');
  });
});

describe('JSON', () => {
  it.each(['[', '{"a":'])('nested too deep with %s is refused, also where the editor lists models', async (open) => {
    const deep = open.repeat(100_000) + '1' + (open === '[' ? ']' : '}').repeat(100_000);
    writeFileSync(join(folder, 'config.json'), `{"model_type":"bert","deep":${deep}}`);
    for (const read of [readModelFolder, modelSummary]) {
      expect((await refusal(read(folder))).message).toContain('more than 100 lists and objects within each other');
    }
  });

  it('with members of a prototype is data like any other', async () => {
    writeFileSync(join(folder, 'config.json'), '{"__proto__":{"hidden_size":7},"constructor":5,"num_attention_heads":1e300,"num_hidden_layers":2}');
    expect((await readModelFolder(folder)).config).toMatchObject({ hiddenSize: null, heads: null, layers: 2 });
  });
});

describe('weights in place of a graph', () => {
  it.each(['pytorch_model.bin', 'pytorch_model-00001-of-00002.bin', 'model.pt', 'weights.pkl', 'last.ckpt'])('as %s are pickles, which are never loaded', async (file) => {
    renameSync(join(folder, 'model.onnx'), join(folder, file));
    const { code, message } = await refusal(readModelFolder(folder));
    expect(code).toBe('model-missing');
    expect(message).toContain(`It holds ${file}: pickles are never loaded`);
    expect(message).toContain(`optimum-cli export onnx --model ${folder} ${folder}-onnx`);
  });

  it('of another format are named', async () => {
    renameSync(join(folder, 'model.onnx'), join(folder, 'model.safetensors'));
    expect((await refusal(readModelFolder(folder))).message).toContain('It holds model.safetensors, which is of another format');
  });
});

describe.skipIf(!unix)('external data', () => {
  it.each([
    ['a named pipe', (path: string) => { execFileSync('mkfifo', [path]); }],
    ['a folder', (path: string) => { mkdirSync(path); }],
  ])('that is %s is refused', async (kind, make) => {
    make(join(folder, 'weights.bin'));
    expect((await refusal(findExternalData(folder, ['weights.bin']))).message).toContain(`is ${kind}, not a file`);
  });

  it('of a name that no system takes is refused, without repeating it', async () => {
    const { message } = await refusal(findExternalData(folder, ['x'.repeat(100_000)]));
    expect(message).toContain('in 100000 letters');
    expect(message.length).toBeLessThan(400);
  });

  it('that links to a device is refused as outside', async () => {
    symlinkSync('/dev/zero', join(folder, 'weights.bin'));
    expect((await refusal(findExternalData(folder, ['weights.bin']))).message).toContain('lies outside its folder');
  });
});
