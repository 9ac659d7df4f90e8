import { describe, expect, it } from 'vitest';
import { batchesByLength } from '../../../src/lenses/batches';
import type { ModelInput } from '../../../src/lenses/model';
import { embed } from '../../../src/lenses/vectors/compute';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';
import { occurrenceOf as at } from '../../support/occurrence';

const target = { model: 'fake', device: 'cpu', layer: -1 } as const;

describe('embed', () => {
  it('averages the pieces of a word, from the hidden state that was asked for', async () => {
    const model = fakeModel();
    for (const [layer, state] of [[0, 0], [1, 1], [-1, 2]] as const) {
      const { vectors } = await embed({ ...target, layer, occurrences: [at('the walking cow', 'walking')] }, contextOf(model));
      expect([...vectors[0]!]).toEqual([state, (fakeId('walk') + fakeId('##ing')) / 2, 2.5, 1]);
    }
  });

  it('answers in the order of the request, whatever the batches', async () => {
    const sentences = ['the cow', 'her moon and the cow', 'cow', 'and a moon or even the cow'];
    const occurrences = sentences.map((sentence) => at(sentence, 'cow'));
    const { vectors } = await embed({ ...target, occurrences }, contextOf(fakeModel()));
    expect(vectors.map((vector) => vector![2])).toEqual([2, 5, 1, 7]);
    expect(vectors.every((vector) => vector![1] === fakeId('cow'))).toBe(true);
  });

  it('runs a sentence once for all its words', async () => {
    const rows: number[] = [];
    const model = fakeModel({ onRun: (batch) => void rows.push(batch.length) });
    const occurrences = ['the', 'cow', 'moon'].map((word) => at('the cow and moon', word));
    const { vectors } = await embed({ ...target, occurrences }, contextOf(model));
    expect(rows).toEqual([1]);
    expect(vectors.map((vector) => vector![2])).toEqual([1, 2, 4]);
  });

  it('gives null for what the model cannot read', async () => {
    const occurrences = [at('the мир', 'мир'), at('the cow', 'cow'), { sentence: '', start: 0, end: 0 }];
    const { vectors } = await embed({ ...target, occurrences }, contextOf(fakeModel()));
    expect(vectors.map((vector) => vector === null)).toEqual([true, false, true]);
  });

  it('reads a sentence beyond the window around its word', async () => {
    const sentence = `${'the moon and '.repeat(50)}a cow ${'the moon and '.repeat(50)}`;
    const lengths: number[] = [];
    const model = fakeModel({ onRun: ([input]) => void lengths.push(input!.tokens.length) });
    const { vectors } = await embed({ ...target, occurrences: [at(sentence, 'cow')] }, contextOf(model));
    expect(lengths).toEqual([16]);
    expect(vectors[0]![1]).toBe(fakeId('cow'));
  });

  it('takes no occurrences at all', async () => {
    expect((await embed({ ...target, occurrences: [] }, contextOf(fakeModel()))).vectors).toEqual([]);
  });

  it('refuses a hidden state that is not there', async () => {
    await expect(embed({ ...target, layer: 3, occurrences: [] }, contextOf(fakeModel()))).rejects.toMatchObject({
      code: 'out-of-range',
    });
  });
});

describe('batchesByLength', () => {
  const inputs = (lengths: readonly number[]): ModelInput[] =>
    lengths.map((length) => ({ tokens: fakeModel().tokenizer.encode('cow '.repeat(length - 2)).tokens }));

  it('keeps to the budget once padded, the shortest first', () => {
    expect(batchesByLength(inputs([9, 3, 4, 3]), 12)).toEqual([[1, 3, 2], [0]]);
  });

  it('splits where padding costs more than another run', () => {
    const few = inputs([...new Array<number>(3).fill(10), ...new Array<number>(3).fill(14)]);
    expect(batchesByLength(few)).toHaveLength(1);
    const many = inputs([...new Array<number>(30).fill(10), ...new Array<number>(30).fill(14)]);
    expect(batchesByLength(many).map((batch) => batch.length)).toEqual([30, 30]);
  });

  it('runs an input beyond the budget alone', () => {
    expect(batchesByLength(inputs([30, 3, 30]), 12)).toEqual([[1], [0], [2]]);
  });

  it('has no batch for no input', () => {
    expect(batchesByLength([], 12)).toEqual([]);
  });
});
