import { describe, expect, it } from 'vitest';
import { meanReading, nameOf, probesOf, readingOf } from '../../../src/lenses/senses/names';
import { type IndexedSense, readSense, type SenseDictionary, sensesOf } from '../../../src/lenses/senses/senseDictionary';

const sense = (lemma: string, partOfSpeech: IndexedSense['partOfSpeech'], gloss: string, count: number, evidence = 10): IndexedSense =>
  ({ lemma, partOfSpeech, gloss, synonyms: [], count, evidence });

/** Two dimensions, one probe of hidden size 2, a projection that is the identity, and two senses far apart. */
function index(change: Partial<SenseDictionary> = {}): SenseDictionary {
  const senses = [sense('stand', 'noun', 'a rack', 4), sense('stand', 'verb', 'be upright', 40), sense('moon', 'noun', 'a satellite', 9)];
  return {
    probes: [{ template: ['W'], at: 'word', states: [1] }],
    mean: Float32Array.of(0, 0),
    projection: Float32Array.of(5, 0, 0, 5),
    spread: Float32Array.of(20, 20),
    senses,
    places: Int8Array.of(50, 0, 0, 50, 30, 30),
    step: 0.1,
    weights: Float32Array.of(1, 1),
    prior: 1,
    omitted: () => 0,
    counts: { unlisted: 1, omitted: 0.25 },
    byLemma: new Map([['stand', [0, 1]], ['moon', [2]]]),
    lemmas: {
      has: (lemma, partOfSpeech) => senses.some((one) => one.lemma === lemma && one.partOfSpeech === partOfSpeech),
      irregular: () => [],
    },
    ...change,
  };
}

describe('which sense a word has', () => {
  it('candidates are the senses of every base form that the word can be a form of', () => {
    expect(sensesOf('stands', index())).toEqual([0, 1]);
    expect(sensesOf('Moon', index())).toEqual([2]);
    expect(sensesOf('cow', index())).toEqual([]);
    expect(readingOf('cow', [Float32Array.of(1, 0)], index())).toBeNull();
  });

  it('the nearer sense is the more probable, against its prior', () => {
    const { senses } = readSense([Float32Array.of(3, 0)], [0, 1], index());
    expect(senses[0]!.sense.gloss).toBe('a rack');
    expect(senses[0]!.probability).toBeGreaterThan(0.9);
  });

  it('probabilities are those of the model, computed by hand', () => {
    const own = index({ weights: Float32Array.of(0.5, 0.25), prior: 0.8, omitted: () => 2, counts: { unlisted: 0.3, omitted: 0.05 } });
    const at = [5 * Math.SQRT1_2, 5 * Math.SQRT1_2];
    const fit = (place: readonly number[], variance: number): number =>
      place.reduce((sum, x, d) => sum - ([0.5, 0.25][d]! * ((at[d]! - x) ** 2 / variance + Math.log(variance))) / 2, 0);
    const variance = 1 + 20 / (10 * 20 + 1);
    const logits = [fit([5, 0], variance) + 0.8 * Math.log(4), fit([0, 5], variance) + 0.8 * Math.log(40), fit([2.5, 2.5], 21) + 0.8 * Math.log(0.4)];
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    const { senses, unlisted } = readSense([Float32Array.of(2, 2)], [0, 1], own);
    expect(senses.map(({ sense: { gloss } }) => gloss)).toEqual(['be upright', 'a rack']);
    expect(senses[0]!.probability).toBeCloseTo(Math.exp(logits[1]!) / sum, 5);
    expect(senses[1]!.probability).toBeCloseTo(Math.exp(logits[0]!) / sum, 5);
    expect(unlisted).toBeCloseTo(Math.exp(logits[2]!) / sum, 5);
  });

  it('far from all that is known, it is more likely none of them', () => {
    const { unlisted } = readSense([Float32Array.of(-1, -1)], [0, 1], index());
    expect(unlisted).toBeGreaterThan(0.99);
  });

  it('a reading is clear when its first sense is probable and has no rival', () => {
    expect(nameOf(readSense([Float32Array.of(1, 0)], [0, 1], index()))).toMatchObject({ clear: true, senses: [{ gloss: 'a rack', partOfSpeech: 'noun' }] });
    const between = readSense([Float32Array.of(1, 1)], [0, 1], index({ places: Int8Array.of(40, 30, 30, 40, 0, 0), prior: 0.01 }));
    expect(nameOf(between).clear).toBe(false);
    expect(nameOf(readSense([Float32Array.of(-1, -1)], [0, 1], index())).clear).toBe(false);
  });

  it('the more senses of a word are omitted, the surer a clear first sense is', () => {
    const [rack, upright] = index().senses as [IndexedSense, IndexedSense];
    const clear = (first: number, second: number, omitted: number, senses = 2): boolean =>
      nameOf({
        senses: [{ sense: rack, probability: first }, ...Array.from({ length: senses - 1 }, () => ({ sense: upright, probability: second }))],
        unlisted: Math.max(0, 1 - first - second * (senses - 1)),
        omitted,
      }).clear;
    expect(clear(0.6, 0.39, 0)).toBe(true);
    expect(clear(0.6, 0.3, 2)).toBe(false);
    // Two senses of four: from 1 − 0.5 · 0.5² on.
    expect([clear(0.87, 0.1, 2), clear(0.88, 0.1, 2)]).toEqual([false, true]);
    // Two of nine, as the dictionary has "bass"; eighteen of twenty-four, as it has "stand".
    expect(clear(0.95, 0.02, 7)).toBe(false);
    expect([clear(0.7, 0.01, 6, 18), clear(0.73, 0.01, 6, 18)]).toEqual([false, true]);
  });

  it('the only known sense of several is never clear', () => {
    const read = (omitted: number) => nameOf(readSense([Float32Array.of(1, 1)], [2], index({ omitted: () => omitted, counts: { unlisted: 1e-6, omitted: 1e-6 } })));
    expect(read(0)).toMatchObject({ clear: true, omitted: 0 });
    expect(read(2)).toMatchObject({ clear: false, omitted: 2 });
  });

  it('a group means what its occurrences mean on the mean', () => {
    const rack = readSense([Float32Array.of(1, 0)], [0, 1], index());
    const upright = readSense([Float32Array.of(0, 1)], [0, 1], index());
    const mean = meanReading([rack, rack, upright])!;
    expect(mean.senses[0]!.sense.gloss).toBe('a rack');
    expect(mean.senses[0]!.probability).toBeCloseTo((2 * rack.senses[0]!.probability + upright.senses[1]!.probability) / 3, 6);
    expect(mean.senses.reduce((sum, { probability }) => sum + probability, mean.unlisted)).toBeCloseTo(1, 5);
    expect(meanReading([])).toBeNull();
  });

  it('reads the probes that it names, and tells when they are not there', () => {
    const [probe] = index().probes;
    expect(probesOf(index(), [{ template: ['M'], at: 'mask', states: [1] }, { ...probe!, states: [1] }])).toEqual([1]);
    expect(() => probesOf(index(), [{ ...probe!, states: [2] }])).toThrow(/Restore both files/);
  });
});
