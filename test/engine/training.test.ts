import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { saveTrained, trainClassifier } from '../../src/engine/training/calls';
import { isCancelled } from '../../src/errors';
import type { LensProgress } from '../../src/lenses/calls';
import { readWindow } from '../../src/lenses/readText';
import type { Pooling, TrainedClassifier, TrainRequest } from '../../src/lenses/training/contract';
import { saveClassifier } from '../../src/library/saveClassifier';
import { logitsOf } from '../../src/math/logisticRegression';
import { contextOf } from '../support/computeContext';
import { fakeModel, type FakeModelOptions } from '../support/fakeModel';

const root = join(import.meta.dirname, '..', '..');
const python = join(root, 'models', 'recipes', '.venv', 'bin', 'python');
const setup = { builtInModels: join(root, 'models'), storage: null };
const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, new AbortController().signal);

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'headlight-training-')); });
afterEach(() => rm(folder, { recursive: true }));

const request = (model: string, text: string, more: Partial<TrainRequest> = {}): TrainRequest => ({
  model, device: 'cpu', name: 'data.tsv', text, layer: -1, pooling: 'mean', seed: 1, cache: null, ...more,
});

/** The first word tells the label, by its own direction. */
const hidden: FakeModelOptions['hidden'] = (state, token, index) => [state > 0 && index < 2 ? (token.id % 2 ? 1 : -1) : 0, 0.1 * (token.id % 5), 0.05 * index, 1];
const words = ['cow', 'moon', 'grass', 'stand', 'river', 'money', 'music', 'apple', 'bank', 'walk'];
const lines = (labels: readonly string[], count: number): string =>
  Array.from({ length: count }, (_, at) => `${labels[at % labels.length]!}\t${words[at % 10]!} ${words[Math.floor(at / 10) % 10]!} the ${words[(at * 7) % 10]!}`).join('\n');

describe('training a classifier', () => {
  it('measures on held-out lines, and is the same for the same seed', async () => {
    const text = lines(['odd', 'even'], 100);
    const trained = await trainClassifier(request('fake', text), contextOf(fakeModel({ hidden })));
    expect(trained).toMatchObject({ labels: ['even', 'odd'], counts: [50, 50], split: { training: 80, heldOut: 20 }, state: 2, notKept: null, leftOut: { total: 0 } });
    const { accuracy, confusion, interval } = trained.figures;
    expect(confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(20);
    expect(accuracy).toBe((confusion[0]![0]! + confusion[1]![1]!) / 20);
    expect(interval[0] < accuracy && accuracy <= interval[1]).toBe(true);
    expect(trained.wrongTotal).toBe(20 - confusion[0]![0]! - confusion[1]![1]!);
    expect(trained.learning.at(-1)).toMatchObject({ examples: 80, accuracies: [accuracy] });
    expect(trained.states.map(({ accuracies, pooling }) => [pooling, accuracies.length])).toEqual([['cls', 3], ['mean', 3]]);
    expect(trained.states.find(({ pooling }) => pooling === 'mean')!.accuracies[2]).toBe(accuracy);
    expect(trained.losses.every((loss, at) => at === 0 || loss <= trained.losses[at - 1]!)).toBe(true);
    const again = await trainClassifier(request('fake', text), contextOf(fakeModel({ hidden })));
    expect({ ...again, seconds: null }).toEqual({ ...trained, seconds: null });
    const other = await trainClassifier(request('fake', text, { seed: 2 }), contextOf(fakeModel({ hidden })));
    expect(other.head).not.toEqual(trained.head);
  });

  it('names the most wrong with their places', async () => {
    const text = `${lines(['odd', 'even'], 60)}\n${Array.from({ length: 20 }, (_, at) => `${at % 2 ? 'odd' : 'even'}\tcow ${words[at % 10]!} ${words[(at * 3) % 10]!} and ${at}`).join('\n')}`;
    const { labels, wrong } = await trainClassifier(request('fake', text), contextOf(fakeModel({ hidden })));
    expect(wrong.length).toBeGreaterThan(0);
    for (const { end, label, line, probability, said, saidProbability, start, text: content } of wrong) {
      expect(text.slice(start, end)).toBe(text.split('\n')[line - 1]);
      expect(text.slice(start, end)).toBe(`${labels[label]!}\t${content}`);
      expect(said !== label && saidProbability > probability).toBe(true);
    }
    expect(wrong.map(({ probability }) => probability)).toEqual(wrong.map(({ probability }) => probability).toSorted((a, b) => a - b));
  });

  it.each([
    ['', /empty/],
    ['a\tcow\na\tmoon', /All 2 examples of data\.tsv have the label “a”/],
    ['a\tcow\na\tmoon\nb\tgrass', /one example only: “b” \(line 3\)/],
    ['The cow\tx\nThe moon\ty\nGrass\tz\nThe river\tx y\nA cow\tu', /5 labels have one example only.*and others.*swap the columns/],
  ])('refuses %j', async (text, message) => {
    await expect(trainClassifier(request('fake', text), contextOf(fakeModel({ hidden })))).rejects.toMatchObject({ code: 'data-unusable', message: expect.stringMatching(message) as string });
  });

  it('of a label with two examples goes on without choosing the penalty', async () => {
    const { penalty, split } = await trainClassifier(request('fake', 'a\tcow\na\tmoon\nb\tgrass\nb\triver\nb\tmoney'), contextOf(fakeModel({ hidden })));
    expect([penalty.folds, split]).toEqual([0, { training: 3, heldOut: 2 }]);
  });

  it('refuses [CLS] of a model that has none, and states that it does not have', async () => {
    const text = lines(['a', 'b'], 20);
    const causal = fakeModel({ hidden });
    const decoder = { ...causal, attention: causal.attention.map((layer) => ({ ...layer, kind: 'causal' as const })) };
    await expect(trainClassifier(request('fake', text, { pooling: 'cls' }), contextOf(decoder))).rejects.toThrow(/no token such as \[CLS\].*Choose the mean/);
    expect((await trainClassifier(request('fake', text), contextOf(decoder))).states.map(({ pooling }) => pooling)).toEqual(['mean']);
    await expect(trainClassifier(request('fake', text, { layer: 3 }), contextOf(causal))).rejects.toMatchObject({ code: 'out-of-range' });
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const told: LensProgress[] = [];
    await trainClassifier(request('fake', lines(['a', 'b'], 100)), contextOf(fakeModel({ hidden }), (progress) => told.push(progress)));
    expect([...new Set(told.map(({ message }) => message))]).toEqual([
      'Reading the examples', 'Choosing the penalty by cross-validation', 'Fitting', 'Training on fewer examples', 'Comparing hidden states',
    ]);
    const losses = told.filter(({ message }) => message === 'Fitting').map(({ training }) => training!.losses.length);
    expect(losses).toEqual(losses.map((_, at) => at + 1));
    const stopped = new AbortController();
    let runs = 0;
    const engine = new Engine(() => Promise.resolve(fakeModel({ hidden, onRun: () => { if (++runs === 2) stopped.abort(); } })));
    const text = Array.from({ length: 2000 }, (_, at) => `${at % 2 ? 'a' : 'b'}\tcow ${at} moon ${at} grass`).join('\n');
    const error: unknown = await engine.call('training/train', request('fake', text), { signal: stopped.signal }).catch((reason: unknown) => reason);
    expect(isCancelled(error)).toBe(true);
    expect(runs).toBeLessThan(4);
  });

  it('keeps vectors for the next process, and reads only what is new', async () => {
    let rows = 0;
    const model = (): LoadedModel => fakeModel({ hidden, onRun: (batch) => { rows += batch.length; } });
    const cached = (text: string, more: Partial<TrainRequest> = {}): Promise<TrainedClassifier> => trainClassifier(request('fake', text, { cache: folder, ...more }), contextOf(model()));
    const text = lines(['a', 'b'], 50);
    const first = await cached(text);
    expect([rows, first.remembered]).toEqual([50, 0]);
    const second = await cached(text, { layer: 1, seed: 5 });
    expect([rows, second.remembered]).toEqual([50, 50]);
    expect((await cached(`${text}\na\tand now the moon`)).remembered).toBe(50);
    expect(rows).toBe(51);
    expect({ ...(await cached(text)), seconds: null, remembered: 0 }).toEqual({ ...first, seconds: null });
    // A file that was cut short, or changed, is read as far as it is whole.
    const [file] = await readdir(folder);
    await truncate(join(folder, file!), (await stat(join(folder, file!))).size - 10);
    expect((await cached(`${text}\na\tand now the moon`)).remembered).toBe(50);
    const bytes = await readFile(join(folder, file!));
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(join(folder, file!), bytes);
    expect((await cached(text)).remembered).toBe(25);
    await appendFile(join(folder, file!), 'noise');
    expect((await cached(text)).remembered).toBe(50);
    const other = await trainClassifier(request('fake', text, { cache: folder }), contextOf({ ...model(), fingerprint: 'other' }));
    expect(other.remembered).toBe(0);
  });

  it('goes on where vectors cannot be kept, and says so', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const trained = await trainClassifier(request('fake', lines(['a', 'b'], 20), { cache: join(file, 'below') }), contextOf(fakeModel({ hidden })));
    expect(trained.notKept).toMatch(/ENOTDIR|EEXIST/);
  });
});

const texts = ['The cow jumped over the moon.', 'No.', 'A stand of trees by the river, and much more than that.', 'Money', 'She ate her apple'];
const trees = Array.from({ length: 12 }, (_, at) => `${['x', 'y', 'z'][at % 3]!}\t${texts[at % 5]!} ${at}`).join('\n');

/** What a graph says by itself. */
async function run(path: string, model: LoadedModel): Promise<number[][]> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 4, extra: { session: { disable_quant_qdq: '1' } } });
  expect(session.outputNames).toEqual(['logits']);
  const rows = texts.map((text) => readWindow(model, { text }).tokens);
  const width = Math.max(...rows.map((row) => row.length));
  const feed = (valueAt: (row: number, at: number) => number): Tensor =>
    new Tensor('int64', BigInt64Array.from(rows.flatMap((_, row) => Array.from({ length: width }, (__, at) => BigInt(valueAt(row, at))))), [rows.length, width]);
  const feeds: Record<string, Tensor> = {
    input_ids: feed((row, at) => rows[row]![at]?.id ?? model.tokenizer.padId),
    attention_mask: feed((row, at) => (at < rows[row]!.length ? 1 : 0)),
    token_type_ids: feed(() => 0),
    position_ids: feed((_, at) => at),
  };
  const { logits } = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
  await session.release();
  expect(logits!.type).toBe('float32');
  const labels = logits!.dims[1]!;
  return rows.map((_, row) => Array.from((logits!.data as Float32Array).subarray(row * labels, (row + 1) * labels)));
}

/** What the head says of the vectors that Headlight reads. */
async function ownLogits(model: LoadedModel, { head, pooling, state }: TrainedClassifier): Promise<number[][]> {
  const result: number[][] = [];
  for (const text of texts) {
    const { tokens } = readWindow(model, { text });
    const { data, dims } = (await model.run([{ tokens }], { hidden: [state] }, new AbortController().signal)).hidden.get(state)!;
    const size = dims[2]!;
    const count = pooling === 'cls' ? 1 : tokens.length;
    const vector = Float32Array.from({ length: size }, (_, i) => Array.from({ length: count }, (__, token) => data[token * size + i]!).reduce((sum, x) => sum + x, 0) / count);
    result.push(Array.from(logitsOf({ weights: Float32Array.from(head.weights), bias: Float32Array.from(head.bias) }, vector)));
  }
  return result;
}

const largest = (one: number[][], other: number[][]): number => Math.max(...one.flatMap((row, r) => row.map((x, k) => Math.abs(x - other[r]![k]!))));

/** A fixture's folder with its graphs as they are. */
async function familyFolder(name: string): Promise<string> {
  const from = join(root, 'test', 'fixtures', 'families', name);
  const to = join(folder, 'source');
  await mkdir(to);
  for (const file of await readdir(from)) {
    const bytes = await readFile(join(from, file));
    if (file.endsWith('.gz')) await writeFile(join(to, file.slice(0, -3)), gunzipSync(bytes));
    else await writeFile(join(to, file), bytes);
  }
  return to;
}

const families: readonly (readonly [string, Pooling, number, number])[] = [
  ['bert--optimum-eager-18-external', 'mean', -1, 1e-5],
  ['bert--optimum-eager-18-fused', 'cls', -1, 1e-5],
  ['bert--optimum-eager-18-fused', 'mean', 1, 1e-5],
  ['bert--dynamo-sdpa-23-fp32', 'mean', -1, 1e-5],
  ['bert-classifier--optimum-eager-18-fp32', 'cls', 1, 1e-5],
  ['deberta-v2--optimum-eager-18-fp32', 'mean', -1, 1e-5],
  ['modernbert--optimum-eager-14-fp32', 'mean', -1, 1e-5],
  ['xlm-roberta--optimum-eager-18-fp32', 'cls', -1, 1e-5],
  ['bart--optimum-1.16-eager-14-fp32', 'mean', -1, 1e-5],
  ['mt5--optimum-eager-18-fp32', 'mean', 1, 1e-5],
  ['bert--optimum-eager-18-fp16', 'mean', -1, 1e-2],
  ['gpt2--dynamo-sdpa-18-fp32', 'mean', -1, 1e-5],
];

describe('a saved classifier', () => {
  it.each(families)('of %s by %s, state %i, is one graph that says the same', async (name, pooling, layer, tolerance) => {
    const source = await familyFolder(name);
    const model = await load(source);
    const classifier = await trainClassifier(request(source, trees, { pooling, layer }), contextOf(model));
    const out = join(folder, 'saved');
    await saveTrained({ model: source, device: 'cpu', classifier, folder: out }, contextOf(model));
    expect(largest(await run(join(out, 'model.onnx'), model), await ownLogits(model, classifier))).toBeLessThanOrEqual(tolerance);
    await model.dispose();
    const saved = await load(out);
    expect([saved.info.layers, saved.info.hiddenSize]).toEqual([classifier.state, classifier.model.hiddenSize]);
    expect(saved.info.architecture).toMatch(/ForSequenceClassification$/);
    await saved.dispose();
  });

  it('of the built-in encoder has its labels, its tokenizer and its figures beside it', async () => {
    const model = await load('encoder');
    const text = await readFile(join(root, 'media', 'sentiment.tsv'), 'utf8');
    const classifier = await trainClassifier(request('encoder', text, { name: 'sentiment.tsv' }), contextOf(model));
    expect(classifier.figures.accuracy).toBeGreaterThan(0.8);
    const out = join(folder, 'saved');
    await saveTrained({ model: 'encoder', device: 'cpu', classifier, folder: out }, contextOf(model));
    expect(await readdir(folder)).toEqual(['saved']);
    const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({ architectures: ['BertForSequenceClassification'], id2label: { 0: 'negative', 1: 'positive' }, label2id: { negative: 0, positive: 1 }, model_type: 'bert', num_hidden_layers: 6 });
    expect(await readFile(join(out, 'tokenizer.json'), 'utf8')).toBe(await readFile(join(root, 'models', 'encoder', 'tokenizer.json'), 'utf8'));
    const card = await readFile(join(out, 'README.md'), 'utf8');
    expect(card).toMatch(/sentiment\.tsv \(TSV\), 64 examples; 0 lines left out/);
    expect(card).toContain(`${(100 * classifier.figures.accuracy).toFixed(1)} %`);
    expect(largest(await run(join(out, 'model.onnx'), model), await ownLogits(model, classifier))).toBeLessThanOrEqual(1e-5);
    // With weights in a file of their own it is the same.
    await saveClassifier(join(root, 'models', 'encoder'), classifier, join(folder, 'apart'), { mostInGraph: 1000 });
    expect((await stat(join(folder, 'apart', 'model.onnx'))).size).toBeLessThan(400_000);
    expect(await run(join(folder, 'apart', 'model.onnx'), model)).toEqual(await run(join(out, 'model.onnx'), model));
    await model.dispose();
    const saved = await load(join(folder, 'apart'));
    expect(saved.info.layers).toBe(6);
    await saved.dispose();
  });

  it.skipIf(!existsSync(python))('passes ONNX’s own checker', async () => {
    const source = await familyFolder('bert--optimum-eager-18-external');
    const model = await load(source);
    for (const pooling of ['cls', 'mean'] as const) {
      const classifier = await trainClassifier(request(source, trees, { pooling }), contextOf(model));
      await saveClassifier(source, classifier, join(folder, pooling));
      const { status, stderr } = spawnSync(python, ['-c', 'import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)', join(folder, pooling, 'model.onnx')], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
    await model.dispose();
  });

  it('is not made of what does not fit, nor over what is there, nor in part', async () => {
    const source = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
    const model = await load(source);
    const classifier = await trainClassifier(request(source, trees), contextOf(model));
    const save = (changed: Partial<TrainedClassifier>, to = join(folder, 'out')): Promise<unknown> =>
      saveTrained({ model: source, device: 'cpu', classifier: { ...classifier, ...changed }, folder: to }, contextOf(model));
    const { head } = classifier;
    for (const wrong of [{ labels: ['x', 'y'] }, { labels: ['x', 'x', 'y'] }, { head: { ...head, weights: head.weights.slice(1) } }, { head: { ...head, bias: [NaN, 0, 0] } }, { state: 99 }]) {
      await expect(save(wrong)).rejects.toMatchObject({ code: 'out-of-range' });
    }
    await expect(save({ state: 0 })).rejects.toThrow(/embeddings, has no attention/);
    await expect(save({}, folder)).rejects.toMatchObject({ code: 'file-not-written', message: expect.stringMatching(/is there already/) as string });
    await writeFile(join(folder, 'file'), '');
    await expect(save({}, join(folder, 'file', 'out'))).rejects.toMatchObject({ code: expect.stringMatching(/file-not-written|model-unreadable/) as string });
    expect(await readdir(folder)).toEqual(['file']);
    await model.dispose();
  });
});
