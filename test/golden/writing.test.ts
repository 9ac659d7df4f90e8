import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { cosine } from '../../src/math/vector';
import { generate } from '../../src/lenses/generation/compute';
import { translate } from '../../src/lenses/translation/compute';
import { influence } from '../../src/lenses/translation/influence';
import { scoreTranslation } from '../../src/lenses/translation/score';
import type { WrittenStep } from '../../src/lenses/writing/contract';
import { drawable } from '../../src/lenses/writing/choose';
import { contextOf } from '../support/computeContext';
import { type Golden, largestDifference, readGolden } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const goldens = join(root, 'test', 'golden', 'writing');
const setup = { builtInModels: join(root, 'models'), storage: null };
const { signal } = new AbortController();
/** fp32 against PyTorch. */
const tolerance = 1e-4;

interface Written {
  readonly text: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  readonly logProbabilities: readonly number[];
}

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, signal);
const idsOf = (steps: readonly WrittenStep[]): number[] => steps.map(({ id }) => id);

function expectProbabilities(steps: readonly WrittenStep[], { logProbabilities }: Pick<Written, 'logProbabilities'>): void {
  const ours = Float32Array.from(steps, ({ logProbability }) => logProbability);
  expect(largestDifference(ours, Float32Array.from(logProbabilities))).toBeLessThanOrEqual(tolerance);
}

/** @param which part of the golden, `[layer, head, step, key]`; rows end with the step's last key */
function expectAttention(rows: Float32Array, golden: Golden, which: 'self' | 'cross', step: number): void {
  const { data, dims } = golden.tensor(which)!;
  const [layers, heads, steps, width] = dims as [number, number, number, number];
  const keys = rows.length / (layers * heads);
  const theirs = Array.from({ length: layers * heads }, (_, head) => [...data.subarray((head * steps + step) * width, (head * steps + step) * width + keys)]);
  expect(largestDifference(rows, Float32Array.from(theirs.flat())), `${which} ${step}`).toBeLessThanOrEqual(tolerance);
}

describe('the built-in translator against Transformers', () => {
  const cases = readdirSync(goldens).filter((file) => /^translator-\d+\.json$/.test(file)).map((file) => file.replace('.json', ''));
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load('translator');
  });
  afterAll(() => model.dispose());

  it('has cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(7);
  });

  it.each(cases)('%s: greedily, with attention, and with four beams', async (name) => {
    const golden = readGolden(join(goldens, name)) as Golden & Written & {
      readonly output: string;
      readonly beams: { readonly ids: number[]; readonly output: string; readonly score: number };
      readonly scored?: { readonly translation: string; readonly ids: number[]; readonly logProbabilities: number[] };
    };
    const request = { model: 'translator', device: 'cpu', text: golden.text, alternatives: 3, maxTokens: 60 } as const;
    const greedy = await translate({ ...request, choice: { kind: 'greedy' } }, contextOf(model));
    expect(greedy.tokens.map(({ id }) => id)).toEqual(golden.ids);
    expect(idsOf(greedy.steps)).toEqual(golden.greedy);
    expect(greedy.output).toBe(golden.output);
    expectProbabilities(greedy.steps, golden);
    greedy.steps.forEach(({ crossAttention, selfAttention }, step) => {
      expect(selfAttention).toHaveLength(6 * 8 * (step + 1));
      expectAttention(selfAttention!, golden, 'self', step);
      expectAttention(crossAttention!, golden, 'cross', step);
    });

    const searched = await translate({ ...request, choice: { kind: 'beams', beams: 4 } }, contextOf(model));
    expect(idsOf(searched.steps)).toEqual(golden.beams.ids);
    expect(searched.output).toBe(golden.beams.output);
    expect(searched.beams!.finished[0]!.score).toBeCloseTo(golden.beams.score, 4);

    if (!golden.scored) return;
    const scored = await scoreTranslation({ ...request, translation: golden.scored.translation }, contextOf(model));
    expect(idsOf(scored.steps)).toEqual(golden.scored.ids);
    expectProbabilities(scored.steps, golden.scored);
    expect(scored.output).toBe(golden.scored.translation);
  });

  it('translates the cow', async () => {
    const request = { model: 'translator', device: 'cpu', text: 'The cow jumped over the moon.', alternatives: 3 } as const;
    const { output, steps } = await translate({ ...request, choice: { kind: 'beams', beams: 4 } }, contextOf(model));
    expect(output).toBe('La vaca saltó sobre la luna.');
    expect(steps.map(({ end, start }) => output.slice(start, end))).toEqual(['La', 'vac', 'a', 'saltó', 'sobre', 'la', 'luna', '.', '']);
  });
});

describe.each(['rnn', 'rnn-attention'])('%s against ONNX Runtime in Python', (name) => {
  const { cases } = JSON.parse(readFileSync(join(goldens, `${name}.json`), 'utf8')) as {
    readonly cases: readonly (Written & { readonly alignment: readonly number[][]; readonly thought: readonly number[] })[];
  };

  it('writes the same, and aligns the same where it aligns', async () => {
    const model = await load(name);
    for (const golden of cases) {
      const request = { model: name, device: 'cpu', text: golden.text, alternatives: 3, maxTokens: 60 } as const;
      const { selfLayers, steps, tokens } = await translate({ ...request, choice: { kind: 'greedy' } }, contextOf(model));
      expect(tokens.map(({ id }) => id)).toEqual(golden.ids);
      expect(idsOf(steps)).toEqual(golden.greedy);
      expectProbabilities(steps, golden);
      expect(selfLayers).toBe(0);
      steps.forEach(({ crossAttention, selfAttention }, step) => {
        expect(selfAttention).toBeNull();
        if (golden.alignment.length === 0) expect(crossAttention).toBeNull();
        else expect(largestDifference(crossAttention!, Float32Array.from(golden.alignment[step]!))).toBeLessThanOrEqual(tolerance);
      });
      if (golden.thought.length === 0) continue;
      const thoughts = await model.writer!.thoughts!([golden.ids], signal);
      expect(largestDifference(thoughts.data, Float32Array.from(golden.thought))).toBeLessThanOrEqual(tolerance);
    }
    await model.dispose();
  });
});

describe('what is left of a word in the thought vector', () => {
  it('is the distance of the vectors with and without it', async () => {
    const model = await load('rnn');
    const text = 'The cow jumped.';
    const { tokens, words } = await influence({ model: 'rnn', device: 'cpu', text }, contextOf(model));
    expect(words.map(({ end, start }) => text.slice(start, end))).toEqual(['The', 'cow', 'jumped', '.']);
    const ids = tokens.map(({ id }) => id);
    const [cow] = words.slice(1);
    const vectors = await Promise.all([ids, ids.filter((_, index) => !cow!.tokens.includes(index))].map(async (source) => (await model.writer!.thoughts!([source], signal)).data));
    expect(cow!.cosineDistance).toBeCloseTo(1 - cosine(vectors[0]!, vectors[1]!), 5);
    expect(cow!.distance).toBeGreaterThan(0.05);
    await model.dispose();
  });
});

describe('the built-in decoder stack against Transformers', () => {
  it('writes on, layer by layer, penalized, and draws from the same tokens', async () => {
    const golden = readGolden(join(goldens, 'decoder')) as Golden & Written & {
      readonly output: string;
      readonly penalized: number[];
      readonly lensBest: number[][];
      readonly lensProbabilities: number[][];
      readonly sampling: { readonly temperature: number; readonly topK: number; readonly topP: number; readonly ids: number[]; readonly probabilities: number[] };
    };
    const model = await load('decoder');
    const request = { model: 'decoder', device: 'cpu', text: golden.text, alternatives: 3, maxTokens: 20, choice: { kind: 'greedy' } } as const;
    const written = await generate({ ...request, lens: 2 }, contextOf(model));
    expect(written.tokens.map(({ id }) => id)).toEqual(golden.ids);
    expect(idsOf(written.steps)).toEqual(golden.greedy);
    expect(written.output).toBe(golden.output);
    expect(written.cached).toBe(false);
    expectProbabilities(written.steps, golden);
    written.steps.forEach(({ lens, selfAttention }, step) => {
      expectAttention(selfAttention!, golden, 'self', step);
      expect(lens!.map(({ alternatives }) => alternatives[0]!.id)).toEqual(golden.lensBest.map((state) => state[step]));
      const theirs = golden.lensProbabilities.map((state) => state[step]!);
      expect(largestDifference(Float32Array.from(lens!, ({ probability }) => probability), Float32Array.from(theirs))).toBeLessThanOrEqual(tolerance);
    });
    const penalized = await generate({ ...request, repetitionPenalty: 1.3 }, contextOf(model));
    expect(idsOf(penalized.steps)).toEqual(golden.penalized);

    const first = await model.writer!.write(await model.writer!.read([[]], signal), { tokens: [golden.ids] }, signal);
    const { ids, probabilities } = drawable(first.logits.data, golden.sampling);
    expect(ids).toEqual(golden.sampling.ids);
    expect(largestDifference(probabilities, Float32Array.from(golden.sampling.probabilities))).toBeLessThanOrEqual(tolerance);
    await model.dispose();
  });
});
