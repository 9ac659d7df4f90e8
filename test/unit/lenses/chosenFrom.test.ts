import { describe, expect, it } from 'vitest';
import { applyRules } from '../../../src/lenses/writing/applyRules';
import { chooserOf } from '../../../src/lenses/writing/choose';
import { chosenFrom } from '../../../src/lenses/writing/chosenFrom';
import type { Greedy, Sampling } from '../../../src/lenses/writing/contract';
import { distributionOf } from '../../../src/lenses/writing/describeStep';
import type { WritingRules } from '../../../src/lenses/writing/rules';
import type { TextTokenizer } from '../../../src/text/tokenizer';

const rules: WritingRules = {
  start: [], stop: [], forcedFirst: null, forcedLast: null, suppressed: [], noRepeat: 0, minLength: 0, repetitionPenalty: 1,
  lengthPenalty: 1, earlyStopping: false,
};
const tokenizer = { display: (id: number) => `t${id}`, startsWord: () => true } as unknown as TextTokenizer;
/** Two thirds below zero, so that a penalty meets either sign. */
const logits = Float32Array.from({ length: 40 }, (_, id) => 4 * Math.sin(id * 1.7) - 1.5);

const from = (choice: Greedy | Sampling, { count = 5, penalty = 1, before = [] as number[], written = [] as number[] } = {}) => {
  const ruled = applyRules(logits, { ...rules, repetitionPenalty: penalty }, { before, given: 0, maxTokens: 9 });
  return { ruled, ...chosenFrom(distributionOf(logits, count, tokenizer), ruled, choice, count, written, tokenizer) };
};

/** Shares of so many draws. */
function drawn(ruled: Float32Array, choice: Sampling, draws: number): Map<number, number> {
  const choose = chooserOf(choice);
  const shares = new Map<number, number>();
  for (let turn = 0; turn < draws; turn++) {
    const { id } = choose(ruled);
    shares.set(id, (shares.get(id) ?? 0) + 1 / draws);
  }
  return shares;
}

describe('what is chosen from', () => {
  it('is the model’s own distribution where nothing changes it', () => {
    for (const choice of [{ kind: 'greedy' }, { kind: 'sample', seed: 1 }] as const) {
      const { chances, drawable, entropy } = from(choice);
      expect(chances).toHaveLength(5);
      for (const { chance, probability } of chances) expect(chance).toBeCloseTo(probability, 6);
      expect(drawable).toBe(40);
      expect(entropy).toBeCloseTo(distributionOf(logits, 0, tokenizer).entropy, 5);
    }
  });

  it.each([
    ['a temperature', { temperature: 0.5 }, 1],
    ['top-k', { topK: 3 }, 1],
    ['top-p', { topP: 0.6 }, 1],
    ['a penalty', {}, 1.8],
    ['all of them', { temperature: 1.6, topK: 20, topP: 0.9 }, 1.3],
  ])('has the chances with which tokens are drawn: %s', (_, settings, penalty) => {
    const choice: Sampling = { kind: 'sample', seed: 7, ...settings };
    const { chances, drawable, ruled } = from(choice, { count: 40, penalty, before: [1, 5, 11, 30] });
    expect(chances.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 5);
    expect(chances.filter(({ chance }) => chance > 0)).toHaveLength(drawable);
    const shares = drawn(ruled, choice, 20_000);
    for (const { chance, id } of chances) expect(Math.abs((shares.get(id) ?? 0) - chance)).toBeLessThan(0.015);
  });

  it('lists what a penalty lets come up, and the written token, behind the model’s best, with both probabilities', () => {
    const best = from({ kind: 'greedy' }).chances.map(({ id }) => id);
    const { chances } = from({ kind: 'greedy' }, { penalty: 4, before: best, written: [3] });
    expect(chances.slice(0, 5).map(({ id }) => id)).toEqual(best);
    expect(chances.length).toBeGreaterThan(6);
    expect(chances.at(-1)!.id).toBe(3);
    const own = distributionOf(logits, 40, tokenizer).alternatives;
    for (const { id, probability } of chances) expect(probability).toBeCloseTo(own.find((one) => one.id === id)!.probability, 7);
    expect(chances[5]!.chance).toBeGreaterThan(chances[5]!.probability);
  });

  it('counts what can be drawn', () => {
    expect(from({ kind: 'sample', seed: 1, topK: 3 }).drawable).toBe(3);
    expect(from({ kind: 'sample', seed: 1, topK: 1 }).entropy).toBe(0);
    expect(from({ kind: 'sample', seed: 1, topK: 3 }).chances.map(({ chance }) => chance > 0)).toEqual([true, true, true, false, false]);
  });
});
