import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { Outcome } from '../../src/lenses/evidence/contract';
import { effectOfHead, rankHeads } from '../../src/lenses/evidence/rankHeads';
import { partsOf, sizeOf } from '../../src/lenses/attention/parts';
import type { Ablation } from '../../src/lenses/whatIf/contract';
import { nothingOff } from '../../src/lenses/whatIf/contract';
import { switchedModel } from '../../src/lenses/whatIf/switchedModel';
import { contextOf } from '../support/computeContext';
import { committedFamilies, unpacked } from '../support/families';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures');
const { signal } = new AbortController();
const text = 'The cow jumped over the moon.';
const pair = [{ sentence: text, start: 24, end: 28 }, { sentence: 'They saw the moon rise over a very old river.', start: 13, end: 17 }] as const;

async function opened<T>(folder: string, work: (model: LoadedModel) => Promise<T>): Promise<T> {
  const model = await loadModel({ model: folder, device: 'cpu', intervenes: true, resumes: true }, { builtInModels: join(root, 'models'), storage: null }, signal);
  try {
    return await work(model);
  } finally {
    await model.dispose();
  }
}

/** Largest difference between the effects that runs from the states below a head give, and those of whole runs. */
async function difference(model: LoadedModel, outcome: Outcome, ablation: Ablation): Promise<number> {
  const context = contextOf(model);
  const ranking = await rankHeads({ model: model.info.id, device: 'cpu', outcome, ablation }, context);
  expect(ranking.parts.map(({ part }) => part)).toEqual(partsOf(model.info));
  let largest = 0;
  let strongest = 0;
  for (const { part, effects } of ranking.parts) {
    const { layers, heads } = sizeOf(model.info, part);
    expect(effects).toHaveLength(layers * heads);
    for (let at = 0; at < effects.length; at++) {
      const { effect, value } = await effectOfHead(outcome, { part, layer: Math.floor(at / heads), head: at % heads }, ablation, context);
      expect(value).toBeCloseTo(ranking.value, 6);
      largest = Math.max(largest, Math.abs(effect - effects[at]!));
      strongest = Math.max(strongest, Math.abs(effect));
    }
  }
  // Or there would be nothing to compare.
  expect(strongest).toBeGreaterThan(0);
  return largest;
}

describe('ranked heads, each from the states below it, equal whole runs', () => {
  for (const [name, folder] of [
    ['bert-tiny', join(fixtures, 'models', 'bert-tiny')],
    ['bert-tiny-dynamo', join(fixtures, 'models', 'bert-tiny-dynamo')],
    ['distilbert-tiny', join(fixtures, 'models', 'distilbert-tiny')],
    // Relative position bias, which all layers read, stays outside of them.
    ['mpnet', unpacked(committedFamilies, 'mpnet--optimum-eager-18-fp32')],
    ['deberta-v2', unpacked(committedFamilies, 'deberta-v2--optimum-eager-18-fp32')],
    ['modernbert', unpacked(committedFamilies, 'modernbert--optimum-eager-18-fp32')],
    ['albert', unpacked(committedFamilies, 'albert--optimum-eager-18-fp32')],
    ['bert in fp16', unpacked(committedFamilies, 'bert--optimum-eager-18-fp16')],
    ['bert in four bits', unpacked(committedFamilies, 'bert--optimum-eager-18-q4')],
  ] as const) {
    it(`of ${name}`, () => opened(folder, async (model) => {
      expect(model.resumes).toBe(true);
      for (const ablation of ['zero', 'mean'] as const) expect(await difference(model, { kind: 'cosine', pair }, ablation)).toBeLessThan(1e-5);
    }));
  }

  for (const [name, folder] of [
    ['gpt2-tiny', join(fixtures, 'models', 'gpt2-tiny')],
    ['gpt2 with a cache', join(fixtures, 'writers', 'gpt2')],
    ['llama', join(fixtures, 'writers', 'llama')],
    ['opt', join(fixtures, 'writers', 'opt')],
  ] as const) {
    it(`of ${name}, which writes on`, () => opened(folder, async (model) => {
      expect(model.resumes).toBe(true);
      expect(await difference(model, { kind: 'nextToken', text, token: 7 }, 'zero')).toBeLessThan(1e-5);
    }));
  }

  it('of t5, which is asked in whole runs', () => opened(join(fixtures, 'writers', 't5'), async (model) => {
    expect(await difference(model, { kind: 'nextToken', text, token: 7 }, 'zero')).toBeLessThan(1e-5);
  }));

  it('where some of the model is off already', () => opened(join(fixtures, 'models', 'bert-tiny'), async (model) => {
    const context = contextOf(model);
    const ids = model.tokenizer.encode(text).tokens.map(({ id }) => id);
    const switches = { ...nothingOff, heads: [{ part: 'encoder', layer: 0, head: 1 }], tokens: [{ token: 2, to: 'deleted' }], ids } as const;
    const switched = { ...model, ...(await switchedModel(switches, context)) };
    expect(switched.resumes).toBe(true);
    const outcome = { kind: 'cosine', pair } as const;
    const ranking = await rankHeads({ model: 'x', device: 'cpu', outcome, ablation: 'zero' }, { ...context, model: switched });
    const off = ranking.parts[0]!.effects[1]!;
    expect(off).toBeCloseTo(0, 6);
    expect(await difference(switched, outcome, 'zero')).toBeLessThan(1e-5);
  }));
});
