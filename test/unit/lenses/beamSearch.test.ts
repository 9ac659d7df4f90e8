import { describe, expect, it } from 'vitest';
import { BeamSearch, idsOf } from '../../../src/lenses/translation/beamSearch';
import type { WritingRules } from '../../../src/lenses/writing/rules';

const rules: WritingRules = {
  start: [0], stop: [1], forcedFirst: null, forcedLast: null, suppressed: [], noRepeat: 0, minLength: 0, repetitionPenalty: 1,
  lengthPenalty: 1, earlyStopping: false,
};
const log = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities, Math.log);

/** Writes with what follows each token, `[id]` → probabilities of 0 (start), 1 (stop), 2 and 3. */
function write(after: Readonly<Record<number, readonly number[]>>, options: Partial<ConstructorParameters<typeof BeamSearch>[0]> = {}): BeamSearch {
  const search = new BeamSearch({ beams: 2, lengthPenalty: 1, rules, given: [0], maxTokens: 4, ...options });
  while (!search.hasEnded()) search.advance(search.followed.map((node) => log(...after[node?.id ?? 0]!)));
  return search;
}

/** The greedy way (2, …) is worse in the end than the other. */
const trap = { 0: [0.01, 0.04, 0.55, 0.4], 2: [0.05, 0.35, 0.3, 0.3], 3: [0.01, 0.97, 0.01, 0.01] };

describe('beam search', () => {
  it('finds what the most probable first token would miss', () => {
    const { finished } = write(trap);
    expect(idsOf(finished[0]!.node)).toEqual([3, 1]);
    expect(finished[0]!.score).toBeCloseTo(Math.log(0.4 * 0.97) / 2, 5);
  });

  it('divides by length to the power of the penalty', () => {
    const even = { 0: [0.01, 0.3, 0.6, 0.09], 2: [0.01, 0.5, 0.48, 0.01], 3: [0.01, 0.9, 0.05, 0.04] };
    expect(idsOf(write(even, { lengthPenalty: 0 }).finished[0]!.node).length).toBeLessThan(idsOf(write(even, { lengthPenalty: 3 }).finished[0]!.node).length);
  });

  it('marks what is followed, finished and pruned', () => {
    const search = new BeamSearch({ beams: 2, lengthPenalty: 1, rules, given: [0], maxTokens: 4 });
    const { nodes, rows, tokens } = search.advance([log(0.01, 0.5, 0.3, 0.19)]);
    expect(nodes.map(({ fate, id }) => [id, fate])).toEqual([[1, 'finished'], [2, 'followed'], [3, 'followed'], [0, 'pruned']]);
    expect([rows, tokens]).toEqual([[0, 0], [2, 3]]);
  });

  it('does not finish with a stop token that is not among the best', () => {
    const search = new BeamSearch({ beams: 1, lengthPenalty: 1, rules, given: [0], maxTokens: 4 });
    const { nodes } = search.advance([log(0.01, 0.3, 0.5, 0.19)]);
    expect(nodes.map(({ fate, id }) => [id, fate])).toEqual([[2, 'followed'], [1, 'pruned']]);
  });

  it('ends at the limit with what it has', () => {
    const endless = { 0: [0.01, 0.01, 0.5, 0.48], 2: [0.01, 0.01, 0.9, 0.08], 3: [0.01, 0.01, 0.08, 0.9] };
    const { finished } = write(endless, { maxTokens: 3 });
    expect(idsOf(finished[0]!.node)).toEqual([2, 2, 2]);
    expect(finished).toHaveLength(2);
  });

  it('stops at once with early stopping, and goes on without where it may find better', () => {
    const late = { 0: [0.01, 0.5, 0.45, 0.04], 2: [0.001, 0.997, 0.001, 0.001], 3: [0.25, 0.25, 0.25, 0.25] };
    const early = write(late, { beams: 1, rules: { ...rules, earlyStopping: true } });
    expect(idsOf(early.finished[0]!.node)).toEqual([1]);
    const patient = write(late, { beams: 1, rules: { ...rules, earlyStopping: 'never' } });
    expect(idsOf(patient.finished[0]!.node)).toEqual([2, 1]);
  });

  it('forces the first token and forbids others', () => {
    const { finished } = write(trap, { rules: { ...rules, forcedFirst: 2, suppressed: [3] } });
    expect(idsOf(finished[0]!.node)[0]).toBe(2);
    for (const { node } of finished) expect(idsOf(node)).not.toContain(3);
  });
});
