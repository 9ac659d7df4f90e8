import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EngineClient } from '../../src/engine/client';
import { RestartPolicy } from '../../src/engine/restartPolicy';
import { bundle } from '../support/bundle';

const root = join(import.meta.dirname, '..', '..');
const fixture = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
const limits = { load: 20_000, call: 8_000, grace: 500 };
let client: EngineClient;
let folder: string;

beforeAll(async () => {
  const setup = { builtInModels: join(root, 'models'), storage: null };
  client = new EngineClient({ entry: await bundle('src/engine/main.ts'), setup, timeouts: limits, restartPolicy: RestartPolicy.create(1, 1) });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-'));
  cpSync(fixture, folder, { recursive: true });
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
});
afterAll(() => client.dispose());

const overview = (model: string, text = 'the cow jumped over the moon'): Promise<unknown> => client.call('attention/overview', { model, device: 'cpu', text });
function changeTokenizer(change: (json: Record<string, unknown>) => void): void {
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(path, JSON.stringify(json));
}
function changeGraph(change: (model: onnx.ModelProto, graph: { readonly node: onnx.INodeProto[]; readonly initializer: onnx.ITensorProto[] }) => void): void {
  const path = join(folder, 'model.onnx');
  const model = onnx.ModelProto.decode(new Uint8Array(readFileSync(path)));
  change(model, { node: model.graph!.node!, initializer: model.graph!.initializer! });
  writeFileSync(path, onnx.ModelProto.encode(model).finish());
}

describe('a tokenizer with a pattern that does not end', () => {
  it('costs the engine its life at the call’s limit, and the next question is answered', async () => {
    await overview(fixture);
    const { pid } = client;
    changeTokenizer((json) => {
      json['normalizer'] = null;
      json['pre_tokenizer'] = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false };
    });
    const started = performance.now();
    await expect(overview(folder, `${'a'.repeat(50)}!`)).rejects.toMatchObject({ name: 'HeadlightError', code: 'engine-hung' });
    expect(performance.now() - started).toBeLessThan(limits.call + limits.grace + 5_000);
    await overview(fixture);
    expect(client.pid).not.toBe(pid);
  });
});

describe('a graph', () => {
  it('of a custom domain is refused by domain and operator, and no library is loaded', async () => {
    changeGraph((model, { node }) => {
      const softmax = node.find(({ opType }) => opType === 'Softmax')!;
      softmax.domain = 'evil.example';
      softmax.opType = 'Exfiltrate';
      model.opsetImport.push(onnx.OperatorSetIdProto.create({ domain: 'evil.example', version: 1 }));
      node.push({ opType: 'Softmax', input: [softmax.input![0]!], output: ['other'] });
    });
    await expect(overview(folder)).rejects.toMatchObject({ code: 'cannot-instrument', message: expect.stringMatching(/evil\.example.*Exfiltrate|Exfiltrate.*evil\.example/) as string });
  });

  it('that takes more memory than there is says so, and the engine goes on', async () => {
    await overview(fixture);
    const { pid } = client;
    changeGraph(({ graph }, { node, initializer }) => {
      initializer.push({ name: 'size', dataType: 7, dims: [1], int64Data: [2 ** 45] });
      node.push({ opType: 'ConstantOfShape', input: ['size'], output: ['vast'] });
      const cast = { opType: 'ReduceSum', input: ['vast'], output: ['sum'] };
      const logits = node.find(({ output }) => output?.[0] === 'logits')!;
      logits.output = ['before'];
      node.push(cast, { opType: 'Add', input: ['before', 'sum'], output: ['logits'] });
      graph!.output = graph!.output!.filter(({ name }) => name === 'logits');
    });
    const predicted = client.call('predictions/predict', { model: folder, device: 'cpu', text: 'the [MASK]', top: 1 });
    await expect(predicted).rejects.toMatchObject({ code: 'out-of-memory', message: expect.stringContaining('Unload Models') as string });
    await overview(fixture);
    expect(client.pid).toBe(pid);
  });

  it('whose ids do not fit the tokenizer is refused in the runtime’s words', async () => {
    changeTokenizer((json) => {
      const { vocab } = json['model'] as { vocab: Record<string, number> };
      for (const piece of Object.keys(vocab)) vocab[piece]! += 5000;
    });
    await expect(overview(folder)).rejects.toMatchObject({ code: 'run-failed', message: expect.stringMatching(/could not be computed on cpu: node .*Gather.*Its files may not belong together/) as string });
  });

  it('of other heads than its configuration is refused', async () => {
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...config, num_attention_heads: 8 }));
    await expect(overview(folder)).rejects.toMatchObject({ code: 'model-broken', message: expect.stringContaining('has 4 heads, while its config.json states 8 heads') as string });
  });
});

describe('memory', () => {
  it('is told by model, and given back on demand', async () => {
    await client.call('model/load', { model: 'encoder', device: 'cpu' });
    expect(client.status.held.at(-1)).toMatchObject({ id: 'encoder', device: 'cpu' });
    // The built-in encoder's weights in fp32.
    expect(client.status.held.at(-1)!.bytes).toBeGreaterThan(50 * 2 ** 20);
    await client.unload();
    expect(client.status.held).toEqual([]);
    await overview(fixture);
  });
});
