import { describe, expect, it, vi } from 'vitest';
import { compareOccurrences } from '../../../src/lenses/senses/compareOccurrences';
import { groupSenses } from '../../../src/lenses/senses/compute';
import { senseLayers } from '../../../src/lenses/senses/layers';
import { groupsOf, sameSenseLogits, uncalibrated } from '../../../src/lenses/senses/sameSense';
import { contextOf } from '../../support/computeContext';
import { fakeModel } from '../../support/fakeModel';
import { occurrenceOf as at } from '../../support/occurrence';
import { banks, topical } from '../../support/topicalModel';

const target = { model: 'fake', device: 'cpu', top: 3 } as const;

describe('groupSenses', () => {
  it('groups by context, the largest group first, and tells its typical words', async () => {
    const request = { ...target, word: 'bank', occurrences: banks, current: 2 };
    const senses = await groupSenses(request, contextOf(fakeModel(topical)));
    expect(senses.occurrences.map((occurrence) => occurrence!.sense)).toEqual([1, 0, 1, 0, 0]);
    expect(senses.senses.map(({ size }) => size)).toEqual([3, 2]);
    expect(senses.senses.map(({ substitutes }) => substitutes[0])).toEqual(['money', 'grass']);
    expect(senses.substitutes!.map(({ token }) => token)[0]).toBe('grass');
    expect(senses.substitutes).toHaveLength(3);
    expect(senses.calibrated).toBe(false);
  });

  it('draws both maps at one scale: apart in context, together in the embedding layer', async () => {
    const request = { ...target, word: 'bank', occurrences: banks };
    const { occurrences, cosine, sameSense, substitutes } = await groupSenses(request, contextOf(fakeModel(topical)));
    const spread = (xs: readonly number[]) => Math.max(...xs) - Math.min(...xs);
    expect(spread(occurrences.map((o) => o!.x))).toBeGreaterThan(1);
    expect(Math.max(...occurrences.flatMap((o) => [Math.abs(o!.x), Math.abs(o!.y)]))).toBeCloseTo(1, 6);
    expect(spread(occurrences.map((o) => o!.static.x))).toBeLessThan(1e-3);
    expect(cosine.static.between).toBeCloseTo(1, 5);
    expect(cosine.contextual.within!).toBeGreaterThan(cosine.contextual.between!);
    expect(sameSense[0 * 5 + 2]).toBeGreaterThan(0.5);
    expect(sameSense[0 * 5 + 1]).toBeLessThan(0.5);
    expect(sameSense[0 * 5 + 1]).toBe(sameSense[1 * 5 + 0]);
    expect(sameSense[0]).toBe(1);
    expect(substitutes).toBeNull();
  });

  it('keeps the place of an occurrence that cannot be read', async () => {
    const occurrences = [at('the river bank', 'bank'), at('the банк', 'банк'), at('a bank', 'bank')];
    const senses = await groupSenses({ ...target, word: 'bank', occurrences, current: 1 }, contextOf(fakeModel(topical)));
    expect(senses.occurrences.map((occurrence) => occurrence === null)).toEqual([false, true, false]);
    expect([...senses.sameSense].map(Number.isNaN)).toEqual([false, true, false, true, true, true, false, true, false]);
    expect(senses.substitutes).toBeNull();
  });

  it('takes one occurrence, and none', async () => {
    const one = await groupSenses({ ...target, word: 'bank', occurrences: [at('the bank', 'bank')] }, contextOf(fakeModel()));
    expect(one.occurrences).toEqual([{ sense: 0, x: 0, y: 0, static: { x: 0, y: 0 } }]);
    expect(one.cosine.contextual).toEqual({ within: null, between: null });
    const none = await groupSenses({ ...target, word: 'bank', occurrences: [] }, contextOf(fakeModel()));
    expect([none.occurrences, none.senses]).toEqual([[], []]);
  });

  it('runs nothing again for occurrences that it has seen', async () => {
    let rows = 0;
    const model = fakeModel({ onRun: (batch) => void (rows += batch.length) });
    const first = await groupSenses({ ...target, word: 'bank', occurrences: banks }, contextOf(model));
    const afterFirst = rows;
    const second = await groupSenses({ ...target, word: 'bank', occurrences: banks }, contextOf(model));
    expect(rows).toBe(afterFirst);
    expect(second).toEqual(first);
    await groupSenses({ ...target, word: 'bank', occurrences: [...banks, at('a bank .', 'bank')] }, contextOf(model));
    expect(rows).toBe(afterFirst + afterFirst / banks.length);
  });

  it('reads the current occurrence in any case, and of the others the nearest for which there is time', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const model = fakeModel({ ...topical, onRun: () => { now += 30; } });
    const read = (senses: Awaited<ReturnType<typeof groupSenses>>) => senses.occurrences.map((occurrence) => occurrence !== null);
    const hurried = await groupSenses({ ...target, word: 'bank', occurrences: banks, current: 3, within: 5 }, contextOf(model));
    expect(read(hurried)).toEqual([false, false, false, true, false]);
    expect(hurried).toMatchObject({ left: 4, senses: [{ size: 1 }] });
    expect(hurried.substitutes![0]!.token).toBe('money');
    const some = await groupSenses({ ...target, word: 'bank', occurrences: banks, current: 3, within: 34 }, contextOf(model));
    expect(read(some)).toEqual([false, false, true, true, false]);
    expect(some.left).toBe(3);
    const all = await groupSenses({ ...target, word: 'bank', occurrences: banks, current: 3, within: 10_000 }, contextOf(model));
    expect(all.left).toBe(0);
    expect(all).toEqual(await groupSenses({ ...target, word: 'bank', occurrences: banks, current: 3 }, contextOf(model)));
    clock.mockRestore();
  });

  it('remembers what it read before it was cancelled', async () => {
    const controller = new AbortController();
    let runs = 0;
    const model = fakeModel({ ...topical, onRun: () => { runs++; controller.abort(); } });
    const request = { ...target, word: 'bank', occurrences: banks, current: 0, within: 10_000 };
    // The first run is of the current occurrence alone, as the pace is not known before it.
    await expect(groupSenses(request, { ...contextOf(model), signal: controller.signal })).rejects.toThrow();
    const afterCancel = runs;
    await groupSenses({ ...request, occurrences: banks.slice(0, 1) }, contextOf(model));
    expect(runs).toBe(afterCancel);
  });

  it('works for a model without mask token and head', async () => {
    const model = fakeModel({ ...topical, maskToken: false, info: { hasMaskedLanguageHead: false } });
    const senses = await groupSenses({ ...target, word: 'bank', occurrences: banks, current: 0 }, contextOf(model));
    expect(senses.occurrences.map((occurrence) => occurrence!.sense)).toEqual([1, 0, 1, 0, 0]);
    expect(senses.substitutes).toBeNull();
    expect(senses.senses.every(({ substitutes }) => substitutes.length === 0)).toBe(true);
  });

  it('refuses more occurrences than it can compare, and a current one that is not there', async () => {
    const many = new Array<ReturnType<typeof at>>(501).fill(at('the bank', 'bank'));
    await expect(groupSenses({ ...target, word: 'bank', occurrences: many }, contextOf(fakeModel()))).rejects.toMatchObject({
      code: 'text-too-long',
    });
    const request = { ...target, word: 'bank', occurrences: [at('the bank', 'bank')], current: 1 };
    await expect(groupSenses(request, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'out-of-range' });
  });
});

describe('senseLayers', () => {

  it('shows one point before the first layer, and the senses apart after it, on one scale', async () => {
    const { states } = await senseLayers({ ...target, occurrences: banks, senses: [1, 0, 1, 0, 0] }, contextOf(fakeModel(topical)));
    expect(states).toHaveLength(3);
    const spread = states.map(({ points }) => Math.max(...points.map((point) => point!.x)) - Math.min(...points.map((point) => point!.x)));
    expect(spread[0]).toBeLessThan(1e-3);
    expect(spread[1]).toBeGreaterThan(1);
    expect(states[0]!.silhouette).toBe(0);
    expect(states[2]!.silhouette).toBeGreaterThan(0.9);
    expect(states[2]!.within!).toBeGreaterThan(states[2]!.between! + 0.5);
    expect(Math.max(...states.flatMap(({ points }) => points.flatMap((point) => [Math.abs(point!.x), Math.abs(point!.y)])))).toBeCloseTo(1, 6);
    // Layers that see the same lie the same way, however the axes came out.
    states[1]!.points.forEach((point, index) => { expect(point!.x).toBeCloseTo(states[2]!.points[index]!.x, 4); });
  });

  it('leaves out what has no sense or cannot be read', async () => {
    const with2 = [...banks, at('the банк', 'банк')];
    const { states } = await senseLayers({ ...target, occurrences: with2, senses: [1, 0, null, 0, 0, 1] }, contextOf(fakeModel(topical)));
    expect(states[1]!.points.map((point) => point === null)).toEqual([false, false, true, false, false, true]);
    await expect(senseLayers({ ...target, occurrences: banks, senses: [0] }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'out-of-range' });
  });
});

describe('compareOccurrences', () => {
  const pair = (a: string, b: string) => ({ ...target, pair: [at(a, 'bank'), at(b, 'bank')] as const, top: 2 });

  it('tells which word of a sentence makes the vector what it is, and keeps the two apart', async () => {
    const { cosines, sides } = await compareOccurrences(pair('a bank over the river', 'her bank . money'), contextOf(fakeModel(topical)));
    expect(cosines[0]).toBeCloseTo(1, 6);
    expect(cosines[2]).toBeLessThan(0.2);
    const [a, b] = sides;
    const words = a.context.map(({ start, end }) => 'a bank over the river'.slice(start, end));
    expect(words).toEqual(['a', 'over', 'the', 'river']);
    const most = a.context.reduce((best, word) => (word.moved > best.moved ? word : best));
    expect('a bank over the river'.slice(most.start, most.end)).toBe('river');
    expect(most.moved).toBeGreaterThan(0.8);
    // Without it both read alike.
    expect(most.nearer).toBeGreaterThan(0.8);
    expect(Math.max(...b.context.map(({ moved }) => moved))).toBeLessThan(0.01);
    expect(a.substitutes!.map(({ token }) => token)[0]).toBe('grass');
    expect(b.substitutes).toHaveLength(2);
    expect([a.words, b.words]).toEqual([4, 3]);
  });

  it('leaves out all pieces of a word, and knows a word without company', async () => {
    const { sides } = await compareOccurrences(pair('walking bank', 'bank'), contextOf(fakeModel(topical)));
    expect(sides[0].context).toHaveLength(1);
    expect(sides[0].context[0]).toMatchObject({ start: 0, end: 7 });
    expect(sides[1].context).toEqual([]);
  });

  it('leaves out the nearest words of a long sentence only, and says of how many', async () => {
    const long = `${'the cow '.repeat(50)}bank${' her moon'.repeat(50)}`;
    const { sides } = await compareOccurrences(pair(long, 'a bank'), contextOf(fakeModel({ ...topical, info: { window: 512 } })));
    expect(sides[0].words).toBe(200);
    expect(sides[0].context).toHaveLength(60);
    const starts = sides[0].context.map(({ start }) => start);
    expect(starts).toEqual([...starts].sort((x, y) => x - y));
  });

  it('says so where one cannot be read', async () => {
    const request = { ...target, pair: [at('a bank', 'bank'), at('the банк', 'банк')] as const, top: 1 };
    await expect(compareOccurrences(request, contextOf(fakeModel(topical)))).rejects.toMatchObject({ code: 'word-not-found' });
  });
});

describe('sameSenseLogits', () => {
  it('are weighted cosines, raw and centred', () => {
    const vectors = [[2, 0], [3, 0], [0, 3], [0, 1]].map((of) => [Float32Array.from(of)]);
    const comparison = { probes: [0], projection: null, raw: 5, centred: 1, spread: 2 };
    const plan = { ...uncalibrated(fakeModel()), means: [null], comparisons: [comparison], logCount: 4, counted: 3, bias: 0.5 };
    // Of four occurrences, three count. Two pairs of six are alike. Centred on the mean, cosines are 1 and −1; scaled so that those of unrelated vectors are 0: 1 and −½.
    const logits = sameSenseLogits(vectors, plan);
    expect(logits.map((row, i) => row[i])).toEqual([Infinity, Infinity, Infinity, Infinity]);
    expect(logits[0]![1]).toBeCloseTo(0.5 + 4 * Math.log(3) + 5 + 1 + 2 * (2 / 6), 6);
    expect(logits[0]![2]).toBeCloseTo(0.5 + 4 * Math.log(3) + 0 - 0.5 + 2 * (2 / 6), 6);
    expect(logits[2]![0]).toBe(logits[0]![2]);
  });

  it('say the same of unrelated vectors however many there are', () => {
    const comparison = { probes: [0], projection: null, raw: 0, centred: 1, spread: 0 };
    const plan = { ...uncalibrated(fakeModel()), means: [null], comparisons: [comparison], bias: 0 };
    for (const count of [2, 3, 10]) {
      const vectors = Array.from({ length: count }, (_, at) => [Float32Array.from({ length: count }, (_, axis) => Number(at === axis))]);
      expect(sameSenseLogits(vectors, plan)[0]![1], `${count}`).toBeCloseTo(0, 6);
    }
  });

  it('takes away what all words share, and compares in the subspace of a projection', () => {
    const vectors = [[Float32Array.of(3, 1)], [Float32Array.of(1, 3)]];
    const projection = Float32Array.of(1, 0);
    const comparison = { probes: [0], projection, raw: 1, centred: 0, spread: 0 };
    const plan = { ...uncalibrated(fakeModel()), means: [Float32Array.of(2, 2)], comparisons: [comparison], bias: 0 };
    // Without the mean: (1, −1) and (−1, 1); on the first axis they point opposite ways.
    expect(sameSenseLogits(vectors, plan)[0]![1]).toBeCloseTo(-1, 6);
  });

  it('lays the vectors of several probes end to end', () => {
    const vectors = [[Float32Array.of(2, 0), Float32Array.of(0, 3)], [Float32Array.of(0, 5), Float32Array.of(0, 1)]];
    const comparison = { probes: [0, 1], projection: null, raw: 4, centred: 0, spread: 0 };
    const plan = { ...uncalibrated(fakeModel()), means: [null, null], comparisons: [comparison], bias: 0 };
    // Unit vectors of each probe, so that both count alike: cosine 1/2.
    expect(sameSenseLogits(vectors, plan)[0]![1]).toBeCloseTo(2, 6);
  });

  it('finds vectors that differ by rounding alone to be the same', () => {
    const plan = uncalibrated(fakeModel({ info: { layers: 0 } }));
    expect(plan.probes).toHaveLength(1);
    const vectors = [0, 1e-7, -1e-7].map((error) => [Float32Array.of(0.3 + error, 0.7, -0.2 - error)]);
    for (const row of sameSenseLogits(vectors, plan)) for (const logit of row) expect(logit).toBeGreaterThan(1.4);
  });
});

describe('groupsOf', () => {
  const logits = [[Infinity, 2, -1], [2, Infinity, -2], [-1, -2, Infinity]];
  const model = uncalibrated(fakeModel());

  it('parts what is different on average, and weighs the sizes of the sides', () => {
    expect(groupsOf(logits, model)).toEqual([0, 0, 1]);
    const split = (weights: Partial<typeof model.split>) => groupsOf(logits, { ...model, split: { ...model.split, ...weights } });
    expect(split({ bias: -2 })).toEqual([0, 0, 0]);
    expect(split({ bias: 3 })).toEqual([0, 1, 2]);
    // 1.5 apart on average, with one occurrence on one side and two on the other.
    expect(split({ larger: -3 })).toEqual([0, 0, 0]);
    expect(split({ smaller: -3 })).toEqual([0, 0, 1]);
  });
});
