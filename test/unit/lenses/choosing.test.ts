import { describe, expect, it } from 'vitest';
import { applyRules } from '../../../src/lenses/writing/applyRules';
import { chooserOf, drawable } from '../../../src/lenses/writing/choose';
import { continued } from '../../../src/lenses/writing/continued';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import type { WritingRules } from '../../../src/lenses/writing/rules';
import { explainStop, reasonToStop } from '../../../src/lenses/writing/stop';

const rules: WritingRules = {
  start: [0], stop: [1], forcedFirst: null, forcedLast: null, suppressed: [], noRepeat: 0, minLength: 0, repetitionPenalty: 1,
  lengthPenalty: 1, earlyStopping: false,
};
const place = { before: [0, 2, 3, 2], given: 1, maxTokens: 8 };
const scores = Float32Array.of(0.5, 2, -1, 1);

describe('rules', () => {
  it('leave the logits alone where there are none', () => {
    expect(applyRules(scores, rules, place)).toBe(scores);
  });

  it('forbid tokens, a run that was written, and an early end', () => {
    expect([...applyRules(scores, { ...rules, suppressed: [3] }, place)]).toEqual([0.5, 2, -1, -Infinity]);
    expect([...applyRules(scores, { ...rules, noRepeat: 2 }, place)]).toEqual([0.5, 2, -1, -Infinity]);
    expect([...applyRules(scores, { ...rules, noRepeat: 3 }, place)]).toEqual([...scores]);
    expect([...applyRules(scores, { ...rules, minLength: 5 }, place)]).toEqual([0.5, -Infinity, -1, 1]);
    expect([...applyRules(scores, { ...rules, minLength: 4 }, place)]).toEqual([...scores]);
  });

  it('force the first and the last token', () => {
    const forced = { ...rules, forcedFirst: 3, forcedLast: 1 };
    expect([...applyRules(scores, forced, { ...place, before: [0] })]).toEqual([-Infinity, -Infinity, -Infinity, 0]);
    expect([...applyRules(scores, forced, { ...place, maxTokens: 4 })]).toEqual([-Infinity, 0, -Infinity, -Infinity]);
    expect([...applyRules(scores, forced, place)]).toEqual([...scores]);
  });

  it('make repeated tokens less probable whatever their sign', () => {
    expect([...applyRules(scores, { ...rules, repetitionPenalty: 2 }, place)]).toEqual([0.25, 2, -2, 0.5]);
  });
});

describe('the end', () => {
  it('is the stop token, unless it was forced into the last place, or the limit', () => {
    const forced = { ...rules, forcedLast: 1 };
    expect(reasonToStop(2, 3, 8, rules)).toBeNull();
    expect(reasonToStop(1, 3, 8, forced)).toBe('stop-token');
    expect(reasonToStop(1, 8, 8, rules)).toBe('stop-token');
    expect(reasonToStop(1, 8, 8, forced)).toBe('limit');
    expect(reasonToStop(2, 8, 8, rules)).toBe('limit');
    expect(explainStop('stop-token', 3, 128)).toBeNull();
    expect(explainStop('window', 128, 128)).toContain('window of 128');
  });
});

describe('sampling', () => {
  const logits = Float32Array.from([0.1, 0.4, 0.2, 0.3], Math.log);

  it('draws among the most probable', () => {
    expect(drawable(logits, { topK: 2 }).ids).toEqual([1, 3]);
    expect([...drawable(logits, { topK: 2 }).probabilities].map((p) => p.toFixed(4))).toEqual(['0.5714', '0.4286']);
    expect(drawable(logits, { topP: 0.75 }).ids).toEqual([1, 3, 2]);
    expect(drawable(logits, { topP: 0.01 }).ids).toEqual([1]);
  });

  it('is surer at a low temperature', () => {
    const [sure, even] = [0.5, 2].map((temperature) => Math.max(...drawable(logits, { temperature }).probabilities));
    expect(sure!).toBeGreaterThan(0.4);
    expect(even!).toBeLessThan(0.4);
  });

  it('draws each token as often as it is probable', () => {
    const choose = chooserOf({ kind: 'sample', seed: 11 });
    const counts = [0, 0, 0, 0];
    for (let turn = 0; turn < 4000; turn++) counts[choose(logits).id]!++;
    [0.1, 0.4, 0.2, 0.3].forEach((probability, id) => {
      expect(counts[id]! / 4000).toBeCloseTo(probability, 1);
    });
  });

  it('never draws what is forbidden', () => {
    const choose = chooserOf({ kind: 'sample', seed: 2, topP: 0.99 });
    for (let turn = 0; turn < 500; turn++) expect(choose(Float32Array.of(1, -Infinity, 1, 0)).id).not.toBe(1);
  });
});

describe('what has been written so far', () => {
  it('keeps, replaces and adds steps', () => {
    const step = (id: number): WrittenStep => ({ id }) as WrittenStep;
    const first = continued([], { keep: 0, steps: [step(1), step(2)], output: '' });
    const other = continued(first, { keep: 1, steps: [step(3), step(4)], output: '' });
    expect(other.map(({ id }) => id)).toEqual([1, 3, 4]);
    expect(continued(other, { keep: 3, steps: [], output: '' })).toEqual(other);
  });
});
