import { describe, expect, it } from 'vitest';
import { agreementInWords } from '../../../src/lenses/evidence/agreementInWords';
import { attribution } from '../../../src/lenses/evidence/attribution';
import type { Attribution } from '../../../src/lenses/evidence/attributionContract';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu' } as const;
const text = 'the cow walking over [MASK] moon';
const gap = { start: text.indexOf('['), end: text.indexOf(']') + 1 };
const outcome = { kind: 'word', text, at: gap, word: 'grass' } as const;

/** Grass is the likelier the more cows are read, and less so after "over". */
const model = fakeModel({
  logits: (ids) => {
    const logits = new Array<number>(fakeId('apple') + 1).fill(0);
    logits[fakeId('grass')] = 2 * ids.filter((id) => id === fakeId('cow')).length - ids.filter((id) => id === fakeId('over')).length;
    return logits;
  },
});

describe('attribution', () => {
  it('measures an outcome without each word, but for the place that is asked about', async () => {
    for (const method of ['mask', 'delete'] as const) {
      const found = await attribution({ ...target, outcome, by: 'word', method }, contextOf(model));
      expect(found.name).toBe('P(grass)');
      expect(found.parts.map(({ start, end }) => text.slice(start, end))).toEqual(['the', 'cow', 'walking', 'over', 'moon']);
      const effects = found.parts.map(({ effect }) => Math.sign(Math.round(effect * 1e6)));
      expect(effects).toEqual([0, 1, 0, -1, 0]);
      for (const { effect, without } of found.parts) expect(effect).toBeCloseTo(found.value - without, 6);
    }
  });

  it('or each token', async () => {
    const { parts } = await attribution({ ...target, outcome, by: 'token', method: 'mask' }, contextOf(model));
    expect(parts.map(({ tokens }) => tokens)).toEqual([[1], [2], [3], [4], [5], [7]]);
  });

  it('reads attention from the place that is asked about, with its rank correlation', async () => {
    const { attended, layer, parts, tokens } = await attribution({ ...target, outcome, by: 'word', method: 'mask' }, contextOf(model));
    expect(layer).toBe(1);
    expect(attended.map(({ way }) => way)).toEqual(['attention', 'rollout']);
    // Token 6 looks by layer 1, head h at token 6 + 1 + h, the first ones behind the last: moon, [SEP], [CLS].
    expect(tokens).toHaveLength(9);
    expect([...attended[0]!.weights].map((weight) => Math.round(weight * 3))).toEqual([0, 0, 0, 0, 1]);
    expect(attended[0]!.correlation).toBeLessThan(0);
    expect(parts).toHaveLength(5);
  });

  it('weighs it by norms where the file holds the output projection', async () => {
    const found = await attribution({ ...target, outcome, by: 'word', method: 'mask' }, contextOf(fakeModel({ outputProjection: new Float32Array(12).fill(1) })));
    expect(found.attended.map(({ way }) => way)).toEqual(['attention', 'norms', 'rollout']);
    // All values are as long, so that the norms change nothing.
    expect([...found.attended[1]!.weights]).toEqual([...found.attended[0]!.weights].map((weight) => expect.closeTo(weight, 6) as number));
    // Nothing does anything here: there is no order to agree with.
    expect(found.attended.every(({ correlation }) => correlation === null)).toBe(true);
  });

  it('refuses what is of many texts, and a text that is the place alone', async () => {
    await expect(attribution({ ...target, outcome: { kind: 'separation', groups: [] }, by: 'word', method: 'mask' }, contextOf(model))).rejects.toMatchObject({ code: 'out-of-range' });
    const alone = { kind: 'word', text: '[MASK]', at: { start: 0, end: 6 }, word: 'grass' } as const;
    await expect(attribution({ ...target, outcome: alone, by: 'word', method: 'mask' }, contextOf(model))).rejects.toMatchObject({ code: 'empty-text' });
  });
});

describe('agreement in words', () => {
  const of = async (): Promise<Attribution> => attribution({ ...target, outcome, by: 'word', method: 'mask' }, contextOf(model));

  it('says where attention misleads', async () => {
    const found = await of();
    const said = agreementInWords(found.attended[0]!, found, (part) => text.slice(found.parts[part]!.start, found.parts[part]!.end));
    expect(said).toMatch(/^Attention of the last layer \(1\), mean of 3 heads, runs against what leaving words out does: rank correlation −0\.\d\d\. /);
    expect(said).toContain('It looks most at “moon”, but without “over” most changes.');
  });

  it('says nothing where there is too little to rank', async () => {
    const found = await of();
    expect(agreementInWords({ ...found.attended[0]!, correlation: null }, found, () => '')).toContain('too little to rank');
  });
});
