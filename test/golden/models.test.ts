import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { wordRelations } from '../../src/lenses/attention/compareContract';
import { compareWords } from '../../src/lenses/attention/compareWords';
import { attentionMap } from '../../src/lenses/attention/compute';
import { attentionSum } from '../../src/lenses/attention/sum';
import type { ComputeContext } from '../../src/lenses/compute';
import type { ModelOutputs, Tensor } from '../../src/lenses/model';
import { crossing } from '../../src/lenses/nextSentence/crossing';
import { predictByDepth } from '../../src/lenses/predictions/depth';
import { contextOf } from '../support/computeContext';
import { type Golden, largestDifference, readGolden } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const encoderGoldens = join(root, 'test', 'golden', 'encoder');
const fixtures = join(root, 'test', 'fixtures', 'models');
const setup = { builtInModels: join(root, 'models'), storage: null };
const { signal } = new AbortController();

/** fp32 against PyTorch. */
const tolerance = 1e-4;

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, signal);

/** Runs a golden's text and fetches everything that can be fetched. */
async function runAll(model: LoadedModel, golden: Golden): Promise<ModelOutputs> {
  const { tokens } = model.tokenizer.encode(golden.text, golden.pair ?? undefined);
  expect(tokens.map((token) => token.id)).toEqual(golden.ids);
  expect(tokens.map((token) => [token.start, token.end])).toEqual(golden.ranges);
  const layers = Array.from({ length: model.info.layers }, (_, layer) => layer);
  const logits = golden.tensor('logits');
  const places = golden.masks?.map((mask) => mask.position) ?? [];
  const everywhere = logits?.dims[0] === tokens.length ? tokens.map((_, index) => index) : places;
  return model.run(
    [{ tokens }],
    {
      attention: layers,
      hidden: [...layers, layers.length],
      queryKeyValue: layers,
      logitsAt: logits ? everywhere.map((token) => ({ row: 0, token })) : [],
      nextSentence: model.info.hasNextSentenceHead,
    },
    signal,
  );
}

/** One layer of a golden tensor `[layer, …]`. */
function layerOf(tensor: Tensor, layer: number): Float32Array {
  const size = tensor.data.length / tensor.dims[0]!;
  return tensor.data.subarray(layer * size, (layer + 1) * size);
}

function expectLikePyTorch(outputs: ModelOutputs, golden: Golden): void {
  const compare = (name: string, ours: ReadonlyMap<number, Tensor>): void => {
    const theirs = golden.tensor(name);
    if (!theirs) return;
    expect(ours.size, name).toBe(theirs.dims[0]);
    for (const [layer, tensor] of ours) {
      expect(largestDifference(tensor.data, layerOf(theirs, layer)), `${name} ${layer}`).toBeLessThanOrEqual(tolerance);
    }
  };
  compare('attention', outputs.attention);
  compare('hidden', outputs.hidden);
  for (const part of ['query', 'key', 'value'] as const) {
    compare(part, new Map([...outputs.queryKeyValue].map(([layer, vectors]) => [layer, vectors[part]])));
  }
  const logits = golden.tensor('logits');
  if (logits && logits.data.length > 0) expect(largestDifference(outputs.logits!.data, logits.data), 'logits').toBeLessThanOrEqual(tolerance);
  const next = golden.tensor('nextSentenceLogits');
  if (next) expect(largestDifference(outputs.nextSentence!.data, next.data)).toBeLessThanOrEqual(tolerance);
}

describe('built-in encoder against PyTorch', () => {
  const cases = readdirSync(encoderGoldens)
    .filter((file) => file.endsWith('.bin'))
    .map((file) => file.replace('.bin', ''));
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load('encoder');
  });
  afterAll(() => model.dispose());

  it('goldens were made from the weights that are here', () => {
    const { modelSha256: made } = JSON.parse(readFileSync(join(encoderGoldens, 'index.json'), 'utf8')) as {
      modelSha256: string;
    };
    const graph = readFileSync(join(root, 'models', 'encoder', 'model.onnx'));
    expect(createHash('sha256').update(graph).digest('hex')).toBe(made);
    expect(cases.length).toBeGreaterThanOrEqual(6);
  });

  it.each(cases)('%s', async (name) => {
    const golden = readGolden(join(encoderGoldens, name));
    expect(golden.tensor('attention')?.dims.slice(0, 2)).toEqual([6, 12]);
    expectLikePyTorch(await runAll(model, golden), golden);
  });
});

describe('what is made of the attention, against NumPy and PyTorch', () => {
  const golden = readGolden(join(encoderGoldens, 'mask'));
  const request = { model: 'encoder', device: 'cpu', text: golden.text } as const;
  let context: ComputeContext;
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load('encoder');
    context = contextOf(model);
  });
  afterAll(() => model.dispose());
  const part = (name: string): Tensor => golden.tensor(name) ?? expect.fail(`The golden has no ${name}.`);

  it('rollout', async () => {
    for (let layer = 0; layer < 6; layer++) {
      const { weights } = await attentionMap({ ...request, map: { kind: 'rollout', layer } }, context);
      expect(largestDifference(weights, layerOf(part('rollout'), layer))).toBeLessThanOrEqual(tolerance);
    }
  });

  it('norms', async () => {
    const all = part('norms');
    const area = all.dims[2]! * all.dims[3]!;
    for (let at = 0; at < 72; at++) {
      const { weights } = await attentionMap({ ...request, map: { kind: 'norms', layer: Math.floor(at / 12), head: at % 12 } }, context);
      expect(largestDifference(weights, all.data.subarray(at * area, (at + 1) * area))).toBeLessThanOrEqual(tolerance);
    }
  });

  it('what every layer would say', async () => {
    const lens = part('logitLens');
    const { stride, likeliest } = golden.lens!;
    const { tokens } = model.tokenizer.encode(golden.text);
    const logitsAt = Array.from({ length: 7 }, (_, state) => golden.masks!.map(({ position }) => ({ row: 0, token: position, state }))).flat();
    const { logits } = await model.run([{ tokens }], { logitsAt }, signal);
    const vocabulary = logits!.dims[1]!;
    const some = Float32Array.from(logits!.data.filter((_, at) => (at % vocabulary) % stride === 0));
    expect(largestDifference(some, lens.data)).toBeLessThanOrEqual(tolerance);
    const { places } = await predictByDepth({ ...request, top: 5 }, context);
    expect(places.map(({ index }) => index)).toEqual(tokens.slice(1, -1).map((_, at) => at + 1));
    for (const [at, { position, top }] of golden.masks!.entries()) {
      const { states } = places.find(({ index }) => index === position)!;
      expect(states.at(-1)!.predictions.map(({ id }) => id)).toEqual(top.map(({ id }) => id));
      expect(states.map(({ predictions: [best] }) => best!.id)).toEqual(likeliest[at]);
    }
  });

  it('the sum, step by step', async () => {
    const [layer, head, query] = [3, 1, 4];
    const sum = await attentionSum({ ...request, layer, head, query }, context);
    const rowOf = (name: string): Float32Array => {
      const { data, dims } = part(name);
      const width = dims.at(-1)!;
      const from = ((layer * dims[1]! + head) * dims[2]! + query) * width;
      return data.subarray(from, from + width);
    };
    const ofToken = (name: string): Float32Array => part(name).data.subarray(query * 384, (query + 1) * 384);
    expect(largestDifference(sum.queryVector, rowOf('query'))).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(sum.weights, rowOf('attention'))).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(sum.output, rowOf('headOutput'))).toBeLessThanOrEqual(tolerance);
    expect(sum.unexplained).toBeLessThanOrEqual(tolerance);
    for (const name of ['word', 'position', 'segment'] as const) {
      expect(largestDifference(sum.embeddings[name]!, ofToken(name)), name).toBeLessThanOrEqual(tolerance);
    }
    const hidden = part('hidden');
    sum.residual.forEach((norm, state) => {
      const vector = layerOf(hidden, state).subarray(query * 384, (query + 1) * 384);
      expect(norm).toBeCloseTo(Math.hypot(...vector), 3);
    });
  });
});

describe('one word in two texts, against PyTorch', () => {
  const goldens = ['mask', 'coreference'].map((name) => readGolden(join(encoderGoldens, name)));
  const rangeOf = ({ text }: Golden): { start: number; end: number } => ({ start: text.indexOf('jumped'), end: text.indexOf('jumped') + 6 });
  const places = goldens.map((golden) => golden.ranges.findIndex(([start]) => start === rangeOf(golden).start));

  it('cosines of every state, and what every head gives to the word itself', async () => {
    const model = await load('encoder');
    const [one, two] = goldens as [Golden, Golden];
    const request = { model: 'encoder', device: 'cpu', text: one.text, word: rangeOf(one), other: { text: two.text, word: rangeOf(two) } } as const;
    const { cosines, profiles } = await compareWords(request, contextOf(model));
    const vectorOf = (golden: Golden, which: number, state: number): Float32Array =>
      layerOf(golden.tensor('hidden')!, state).subarray(places[which]! * 384, (places[which]! + 1) * 384);
    expect(cosines).toHaveLength(7);
    cosines.forEach((cosine, state) => {
      const [a, b] = goldens.map((golden, which) => vectorOf(golden, which, state)) as [Float32Array, Float32Array];
      const product = a.reduce((sum, x, at) => sum + x * b[at]!, 0);
      expect(cosine).toBeCloseTo(product / (Math.hypot(...a) * Math.hypot(...b)), 4);
    });
    goldens.forEach((golden, which) => {
      const { data, dims } = golden.tensor('attention')!;
      const size = dims[3]!;
      for (let head = 0; head < 72; head++) {
        const itself = profiles[which]![head * wordRelations.length + wordRelations.indexOf('itself')];
        expect(itself).toBeCloseTo(data[(head * size + places[which]!) * size + places[which]!]!, 4);
      }
    });
    await model.dispose();
  });
});

describe('attention between two sentences, against PyTorch', () => {
  it('is what its weights give, special tokens left out', async () => {
    const model = await load('encoder');
    const golden = readGolden(join(encoderGoldens, 'pair'));
    const answer = await crossing({ model: 'encoder', device: 'cpu', first: golden.text, second: golden.pair! }, contextOf(model));
    const [separator, end] = [golden.ids.indexOf(102), golden.ids.lastIndexOf(102)];
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
    const [a, b] = [range(1, separator), range(separator + 1, end)];
    const { data, dims } = golden.tensor('attention')!;
    const size = dims[3]!;
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (let head = 0; head < 72; head++) {
      const weight = (query: number, keys: readonly number[]): number => keys.reduce((sum, key) => sum + data[(head * size + query) * size + key]!, 0);
      expect(answer.firstToSecond[head]).toBeCloseTo(mean(a.map((query) => weight(query, b) / weight(query, [...a, ...b]))), 4);
      expect(answer.secondToFirst[head]).toBeCloseTo(mean(b.map((query) => weight(query, a) / weight(query, [...a, ...b]))), 4);
      expect(answer.onWords[head]).toBeCloseTo(mean([...a, ...b].map((query) => weight(query, [...a, ...b]))), 4);
    }
    await model.dispose();
  });
});

describe('the head that the lesson names', () => {
  it('lets "it" look at the cow', async () => {
    const model = await load('encoder');
    const { tokens } = model.tokenizer.encode('The cow ate her treat that Sally gave, and it jumped over the moon.');
    const { attention } = await model.run([{ tokens }], { attention: [2] }, signal);
    const at = (text: string): number => tokens.findIndex((token) => token.text === text);
    const [head, size] = [5, tokens.length];
    const row = attention.get(2)!.data.subarray((head * size + at('it')) * size, (head * size + at('it') + 1) * size);
    const words = row.map((weight, key) => (tokens[key]!.special ? 0 : weight));
    expect(words.indexOf(Math.max(...words))).toBe(at('cow'));
    expect(row[at('cow')]).toBeGreaterThan(0.2);
    await model.dispose();
  });
});

/** Every export's weights are softmax(q·Kᵀ/√d) where its mask allows, and its parts add up before the first layer. */
async function expectExplained(model: LoadedModel, { text, pair }: Golden): Promise<void> {
  const request = { model: model.info.id, device: 'cpu', text, ...(pair === null ? {} : { pair }), layer: 1, head: 1, query: 2 } as const;
  const sum = await attentionSum(request, contextOf(model));
  expect(sum.unexplained).toBeLessThanOrEqual(tolerance);
  expect(sum.embeddings.word).toHaveLength(model.info.hiddenSize);
  expect(sum.embeddings.position).toHaveLength(model.info.hiddenSize);
  expect(model.attention[1]!.outputProjection).toHaveLength(model.info.hiddenSize ** 2);
}

describe('exports of other shapes against PyTorch', () => {
  const names = readdirSync(fixtures);

  it('are all there', () => {
    expect(names).toEqual(expect.arrayContaining(['bert-tiny', 'bert-tiny-opset14', 'distilbert-tiny', 'gpt2-tiny']));
  });

  it.each(names)('%s', async (name) => {
    const model = await load(join(fixtures, name));
    const golden = readGolden(join(fixtures, name, 'golden'));
    expect(golden.tensor('attention')).not.toBeNull();
    expect(model.info.limits).toEqual([]);
    expectLikePyTorch(await runAll(model, golden), golden);
    await expectExplained(model, golden);
    await model.dispose();
  });
});
