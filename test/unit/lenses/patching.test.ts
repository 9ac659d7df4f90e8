import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import type { LensProgress } from '../../../src/lenses/calls';
import { alignTokens } from '../../../src/lenses/evidence/alignTokens';
import type { Outcome } from '../../../src/lenses/evidence/contract';
import { openOutcome } from '../../../src/lenses/evidence/outcome';
import { patch } from '../../../src/lenses/evidence/patch';
import type { PatchDirection, PatchedThing } from '../../../src/lenses/evidence/patchContract';
import { patchedAnswers } from '../../../src/lenses/evidence/patchedAnswers';
import { patchingCsv } from '../../../src/lenses/evidence/patchingCsv';
import type { ModelInput } from '../../../src/lenses/model';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';
import { shiftingModel } from '../../support/shiftingModel';

describe('alignTokens', () => {
  const ids = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

  it('goes by place where there are as many', () => {
    expect(alignTokens(ids('abc'), ids('xbz'))).toEqual([0, 1, 2]);
  });

  it('goes by the longest common subsequence where there are not', () => {
    expect(alignTokens(ids('xaby'), ids('abzcy'))).toEqual([null, 0, 1, 4]);
    expect(alignTokens(ids('abcbdab'), ids('bdcaba')).filter((place) => place !== null)).toHaveLength(4);
    expect(alignTokens(ids('ab'), ids('xyz'))).toEqual([null, null]);
  });

  it('keeps the order, and takes no token twice', () => {
    const places = alignTokens(ids('the stand of the stands'), ids('a stand and the other stand')).filter((place) => place !== null);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
  });

  it('lets the places that are measured meet, whatever stands there', () => {
    expect(alignTokens(ids('abSc'), ids('SxTabc'), [[2, 2]])).toEqual([null, null, 2, 5]);
    expect(alignTokens(ids('aSb'), ids('xaTb'), [[1, 2]])).toEqual([1, 2, 3]);
    expect(alignTokens(ids('aSb'), ids('aTb'), [[1, 1]])).toEqual([0, 1, 2]);
    // As many tokens, but what is measured stands elsewhere.
    expect(alignTokens(ids('aSbc'), ids('abcS'), [[1, 3]])).toEqual([0, 3, null, null]);
  });
});

const target = { model: 'fake', device: 'cpu' } as const;
const score = (text: string): Outcome => ({ kind: 'class', text, label: 0 });
const asked = (clean: string, corrupted: string, of: PatchedThing = 'states', direction: PatchDirection = 'denoising') =>
  ({ ...target, clean: score(clean), corrupted: score(corrupted), of, direction });

/** What the shifting model's score moves by of one word to another. */
const step = (from: string, to: string): number => fakeId(to) - fakeId(from);

describe('patching', () => {
  it('measures what each state carries over', async () => {
    const found = await patch(asked('moon grass', 'the cow'), contextOf(shiftingModel()));
    // [CLS] + 2 · first + second: the words' steps, by how they come into the score.
    const [first, second] = [2 * step('the', 'moon'), step('cow', 'grass')];
    const whole = first + second;
    expect(found.clean - found.corrupted).toBeCloseTo(whole, 4);
    expect([found.rows, found.columns, found.from]).toEqual([3, 4, [0, 1, 2, 3]]);
    const row = (state: number): number[] => [...found.effect.slice(state * 4, (state + 1) * 4)];
    const expected = [
      [0, first / whole, second / whole, 0],
      // After one layer the first token holds the first word's step once, and the second both.
      [first / 2 / whole, (first / 2 + second) / whole, 0, 0],
      [1, 0, 0, 0],
    ];
    for (const [state, values] of expected.entries()) values.forEach((value, token) => { expect(row(state)[token]).toBeCloseTo(value, 5); });
    expect(found.patched[2 * 4]).toBeCloseTo(found.clean, 4);
  });

  it('or what each head does', async () => {
    const found = await patch(asked('moon grass', 'the cow', 'heads'), contextOf(shiftingModel()));
    expect([found.rows, found.columns]).toEqual([2, 3]);
    const [first, second] = [step('the', 'moon'), step('cow', 'grass')];
    const whole = 2 * first + second;
    // Layer 0 brings the first word's step to the first token and the second's to the next, layer 1 what the next then holds.
    expect(found.effect[0]).toBeCloseTo((first + second) / whole, 5);
    expect(found.effect[3]).toBeCloseTo((first + second) / whole, 5);
    for (const silent of [1, 2, 4, 5]) expect(found.effect[silent]).toBe(0);
  });

  it('goes the other way for noising: the share of the difference that is taken away', async () => {
    const denoised = await patch(asked('moon grass', 'the cow'), contextOf(shiftingModel()));
    const noised = await patch(asked('moon grass', 'the cow', 'states', 'noising'), contextOf(shiftingModel()));
    expect([noised.clean, noised.corrupted]).toEqual([denoised.clean, denoised.corrupted]);
    expect(noised.tokens.map(({ text }) => text)).toEqual(['[CLS]', 'moon', 'grass', '[SEP]']);
    // All is linear here, so that what is enough is also what is needed.
    noised.effect.forEach((value, at) => { expect(value).toBeCloseTo(denoised.effect[at]!, 5); });
  });

  it('leaves tokens without a counterpart as they are', async () => {
    const found = await patch(asked('the cow jumped', 'moon the cow'), contextOf(shiftingModel({ window: 16 })));
    expect(found.from).toEqual([0, 1, 2, 3, 4]);
    const longer = await patch(asked('cow jumped over', 'moon cow'), contextOf(shiftingModel()));
    expect(longer.from).toEqual([0, null, 1, 4]);
    for (let state = 0; state < 3; state++) {
      expect(longer.effect[state * 4 + 1]).toBeNaN();
      expect(longer.patched[state * 4 + 1]).toBeNaN();
    }
    expect(longer.effect[2 * 4]).toBeCloseTo(1, 5);
    const csv = patchingCsv(longer).split('\r\n');
    expect(csv[0]).toBe('state,token index,token,copied from,patched,effect');
    expect(csv[2]).toBe('0,1,moon,,,');
    expect(csv[3]).toMatch(/^0,2,cow,cow,\d+,0$/);
  });

  it('runs nothing where both texts have the same there', async () => {
    const runs: ModelInput[] = [];
    await patch(asked('the cow', 'the moon'), contextOf(shiftingModel({}, (batch) => runs.push(...batch))));
    const patched = runs.flatMap(({ interventions }) => interventions?.states ?? []).map(({ state, token }) => [state, token]);
    expect(patched).toEqual([[0, 2], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]);
  });

  it('tells how far it is', async () => {
    const seen: LensProgress[] = [];
    await patch(asked('moon grass', 'the cow'), contextOf(shiftingModel(), (one) => seen.push(one)));
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done!)].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ message: 'Patching', total: 12 });
  });

  it('stops between runs', async () => {
    const controller = new AbortController();
    let runs = 0;
    const model = shiftingModel({}, () => { if (++runs === 5) controller.abort(); });
    await expect(patch(asked('moon grass', 'the cow'), { ...contextOf(model), signal: controller.signal })).rejects.toThrow();
    expect(runs).toBe(5);
  });

  it('leaves out states that cannot be replaced, and says so', async () => {
    const model = shiftingModel();
    const found = await patch(asked('moon grass', 'the cow'), contextOf({
      ...model,
      run: (batch, outputs, signal) => {
        if (batch.some(({ interventions }) => interventions?.states?.some(({ state }) => state === 2))) throw new HeadlightError('cannot-intervene', 'Hidden state 2 cannot be replaced.');
        return model.run(batch, outputs, signal);
      },
    }));
    expect(found.limits).toEqual(['Hidden state 2 cannot be replaced.']);
    expect([...found.effect].map(Number.isNaN)).toEqual([...new Array<boolean>(8).fill(false), ...new Array<boolean>(4).fill(true)]);
  });

  it('refuses texts of which nothing can be copied, or whose outcomes are the same', async () => {
    const context = contextOf(shiftingModel());
    await expect(patch(asked('the cow', 'the cow'), context)).rejects.toMatchObject({ code: 'out-of-range', message: expect.stringContaining('same of both texts') as string });
    const other: Outcome = { kind: 'nextSentence', first: 'the cow', second: 'the moon' };
    await expect(patch({ ...asked('the cow', 'moon'), clean: other }, context)).rejects.toThrow('Measure the same of both');
    const groups: Outcome = { kind: 'separation', groups: [] };
    await expect(patch({ ...asked('the cow', 'moon'), clean: groups, corrupted: groups }, context)).rejects.toThrow('Choose the cosine');
    await expect(patch(asked('the cow', 'moon'), contextOf(shiftingModel({ layers: 0 })))).rejects.toMatchObject({ code: 'cannot-intervene' });
  });

  it('says what the model answers with one patch', async () => {
    const context = contextOf(shiftingModel());
    const request = { ...asked('moon grass', 'the cow'), top: 3 };
    const { before, kind, patched, source } = await patchedAnswers({ ...request, row: 2, column: 0 }, context);
    expect(kind).toBe('classes');
    expect(patched).toEqual(source);
    expect(before[0]!.probability).not.toBe(source[0]!.probability);
    const nothing = await patchedAnswers({ ...request, row: 0, column: 0 }, context);
    expect(nothing.patched).toEqual(nothing.before);
    await expect(patchedAnswers({ ...request, row: 3, column: 0 }, context)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(patchedAnswers({ ...asked('cow jumped over', 'moon cow'), top: 3, row: 1, column: 1 }, context)).rejects.toThrow('no counterpart');
  });
});

describe('an outcome', () => {
  it('runs a row that several variants share once', async () => {
    const rows: ModelInput[] = [];
    const model = fakeModel({ onRun: (batch) => { rows.push(...batch); } });
    const occurrence = (sentence: string) => ({ sentence, start: 0, end: 3 });
    const open = openOutcome({ kind: 'cosine', pair: [occurrence('cow ate grass'), occurrence('cow jumped')] }, contextOf(model));
    const [own, other] = open.rows as [ModelInput, ModelInput];
    const values = await open.measure([{ rows: [own, other] }, { rows: [{ ...own, interventions: {} }, other] }]);
    expect(values[0]).toBe(values[1]);
    expect(rows.filter(({ tokens }) => tokens === other.tokens)).toHaveLength(1);
    expect(rows).toHaveLength(3);
  });
});
