import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from '../support/bundle';
import { HubServer } from '../support/hubServer';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', 'fixtures', 'models', 'bert-tiny', name));
const beside = Object.fromEntries(['config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => [name, fixture(name)]));
const graph = fixture('model.onnx');

let entry: string;
let server: HubServer;
let cache: string;
beforeAll(async () => {
  entry = await bundle('test/support/commandLine.ts');
});
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'headlight-cli-hub-'));
  server = await HubServer.start({
    'acme/bert-tiny': { task: 'fill-mask', files: { ...beside, 'onnx/model.onnx': graph, 'onnx/model_quantized.onnx': graph.subarray(0, 5000) } },
    'acme/torch': { task: 'fill-mask', files: { ...beside, 'model.safetensors': Buffer.from('weights') } },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(cache, { recursive: true, force: true });
});

function headlight(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, 'download', ...args], { env: { ...process.env, HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: cache, HF_HOME: cache, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => { resolve({ code, stdout, stderr }); });
  });
}

describe('headlight download', () => {
  it('prints where the model lies', async () => {
    const { code, stderr, stdout } = await headlight(['acme/bert-tiny', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const said = JSON.parse(stdout) as { path: string };
    expect(said).toMatchObject({ id: 'acme/bert-tiny', variant: 'fp32' });
    expect(readFileSync(said.path).equals(graph)).toBe(true);
    expect(JSON.parse((await headlight(['--cached', '--json'])).stdout)).toMatchObject([{ id: 'acme/bert-tiny', variant: 'fp32', path: said.path, bytes: graph.length }]);
  });

  it.each(['q8', 'quantized'])('takes the variant %s', async (variant) => {
    expect((await headlight(['acme/bert-tiny', '--variant', variant])).stdout).toMatch(/onnx\/model_quantized\.onnx\n$/);
  });

  it('lists variants, and downloads none of them', async () => {
    const { stdout } = await headlight(['acme/bert-tiny', '--list']);
    expect(stdout).toMatch(/^fp32 .*model\.onnx\nq8 .*model_quantized\.onnx\n$/);
    expect(server.asked().filter((path) => path.includes('/resolve/'))).toEqual([]);
  });

  it('lists what is worth a look, and asks nobody', async () => {
    const { code, stdout } = await headlight([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Xenova/bert-base-uncased\n  BERT base, uncased, about 440 MB in fp32, 110 MB in q8');
    expect(stdout).toContain('optimum-cli export onnx --model google-bert/bert-large-uncased --task fill-mask bert-large-uncased-onnx');
    expect(server.requests).toEqual([]);
  });

  it.each([
    [['acme/nothing'], 1, /acme\/nothing is not on/],
    [['../etc'], 1, /no repository's name/],
    [['acme/bert-tiny', '--variant', 'q2'], 2, /no variant "q2". There are fp32, q8/],
    [['acme/torch'], 1, /optimum-cli export onnx --model acme\/torch --task fill-mask torch-onnx/],
    [['--cached'], 1, /There is no ONNX model/],
  ])('%j says what to do', async (args, code, message) => {
    expect(await headlight(args)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) as string });
  });

  it('asks nobody when offline', async () => {
    expect(await headlight(['acme/bert-tiny'], { HF_HUB_OFFLINE: '1' })).toMatchObject({ code: 1, stderr: expect.stringContaining('HF_HUB_OFFLINE') as string });
    expect(server.requests).toEqual([]);
  });
});
