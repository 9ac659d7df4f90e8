import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { ComputeContext } from '../../src/lenses/compute';
import { generate } from '../../src/lenses/generation/compute';
import type { Generation } from '../../src/lenses/generation/contract';
import { translate } from '../../src/lenses/translation/compute';
import { translateLines } from '../../src/lenses/translation/lines';
import { scoreTranslation } from '../../src/lenses/translation/score';
import type { Translation } from '../../src/lenses/translation/contract';
import type { WrittenStep } from '../../src/lenses/writing/contract';
import { contextOf } from '../support/computeContext';
import { type Golden, largestDifference, readGolden } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'writers');
const setup = { builtInModels: join(root, 'models'), storage: null };
const { signal } = new AbortController();
/** fp32 against PyTorch. */
const tolerance = 1e-4;
/** Most tokens that the goldens' `generate` wrote. */
const maxTokens = 12;

type WriterGolden = Golden & {
  readonly greedy: readonly number[];
  readonly output: string;
  readonly beams?: readonly { readonly ids: readonly number[]; readonly score: number }[];
};

/** One step of a tensor `[layer, head, step, key]` as `[layer, head, key]`, with as many keys as there were. */
function stepOf({ data, dims }: { readonly data: Float32Array; readonly dims: readonly number[] }, step: number, keys: number): Float32Array {
  const [layers, heads, steps, width] = dims as [number, number, number, number];
  const rows = Array.from({ length: layers * heads }, (_, row) => {
    const from = (row * steps + step) * width;
    return [...data.subarray(from, from + keys)];
  });
  return Float32Array.from(rows.flat());
}

/** Attention, probabilities and what each layer would write, at each step. */
function expectLikeTransformers(steps: readonly WrittenStep[], golden: Golden, firstKeys: number): void {
  const logits = golden.tensor('logits')!;
  const [count, vocabulary] = logits.dims as [number, number];
  expect(steps).toHaveLength(count);
  const lens = golden.tensor('lens');
  const [self, cross] = [golden.tensor('self')!, golden.tensor('cross')];
  steps.forEach((step, index) => {
    const own = logits.data.subarray(index * vocabulary, (index + 1) * vocabulary);
    const logProbabilities = logProbabilitiesOf(own);
    expect(Math.abs(step.logProbability - logProbabilities[step.id]!), `log-probability ${index}`).toBeLessThanOrEqual(tolerance);
    for (const { id, probability } of step.alternatives) expect(probability).toBeCloseTo(Math.exp(logProbabilities[id]!), 4);
    expect(largestDifference(step.selfAttention!, stepOf(self, index, firstKeys + index)), `self-attention ${index}`).toBeLessThanOrEqual(tolerance);
    if (cross) expect(largestDifference(step.crossAttention!, stepOf(cross, index, cross.dims[3]!)), `cross-attention ${index}`).toBeLessThanOrEqual(tolerance);
    if (!lens) return;
    expect(step.lens).toHaveLength(lens.dims[0]!);
    step.lens!.forEach((state, which) => {
      const from = (which * count + index) * vocabulary;
      const theirs = logProbabilitiesOf(lens.data.subarray(from, from + vocabulary));
      expect(Math.abs(state.probability - Math.exp(theirs[step.id]!)), `state ${which}`).toBeLessThanOrEqual(tolerance);
      for (const { id, probability } of state.alternatives) expect(Math.abs(probability - Math.exp(theirs[id]!))).toBeLessThanOrEqual(tolerance);
    });
  });
}

function logProbabilitiesOf(logits: Float32Array): Float64Array {
  const most = Math.max(...logits);
  const sum = logits.reduce((all, logit) => all + Math.exp(logit - most), 0);
  return Float64Array.from(logits, (logit) => logit - most - Math.log(sum));
}

const idsOf = (steps: readonly WrittenStep[]): number[] => steps.map(({ id }) => id);

describe.each(readdirSync(fixtures))('%s, exported by Optimum, against Transformers', (name) => {
  const golden = readGolden(join(fixtures, name, 'golden')) as WriterGolden;
  const request = { model: name, device: 'cpu', text: golden.text, alternatives: 3, maxTokens } as const;
  let model: LoadedModel;
  let context: ComputeContext;
  let greedy: Translation | Generation;
  const isTranslation = golden.beams !== undefined;

  beforeAll(async () => {
    model = await loadModel({ model: join(fixtures, name), device: 'cpu' }, setup, signal);
    context = contextOf(model);
    greedy = isTranslation
      ? await translate({ ...request, choice: { kind: 'greedy' } }, context)
      : await generate({ ...request, choice: { kind: 'greedy' }, lens: 3 }, context);
  });
  afterAll(() => model.dispose());

  it('shows all there is', () => {
    expect(model.info.limits).toEqual([]);
    expect(model.info.writes).toMatchObject({ task: isTranslation ? 'translation' : 'continuation', layers: 2 });
  });

  it('reads the text alike', () => {
    expect(greedy.tokens.map(({ id }) => id)).toEqual(golden.ids);
  });

  it('writes the same tokens, the most probable each time', () => {
    expect(idsOf(greedy.steps)).toEqual(golden.greedy);
    expect(greedy.output).toBe(golden.output);
  });

  it('looks at the same, step by step', () => {
    expectLikeTransformers(greedy.steps, golden, greedy.firstKeys.length);
  });

  it.runIf(isTranslation)('finds the same with four beams, one text or many', async () => {
    const choice = { kind: 'beams', beams: 4 } as const;
    const { beams, steps } = await translate({ ...request, choice }, context);
    const [best] = golden.beams!;
    expect(idsOf(steps)).toEqual(best!.ids);
    const scores = golden.beams!.map(({ score }) => score);
    expect(largestDifference(Float32Array.from(beams!.finished, ({ score }) => score), Float32Array.from(scores))).toBeLessThanOrEqual(tolerance);
    const { lines } = await translateLines({ ...request, texts: ['The boat.', golden.text, ''], choice }, context);
    expect(lines[1]!.output).toBe(model.tokenizer.decode(best!.ids));
    expect(lines[2]).toEqual({ output: '', logProbability: 0, cut: false });
  });

  it('goes on from a prefix as if it had written it', async () => {
    const prefix = { ids: golden.greedy.slice(0, 4) };
    const choice = { kind: 'greedy' } as const;
    const again = isTranslation ? await translate({ ...request, choice, prefix }, context) : await generate({ ...request, choice, prefix, lens: 3 }, context);
    expect(again.steps.map(({ forced }) => forced)).toEqual(golden.greedy.map((_, step) => step < 4));
    expectLikeTransformers(again.steps, golden, again.firstKeys.length);
  });

  it.runIf(isTranslation)('scores what it is given by the same distributions', async () => {
    const scored = await scoreTranslation({ ...request, translation: golden.text }, context);
    const again = await translate({ ...request, choice: { kind: 'greedy' }, prefix: { ids: idsOf(scored.steps) }, maxTokens: scored.steps.length }, context);
    expect(again.logProbability).toBeCloseTo(scored.logProbability, 4);
    expect(scored.perplexity).toBeCloseTo(Math.exp(-scored.logProbability / scored.steps.length), 6);
  });
});
