import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { attentionMap, attentionMetrics, attentionOverview } from '../../src/lenses/attention/compute';
import type { AttentionMapKey, AttentionPart, AttentionRequest } from '../../src/lenses/attention/contract';
import { attentionSum } from '../../src/lenses/attention/sum';
import { translate } from '../../src/lenses/translation/compute';
import { contextOf } from '../support/computeContext';
import { type Golden, largestDifference, readGolden } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'writers');
const goldens = join(root, 'test', 'golden', 'writing');
const setup = { builtInModels: join(root, 'models'), storage: null };
const { signal } = new AbortController();
/** fp32 against PyTorch. */
const tolerance = 1e-4;

type Written = Golden & { readonly greedy: readonly number[]; readonly beams?: unknown };

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, signal);

/** All heads of a part, one after the other. `[layer, head, query, key]` */
async function allHeads(request: AttentionRequest, model: LoadedModel, kind: 'head' | 'norms' = 'head'): Promise<Float32Array> {
  const { heads, layers } = await attentionOverview(request, contextOf(model));
  const maps: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) maps.push(...(await attentionMap({ ...request, map: { kind, layer, head } }, contextOf(model))).weights);
  }
  return Float32Array.from(maps);
}

async function expectParts(golden: Written, request: Pick<AttentionRequest, 'model' | 'written'>, model: LoadedModel): Promise<void> {
  for (const [part, tensor] of [['decoder', 'self'], ['cross', 'cross']] as const) {
    const asked = { ...request, device: 'cpu', text: golden.text, part } as const;
    const { queries, tokens, written } = await attentionOverview(asked, contextOf(model));
    expect(written!.writes.map(({ id }) => id)).toEqual(golden.greedy);
    expect(written!.inputs.slice(1).map(({ id }) => id)).toEqual(golden.greedy.slice(0, -1));
    expect(queries).toEqual(part === 'cross' ? written!.writes : written!.inputs);
    expect(tokens.map(({ id }) => id)).toEqual(part === 'cross' ? golden.ids : written!.inputs.map(({ id }) => id));
    expect(largestDifference(await allHeads(asked, model), golden.tensor(tensor)!.data), part).toBeLessThanOrEqual(tolerance);
  }
}

const translators = readdirSync(fixtures).filter((name) => (readGolden(join(fixtures, name, 'golden')) as Written).beams !== undefined);

describe.each(translators)('%s looked at writing, against Transformers', (name) => {
  const golden = readGolden(join(fixtures, name, 'golden')) as Written;
  let model: LoadedModel;
  beforeAll(async () => { model = await load(join(fixtures, name)); });
  afterAll(() => model.dispose());

  it('attends to the same, to what is written and to the source', async () => {
    await expectParts(golden, { model: name, written: { ids: golden.greedy } }, model);
  });

  it('makes each row by queries, keys and values of the right text', async () => {
    for (const part of ['decoder', 'cross'] as const) {
      const request = { model: name, device: 'cpu', text: golden.text, part, written: { ids: golden.greedy }, layer: 1, head: 1, query: 2 } as const;
      const sum = await attentionSum(request, contextOf(model));
      const keys = part === 'cross' ? golden.ids.length : golden.greedy.length;
      expect(sum.keyVectors).toHaveLength(keys * sum.headSize);
      expect(sum.valueVectors).toHaveLength(keys * sum.headSize);
      expect([...sum.allowed]).toEqual(Array.from({ length: keys }, (_, key) => (part === 'cross' || key <= 2 ? 1 : 0)));
      expect(sum.residual).toHaveLength(3);
      // T5 neither scales its scores nor leaves them without a bias by position.
      if (!name.startsWith('t5')) expect(sum.unexplained).toBeLessThanOrEqual(tolerance);
    }
  });
});

describe('the built-in translator looked at writing', () => {
  const cases = readdirSync(goldens).filter((file) => /^translator-\d+\.json$/.test(file)).map((file) => file.replace('.json', ''));
  let model: LoadedModel;
  beforeAll(async () => { model = await load('translator'); });
  afterAll(() => model.dispose());

  it.each(cases)('%s: its own translation, against Transformers', async (name) => {
    await expectParts(readGolden(join(goldens, name)) as Written, { model: 'translator' }, model);
  });

  it('weighs by norms, and carries along, as Transformers does', async () => {
    const golden = readGolden(join(goldens, 'translator-0'));
    const hidden = golden.tensor('decoderHidden')!;
    const [states, places, size] = hidden.dims as [number, number, number];
    for (const [part, tensor] of [['decoder', 'selfNorms'], ['cross', 'crossNorms']] as const) {
      const request = { model: 'translator', device: 'cpu', text: golden.text, part } as const;
      expect(largestDifference(await allHeads(request, model, 'norms'), golden.tensor(tensor)!.data), part).toBeLessThanOrEqual(tolerance);
      const { residual } = await attentionSum({ ...request, layer: 3, head: 2, query: 4 }, contextOf(model));
      const lengths = Float32Array.from({ length: states }, (_, state) => Math.hypot(...hidden.data.subarray((state * places + 4) * size, (state * places + 5) * size)));
      expect(largestDifference(residual, lengths), part).toBeLessThanOrEqual(1e-3);
    }
  });

  it('looks, over the whole text at once, where its writer looks step by step', async () => {
    const text = 'The cow jumped over the moon.';
    const { steps } = await translate({ model: 'translator', device: 'cpu', text, choice: { kind: 'greedy' }, alternatives: 0 }, contextOf(model));
    const request = { model: 'translator', device: 'cpu', text } as const;
    for (const [part, rows] of [['cross', steps.map(({ crossAttention }) => crossAttention!)], ['decoder', steps.map(({ selfAttention }) => selfAttention!)]] as const) {
      const { queries, tokens, layers, heads } = await attentionOverview({ ...request, part }, contextOf(model));
      const all = await allHeads({ ...request, part }, model);
      expect(queries).toHaveLength(steps.length);
      rows.forEach((row, query) => {
        const keys = row.length / (layers * heads);
        const ours = Array.from({ length: layers * heads }, (_, head) => {
          const from = (head * queries.length + query) * tokens.length;
          return [...all.subarray(from, from + keys)];
        });
        expect(largestDifference(Float32Array.from(ours.flat()), row)).toBeLessThanOrEqual(1e-5);
      });
    }
  });

  it('says what stands where: rows are what is written, the stop token last', async () => {
    const request = { model: 'translator', device: 'cpu', text: 'The cow jumped over the moon.', part: 'cross', written: { text: 'La vaca saltó por encima de la luna.' } } as const;
    const { queries, tokens, written, kinds, windowed } = await attentionOverview(request, contextOf(model));
    expect(written).toMatchObject({ given: true, text: 'La vaca saltó por encima de la luna.' });
    expect(queries.map(({ text }) => text)).toEqual(['La', 'vac', 'a', 'saltó', 'por', 'encima', 'de', 'la', 'luna', '.', '</s>']);
    expect(queries.map(({ word }) => word)).toEqual([0, 1, 1, 2, 3, 4, 5, 6, 7, 7, null]);
    expect(queries.every(({ segment }) => segment === 1)).toBe(true);
    expect(written!.inputs[0]).toMatchObject({ special: true, word: null, start: 0, end: 0 });
    expect(tokens.map(({ text }) => text.trim())).toEqual(['The', 'cow', 'jumped', 'over', 'the', 'moon', '.', '</s>']);
    expect([new Set(kinds), windowed]).toEqual([new Set(['cross']), null]);
  });

  it('translates once and runs once, however much is asked', async () => {
    const request = { model: 'translator', device: 'cpu', text: 'Nobody has asked this before.', part: 'cross' } as const;
    const [looked, wrote] = [vi.spyOn(model.decoder!, 'run'), vi.spyOn(model.writer!, 'write')];
    const { written } = await attentionOverview(request, contextOf(model));
    const steps = wrote.mock.calls.length;
    expect(steps).toBe(written!.writes.length);
    await attentionMetrics(request, contextOf(model));
    await attentionMap({ ...request, map: { kind: 'model' } }, contextOf(model));
    await attentionOverview({ ...request, part: 'decoder' }, contextOf(model));
    expect([looked.mock.calls.length, wrote.mock.calls.length]).toEqual([2, steps]);
    vi.restoreAllMocks();
  });

  it('refuses what it cannot look into, and says why', async () => {
    const ask = (change: Partial<AttentionRequest>): Promise<unknown> =>
      attentionOverview({ model: 'translator', device: 'cpu', text: 'The cow.', part: 'cross', ...change }, contextOf(model));
    await expect(ask({ pair: 'It jumped.' })).rejects.toThrow(/not a pair/);
    await expect(ask({ text: ' ' })).rejects.toMatchObject({ code: 'empty-text' });
    await expect(ask({ written: { text: '' } })).rejects.toMatchObject({ code: 'empty-text' });
    await expect(ask({ written: { ids: [] } })).rejects.toMatchObject({ code: 'empty-text' });
    await expect(ask({ written: { ids: [5, 1_000_000] } })).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(ask({ written: { text: 'la vaca '.repeat(300) } })).rejects.toMatchObject({ code: 'text-too-long' });
    await expect(ask({ text: 'The cow jumped. '.repeat(200) })).rejects.toMatchObject({ code: 'text-too-long' });
  });

  it('measures across what means something there, and rolls out what is written only', async () => {
    const request = { model: 'translator', device: 'cpu', text: 'The cow jumped over the moon.' } as const;
    const { values } = await attentionMetrics({ ...request, part: 'cross' }, contextOf(model));
    expect(Object.keys(values).filter((name) => values[name as keyof typeof values] === null)).toEqual(['previousToken', 'nextToken', 'sameToken', 'crossSentence', 'distance']);
    const map = (part: AttentionPart, key: AttentionMapKey): Promise<unknown> => attentionMap({ ...request, part, map: key }, contextOf(model));
    await expect(map('cross', { kind: 'rollout', layer: 1 })).rejects.toMatchObject({ code: 'cannot-instrument' });
    await expect(map('decoder', { kind: 'rollout', layer: 1 })).resolves.toBeDefined();
  });
});

describe('an LSTM with alignment looked at writing', () => {
  it('shows the alignment as one head, and says that there is nothing behind it', async () => {
    const model = await load('rnn-attention');
    const request = { model: 'rnn-attention', device: 'cpu', text: 'The cow jumped over the moon.' } as const;
    const overview = await attentionOverview(request, contextOf(model));
    expect(overview).toMatchObject({ part: 'cross', layers: 1, heads: 1, kinds: ['cross'] });
    const { steps } = await translate({ ...request, choice: { kind: 'greedy' }, alternatives: 0 }, contextOf(model));
    const rows = Float32Array.from(steps.flatMap(({ crossAttention }) => [...crossAttention!]));
    expect(largestDifference(await allHeads(request, model), rows)).toBeLessThanOrEqual(1e-6);
    await expect(attentionSum({ ...request, layer: 0, head: 0, query: 0 }, contextOf(model))).rejects.toThrow(/without queries, keys and values/);
    await expect(attentionMap({ ...request, map: { kind: 'norms', layer: 0, head: 0 } }, contextOf(model))).rejects.toMatchObject({ code: 'cannot-instrument' });
    await expect(attentionOverview({ ...request, part: 'encoder' }, contextOf(model))).rejects.toThrow(/has no encoder/);
    await model.dispose();
  });
});
