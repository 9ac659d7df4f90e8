import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../src/errors';
import type { LengthGroup, RecordedFigures } from '../../src/lenses/lineage/contract';
import type { TranslationScore } from '../../src/lenses/translation/contract';
import { alignmentOf } from '../../webview/lenses/lineage/alignment';
import { lengthSeries, placeLabel, placesOf } from '../../webview/lenses/lineage/lengthSeries';
import { PartialRun } from '../../webview/lenses/lineage/partialRun';
import { lostPieces, piecesOf } from '../../webview/lenses/lineage/referenceScores';
import { Turns } from '../../webview/lenses/lineage/turns';
import { readLineageState, rememberedOf } from '../../webview/lenses/lineage/viewState';
import { translation } from './harness/fakeWriting';

describe('the remembered state', () => {
  it('is read as it was written', () => {
    const state = { number: 'distance', search: 'greedy', layer: 3, table: true, reference: { of: 'a', text: 'b' }, pairs: 'a\tb', curve: 'place', sentences: 'pairs' } as const;
    expect(readLineageState(structuredClone(state))).toEqual(state);
    expect(rememberedOf(state)).toBe(state);
  });

  it.each([null, 'x', {}, { number: 1, search: 'x', layer: -1, table: 1, reference: 'x', pairs: [], curve: null, sentences: 'web' }, { layer: 1.5, reference: { of: 1, text: 'b' } }])(
    'is the default where it is %j',
    (saved) => {
      expect(readLineageState(saved)).toEqual({ number: 'cosineDistance', search: 'beams', layer: null, table: false, reference: { of: '', text: '' }, pairs: '', curve: 'left', sentences: 'document' });
    },
  );

  it('does not hold long pasted texts', () => {
    expect(rememberedOf({ ...readLineageState(null), pairs: 'a\tb\n'.repeat(10_000) }).pairs).toBe('');
  });
});

describe('BLEU by length', () => {
  const group = (words: readonly [number, number], bleu: number): LengthGroup => ({ words, pairs: 50, bleu });
  const figures: RecordedFigures = { pairs: 100, beams: 4, bleu: 30, byLength: [group([1, 4], 40), group([9, 12], 20)], joinedByLength: [group([9, 12], 15), group([17, 24], 10)] };
  const live = { pairs: [{ source: 'one two three four five', reference: 'a b c d' }], outputs: [['a b c d'], null, ['x']] };

  it('takes joined pairs only where single ones are not as long', () => {
    const places = placesOf([figures, null, null], null);
    expect(places.map(placeLabel)).toEqual(['1–4', '9–12', '17–24⁺']);
    expect(lengthSeries([figures, null, null], null, places)).toEqual([
      { model: 'rnn', kind: 'recorded', bleu: 30, pairs: 100, groups: [group([1, 4], 40), group([9, 12], 20), { ...group([17, 24], 10), joined: true }].map((one, at) => ({ ...one, joined: at === 2 })) },
    ]);
  });

  it('puts pasted pairs beside, without a model that could not translate them', () => {
    const places = placesOf([figures, null, null], live);
    expect(places.map(placeLabel)).toEqual(['1–4', '5–8', '9–12', '17–24⁺']);
    const own = lengthSeries([figures, null, null], live, places).filter(({ kind }) => kind === 'live');
    expect(own.map(({ bleu, groups, model }) => [model, Math.round(bleu), groups.map((one) => one?.pairs ?? null)])).toEqual([['rnn', 100, [null, 1, null, null]], ['translator', 0, [null, 1, null, null]]]);
  });

  it('of nothing is nothing', () => {
    expect([placesOf([null, null, null], null), lengthSeries([null, null, null], null, [])]).toEqual([[], []]);
  });
});

describe('a scored reference', () => {
  const score = (...pieces: readonly (readonly [string, number])[]): TranslationScore =>
    ({ steps: pieces.map(([token, bits]) => ({ token, special: token === '</s>', logProbability: -bits * Math.LN2 })) }) as unknown as TranslationScore;
  const old = score(['La', 1], ['vaca', 9], ['saltó', 5], ['</s>', 8]);
  const young = score(['La', 1.5], ['vaca', 1], ['saltó', 1], ['</s>', 1]);

  it('lies piece by piece, and names what one model lost that the other did not', () => {
    const pieces = piecesOf([old, null, young])!;
    expect(pieces.map(({ bits, token }) => [token, ...bits.map((value) => value && Math.round(10 * value) / 10)])).toEqual([['La', 1, null, 1.5], ['vaca', 9, null, 1], ['saltó', 5, null, 1], ['</s>', 8, null, 1]]);
    expect(lostPieces(pieces, 0, 2, 5, 3)).toEqual([1, 2]);
    expect(lostPieces(pieces, 0, 2, 1, 3)).toEqual([1]);
    expect(lostPieces(pieces, 2, 0, 5, 3)).toEqual([]);
    expect(lostPieces(pieces, 1, 2, 5, 0)).toEqual([]);
  });

  it('is not listed where models cut it differently, or none answered', () => {
    expect(piecesOf([old, null, score(['La', 1], ['va', 1], ['ca', 1], ['</s>', 1])])).toBeNull();
    expect(piecesOf([null, null, null])).toBeNull();
  });
});

describe('an alignment', () => {
  const answer = translation({ text: 'The cow jumped.', choice: { kind: 'greedy' }, alternatives: 0 });

  it('is the mean over heads, of one layer or of all; rows sum to one', () => {
    for (const layer of [null, 0, 1]) {
      const { keys, queries, weights } = alignmentOf(answer, layer)!;
      for (let row = 0; row < queries.length; row++) expect(weights.subarray(row * keys.length, (row + 1) * keys.length).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    const rows = answer.steps[0]!.crossAttention!;
    const keys = answer.tokens.length;
    const mean = [4, 5, 6, 7].reduce((sum, head) => sum + rows[head * keys + 2]! / 4, 0);
    expect(alignmentOf(answer, 1)!.weights[2]).toBeCloseTo(mean, 5);
    expect(alignmentOf(answer, 9)!.weights).toEqual(alignmentOf(answer, null)!.weights);
  });

  it('is none where nothing was looked at', () => {
    expect(alignmentOf({ ...answer, steps: answer.steps.map((step) => ({ ...step, crossAttention: null })) }, null)).toBeNull();
  });
});

describe('jobs one after the other', () => {
  const host = { addController: () => undefined, removeController: () => undefined, requestUpdate: () => undefined, updateComplete: Promise.resolve(true) };
  const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5); });

  it('keep what is done when one fails, and go on from there', async () => {
    const run = new PartialRun<number, number>(host);
    let broken = true;
    run.start([1, 2, 3], (job) => (job === 2 && broken ? Promise.reject(new Error('no')) : Promise.resolve(10 * job)));
    await settled();
    expect([run.done, run.error, run.running, run.total]).toEqual([[10], 'no', false, 3]);
    broken = false;
    run.goOn();
    await settled();
    expect([run.done, run.error]).toEqual([[10, 20, 30], null]);
    run.clear();
    expect([run.done, run.total]).toEqual([[], 0]);
  });

  it('stop on the reader’s word, and take no answer that comes after it', async () => {
    const run = new PartialRun<number, number>(host);
    let answer: (value: number) => void = () => undefined;
    const signals: AbortSignal[] = [];
    run.start([1], (_, signal) => {
      signals.push(signal);
      return new Promise((resolve) => { answer = resolve; });
    });
    run.stop();
    answer(1);
    await settled();
    expect([run.done, run.stopped, run.error, signals[0]!.aborted]).toEqual([[], true, null, true]);
    run.goOn();
    answer(2);
    await settled();
    expect([run.done, run.stopped]).toEqual([[2], false]);
  });

  it('that the editor cancels are stopped, not failed', async () => {
    const run = new PartialRun<number, number>(host);
    run.start([1], () => Promise.reject(new HeadlightError('cancelled', 'The request was cancelled.')));
    await settled();
    expect([run.stopped, run.error]).toEqual([true, null]);
  });
});

describe('turns', () => {
  it('wait for each other, whatever came of the one before, and are not begun once given up', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const { signal } = new AbortController();
    const stop = new AbortController();
    const first = turns.take(async () => {
      await new Promise((resolve) => { setTimeout(resolve, 5); });
      order.push('first');
      throw new Error('no');
    }, signal);
    const second = turns.take(() => Promise.resolve(order.push('second')), stop.signal);
    const third = turns.take(() => Promise.resolve(order.push('third')), signal);
    stop.abort();
    await expect(first).rejects.toThrow('no');
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await third;
    expect(order).toEqual(['first', 'third']);
  });
});
