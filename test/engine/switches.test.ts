import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import { HeadlightError } from '../../src/errors';
import type { AttentionMap } from '../../src/lenses/attention/contract';
import { nothingOff, type Switches } from '../../src/lenses/whatIf/contract';
import { largestDifference } from '../../src/math/largestDifference';

const builtInModels = join(import.meta.dirname, '..', '..', 'models');
const loads: string[] = [];
const engine = new Engine((target, signal) => {
  loads.push(`${target.model}${target.intervenes ? ', open to changes' : ''}`);
  return loadModel(target, { builtInModels, storage: null }, signal);
});
afterAll(() => engine.dispose());

const encoder = { model: 'encoder', device: 'cpu' } as const;
const text = 'The cow jumped over the moon.';
const off = (switches: Partial<Switches>): { readonly switches: Switches } => ({ switches: { ...nothingOff, ...switches } });
const idsOf = async (of: string, target: { readonly model: string; readonly device: 'cpu' } = encoder): Promise<readonly number[]> =>
  (await engine.call('attention/overview', { ...target, text: of })).tokens.map(({ id }) => id);
const moon = { ...encoder, text, maskRange: { start: 24, end: 28 }, top: 1 } as const;
const refused = async (call: Promise<unknown>): Promise<HeadlightError> => {
  const error: unknown = await call.then(() => null, (cause: unknown) => cause);
  expect(error).toBeInstanceOf(HeadlightError);
  return error as HeadlightError;
};

describe('switches of a model that reads', () => {
  it('change every lens at once, and nothing once all is on again', async () => {
    const before = await engine.call('predictions/predict', moon);
    const heads = Array.from({ length: 12 }, (_, head) => ({ part: 'encoder', layer: 5, head }) as const);
    const during = await engine.call('predictions/predict', { ...moon, ...off({ heads }) });
    expect(Math.abs(Math.log(during.masks[0]!.original!.probability / before.masks[0]!.original!.probability))).toBeGreaterThan(0.1);
    const measured = await engine.call('evidence/measure', { ...encoder, ...off({ heads }), outcome: { kind: 'word', text, at: moon.maskRange, word: 'moon' } });
    expect(measured.value).toBeCloseTo(during.masks[0]!.original!.probability, 6);
    const pair = { ...encoder, first: text, second: 'The dish ran away with the spoon.' };
    expect((await engine.call('nextSentence/score', { ...pair, ...off({ heads }) })).isNext).not.toBeCloseTo((await engine.call('nextSentence/score', pair)).isNext, 3);
    const after = await engine.call('predictions/predict', { ...moon, switches: nothingOff });
    expect(after.masks[0]!.original!.probability).toBe(before.masks[0]!.original!.probability);
  });

  it('leave the logit lens what it is: the states before what is off say what they always say', async () => {
    const entropies = async (switches: Partial<Switches>): Promise<readonly number[]> =>
      (await engine.call('predictions/depth', { ...moon, ...off(switches) })).places.find(({ index }) => index === 6)!.states.map(({ entropy }) => entropy);
    const [whole, without] = [await entropies({}), await entropies({ layers: [{ part: 'encoder', layer: 4 }] })];
    expect(without.slice(0, 5)).toEqual(whole.slice(0, 5));
    // The skipped layer hands on what it read.
    expect(without[5]).toBe(without[4]);
    expect(without[6]).not.toBe(whole[6]);
  });

  it('load the model once more, and once for all that is off', async () => {
    await engine.call('predictions/predict', { ...moon, ...off({ withoutPositions: true }) });
    await engine.call('predictions/predict', { ...moon, ...off({ layers: [{ part: 'encoder', layer: 1 }] }) });
    expect(loads.filter((name) => name.startsWith('encoder'))).toEqual(expect.arrayContaining(['encoder', 'encoder, open to changes']));
    expect(loads.filter((name) => name.startsWith('encoder'))).toHaveLength(2);
  });

  it('take a token out as if it had never been written', async () => {
    const ids = await idsOf(text);
    const shorter = 'The jumped over the moon.';
    const map = { kind: 'head', layer: 3, head: 4 } as const;
    const own: AttentionMap = await engine.call('attention/map', { ...encoder, ...off({ ids, tokens: [{ token: 2, to: 'deleted' }] }), text, map });
    const theirs: AttentionMap = await engine.call('attention/map', { ...encoder, text: shorter, map });
    const [count, fewer] = [ids.length, ids.length - 1];
    const kept = ids.map((_, token) => token).filter((token) => token !== 2);
    const weights = Float32Array.from({ length: fewer * fewer }, (_, at) => own.weights[kept[Math.floor(at / fewer)]! * count + kept[at % fewer]!]!);
    expect(largestDifference(weights, Float32Array.from(theirs.weights))).toBeLessThanOrEqual(1e-6);
    for (let token = 0; token < count; token++) expect(own.weights[token * count + 2]).toBe(0);
  });

  it('put another token in its place as if that had been written', async () => {
    const ids = await idsOf(text);
    const other = await idsOf('The dog jumped over the moon.');
    const replaced = await engine.call('predictions/predict', { ...moon, ...off({ ids, tokens: [{ token: 2, to: { id: other[2]! } }] }) });
    const written = await engine.call('predictions/predict', { ...moon, text: 'The dog jumped over the moon.' });
    expect(replaced.masks[0]!.original!.probability).toBeCloseTo(written.masks[0]!.original!.probability, 8);
  });

  it('hide a token from all, or cut one edge, in its own text alone', async () => {
    const ids = await idsOf(text);
    const map = { kind: 'head', layer: 2, head: 1 } as const;
    const weights = async (switches: Partial<Switches>, of = text): Promise<readonly number[]> => [...(await engine.call('attention/map', { ...encoder, ...off({ ids, ...switches }), text: of, map })).weights];
    const hidden = await weights({ tokens: [{ token: 2, to: 'hidden' }] });
    for (let query = 0; query < ids.length; query++) expect(hidden[query * ids.length + 2]).toBe(0);
    const cut = await weights({ edges: [{ part: 'encoder', layer: 2, head: 1, query: 4, key: 2 }] });
    expect(cut.map((weight, at) => (weight === 0 ? at : -1)).filter((at) => at >= 0)).toEqual([4 * ids.length + 2]);
    const elsewhere = 'A dog jumped over the moon.';
    expect(await weights({ tokens: [{ token: 2, to: 'hidden' }] }, elsewhere)).toEqual([...(await engine.call('attention/map', { ...encoder, text: elsewhere, map })).weights]);
  });

  it('refuse to ask anything of a token that is out', async () => {
    const ids = await idsOf(text);
    expect((await refused(engine.call('predictions/predict', { ...moon, ...off({ ids, tokens: [{ token: 6, to: 'deleted' }] }) }))).message).toContain('“moon” is deleted by a switch');
  });

  it('put means in the place of zeros where that is wanted, the same each time', async () => {
    const heads = [{ part: 'encoder', layer: 0, head: 3 }] as const;
    const ask = async (ablation: Switches['ablation']): Promise<number> => (await engine.call('predictions/predict', { ...moon, ...off({ heads, ablation }) })).masks[0]!.original!.probability;
    const mean = await ask('mean');
    expect(mean).not.toBe(await ask('zero'));
    expect(await ask('mean')).toBe(mean);
  });

  it.each([
    [{ heads: [{ part: 'encoder', layer: 6, head: 0 }] }, 'no head 6.0'],
    [{ heads: [{ part: 'cross', layer: 0, head: 0 }] }, 'no cross-attention'],
    [{ layers: [{ part: 'decoder', layer: 0 }] }, 'no decoder self-attention'],
  ] as const)('name what the model does not have: %j', async (switches, words) => {
    const error = await refused(engine.call('predictions/predict', { ...moon, ...off(switches) }));
    expect(error.code).toBe('cannot-intervene');
    expect(error.message).toContain(words);
  });
});

describe('switches of a model that writes', () => {
  const translator = { model: 'translator', device: 'cpu' } as const;
  const translated = async (switches: Partial<Switches>): Promise<string> =>
    (await engine.call('translation/translate', { ...translator, ...off(switches), text, choice: { kind: 'greedy' }, alternatives: 0 })).output;

  it('hold at every step: without cross-attention nothing is known of the source', async () => {
    const { crossLayers, crossHeads } = await engine.call('translation/translate', { ...translator, text, choice: { kind: 'greedy' }, alternatives: 0 });
    const heads = Array.from({ length: crossLayers * crossHeads }, (_, at) => ({ part: 'cross', layer: Math.floor(at / crossHeads), head: at % crossHeads }) as const);
    const blind = await Promise.all(['The cow jumped over the moon.', 'We have repaired two old clocks.'].map(async (of) =>
      (await engine.call('translation/translate', { ...translator, ...off({ heads }), text: of, choice: { kind: 'greedy' }, alternatives: 0 })).output));
    // How much may be written depends on the source's length.
    expect(blind[0]!.slice(0, 20)).toBe(blind[1]!.slice(0, 20));
    expect(blind[0]!.slice(0, 20)).not.toBe((await translated({})).slice(0, 20));
  });

  it('a source token that is out is counted on, with no weight', async () => {
    const ids = (await engine.call('attention/overview', { ...translator, text })).tokens.map(({ id }) => id);
    const { steps } = await engine.call('translation/translate', { ...translator, ...off({ ids, tokens: [{ token: 1, to: 'deleted' }] }), text, choice: { kind: 'greedy' }, alternatives: 0, attention: true });
    const [first] = steps;
    expect(first!.crossAttention!.length % ids.length).toBe(0);
    for (let at = 1; at < first!.crossAttention!.length; at += ids.length) expect(first!.crossAttention![at]).toBe(0);
    const cross = await engine.call('attention/map', { ...translator, ...off({ ids, tokens: [{ token: 1, to: 'deleted' }] }), text, part: 'cross', map: { kind: 'head', layer: 0, head: 0 } });
    for (let at = 1; at < cross.weights.length; at += ids.length) expect(cross.weights[at]).toBe(0);
  });

  it('in a decoder stack the prompt is shortened, and what is written goes on behind it', async () => {
    const decoder = { model: 'decoder', device: 'cpu', text: 'The cow jumped over' } as const;
    const ids = (await engine.call('attention/overview', decoder)).tokens.map(({ id }) => id);
    const request = { ...decoder, choice: { kind: 'greedy' }, alternatives: 0, maxTokens: 4 } as const;
    const shortened = await engine.call('generation/generate', { ...request, ...off({ ids, tokens: [{ token: 1, to: 'deleted' }] }) });
    const written = await engine.call('generation/generate', { ...request, text: 'The jumped over' });
    expect(shortened.steps.map(({ id }) => id)).toEqual(written.steps.map(({ id }) => id));
    expect(shortened.steps[0]!.probability).toBeCloseTo(written.steps[0]!.probability, 6);
    const next = { kind: 'nextToken', text: decoder.text, token: written.steps[0]!.id } as const;
    expect((await engine.call('evidence/measure', { ...decoder, ...off({ ids, tokens: [{ token: 1, to: 'deleted' }] }), outcome: next })).value).toBeCloseTo(written.steps[0]!.probability, 6);
  });

  it('an LSTM has none, and says so', async () => {
    const error = await refused(engine.call('translation/translate', { model: 'rnn-attention', device: 'cpu', text, choice: { kind: 'greedy' }, alternatives: 0, ...off({ heads: [{ part: 'cross', layer: 0, head: 0 }] }) }));
    expect(error.code).toBe('cannot-intervene');
  });
});
