import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { classify } from '../../../src/lenses/classification/compute';
import { correlationInWords } from '../../../src/lenses/classification/correlationInWords';
import { evidence } from '../../../src/lenses/classification/evidence';
import { labelledLines } from '../../../src/lenses/classification/labelledLines';
import { classifyLines, mostLines } from '../../../src/lenses/classification/lines';
import { logOdds, probabilitiesOf } from '../../../src/lenses/classification/outcome';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const request = { model: 'fake', device: 'cpu', text: 'the cow ate grass' } as const;
const folder = mkdtempSync(join(tmpdir(), 'headlight-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** "cow" speaks for good by two, "ate" against it by one. */
const weights = new Map([[fakeId('cow'), 2], [fakeId('ate'), -1]]);
const classes = (ids: readonly number[]): number[] => [0, ids.reduce((sum, id) => sum + (weights.get(id) ?? 0), 0)];

describe('classify', () => {
  it('is the softmax over the classes, with the greatest as its label', async () => {
    const { label, logits, probabilities, tokens } = await classify(request, contextOf(fakeModel({ classes })));
    expect([label, ...logits]).toEqual([1, 0, 1]);
    expect(probabilities![1]).toBeCloseTo(Math.E / (1 + Math.E), 6);
    expect(tokens).toHaveLength(6);
  });

  it('is the sigmoid of each for several labels, and the number itself for regression', async () => {
    const several = await classify(request, contextOf(fakeModel({ classes, info: { problemType: 'multi-label' } })));
    expect([...several.probabilities!].map((p) => p.toFixed(4))).toEqual(['0.5000', '0.7311']);
    const number = await classify(request, contextOf(fakeModel({ classes: () => [3.5], info: { labels: ['stars'], problemType: 'regression' } })));
    expect([number.probabilities, number.logits[0]]).toEqual([null, 3.5]);
  });

  it('refuses a model without classes, no text, no number, and numbers for other classes, in words', async () => {
    await expect(classify(request, contextOf(fakeModel({ info: { labels: null, problemType: null } })))).rejects.toMatchObject({ code: 'no-classifier' });
    await expect(classify({ ...request, text: ' ' }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'empty-text' });
    await expect(classify({ ...request, pair: '' }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'empty-text' });
    await expect(classify(request, contextOf(fakeModel({ classes: () => [NaN, 0] })))).rejects.toMatchObject({ code: 'run-failed' });
    const model = fakeModel();
    const other = { ...model, run: async (...args: Parameters<typeof model.run>) => ({ ...(await model.run(...args)), classes: { dims: [1, 3], data: new Float32Array(3) } }) };
    await expect(classify(request, contextOf(other))).rejects.toMatchObject({ code: 'model-broken' });
  });

  it('says how good the classifier is of the built-in encoder alone', async () => {
    writeFileSync(join(folder, 'figures.json'), '{"int8": {"sentiment_accuracy": 0.9}}');
    expect((await classify(request, contextOf(fakeModel({ folder, info: { id: 'encoder' } })))).heldOut).toEqual({ accuracy: 0.9 });
    expect((await classify(request, contextOf(fakeModel({ folder })))).heldOut).toBeNull();
  });
});

describe('evidence', () => {
  it('is the whole less the rest, word by word, for the class that was found', async () => {
    const { of, words } = await evidence({ ...request, method: 'mask' }, contextOf(fakeModel({ classes })));
    expect(of).toBe(1);
    expect(words.map(({ logit }) => Math.round(logit * 1e4) / 1e4)).toEqual([0, 2, -1, 0]);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    expect(words[1]!.probability).toBeCloseTo(sigmoid(1) - sigmoid(-1), 5);
    expect(words[2]!.probability).toBeCloseTo(sigmoid(1) - sigmoid(2), 5);
  });

  it('or for the class that was asked for', async () => {
    const { of, words } = await evidence({ ...request, method: 'delete', of: 0 }, contextOf(fakeModel({ classes })));
    expect([of, Math.round(words[1]!.logit)]).toEqual([0, -2]);
    await expect(evidence({ ...request, method: 'mask', of: 2 }, contextOf(fakeModel({ classes })))).rejects.toMatchObject({ code: 'out-of-range' });
  });

  it('compares its size with what [CLS] attends to in the last layer', async () => {
    // Layer 1: head h looks at the token that stands 1 + h behind [CLS]: "the", "cow", "ate".
    const { attention } = await evidence({ ...request, method: 'mask' }, contextOf(fakeModel({ classes })));
    expect(attention).toMatchObject({ layer: 1, token: 0 });
    expect([...attention!.mean].map((weight) => weight.toFixed(2))).toEqual(['0.33', '0.33', '0.33', '0.00']);
    expect(attention!.best!.head).toBe(1);
    expect([...attention!.best!.weights]).toEqual([0, 1, 0, 0]);
    expect(attention!.meanCorrelation).toBeCloseTo(0.5443, 3);
  });

  it('reads the last token of a stack that reads left to right, and no attention of a model without', async () => {
    const causal = fakeModel({ classes });
    const answer = await evidence({ ...request, method: 'mask' }, contextOf({ ...causal, attention: causal.attention.map((layer) => ({ ...layer, kind: 'causal' as const })) }));
    expect(answer.attention!.token).toBe(5);
    const none = await evidence({ ...request, method: 'mask' }, contextOf(fakeModel({ classes, info: { layers: 0 } })));
    expect(none.attention).toBeNull();
  });
});

describe('classifyLines', () => {
  it('keeps lines in order, and has no number for empty ones', async () => {
    const { cut, logits } = await classifyLines({ model: 'fake', device: 'cpu', texts: ['the cow', ' ', 'ate', `cow ${'the '.repeat(40)}`] }, contextOf(fakeModel({ classes })));
    expect([...logits]).toEqual([0, 2, NaN, NaN, 0, -1, 0, 2]);
    expect(cut).toEqual([3]);
  });

  it('tells how far it is, and stops when it is cancelled', async () => {
    const controller = new AbortController();
    const done: (number | undefined)[] = [];
    const model = fakeModel({ classes, info: { window: 512 } });
    const texts = Array.from({ length: 400 }, () => 'the cow ate grass and the moon');
    const context = contextOf(model, (progress) => {
      done.push(progress.done);
      if (done.length === 3) controller.abort();
    });
    await expect(classifyLines({ model: 'fake', device: 'cpu', texts }, { ...context, signal: controller.signal })).rejects.toThrow();
    expect(done).toHaveLength(3);
    expect(done[2]).toBeGreaterThan(done[1]!);
  });

  it('refuses more than it can hold', async () => {
    await expect(classifyLines({ model: 'fake', device: 'cpu', texts: new Array<string>(mostLines + 1).fill('') }, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'text-too-long' });
  });
});

describe('outcomes', () => {
  it('have log-odds that tell words apart where the probability is 1', () => {
    const logits = Float32Array.from([0, 60]);
    expect(probabilitiesOf(logits, 'single-label')![1]).toBe(1);
    expect(logOdds(logits, 1, 'single-label')).toBeCloseTo(60, 5);
    const three = Float32Array.from([1, 2, 3]);
    const p = probabilitiesOf(three, 'single-label')![2]!;
    expect(logOdds(three, 2, 'single-label')).toBeCloseTo(Math.log(p / (1 - p)), 5);
    expect(logOdds(three, 0, 'multi-label')).toBe(1);
  });
});

describe('labelledLines', () => {
  const labels = ['negative', 'positive'];

  it('takes names and indexes before a tab where all lines have one', () => {
    expect(labelledLines(['Positive\tgood', '', '0\tbad\tly'], labels)).toEqual([
      { text: 'good', from: 9, truth: 1 }, { text: '', from: 0, truth: null }, { text: 'bad\tly', from: 2, truth: 0 },
    ]);
  });

  it('and else none', () => {
    expect(labelledLines(['positive\tgood', 'a plain line'], labels)).toEqual([
      { text: 'positive\tgood', from: 0, truth: null }, { text: 'a plain line', from: 0, truth: null },
    ]);
  });
});

describe('correlationInWords', () => {
  it.each([
    [0.8, 'agrees well with'], [0.5, 'agrees in part with'], [0.3, 'agrees little with'], [0, 'says nothing of'], [-0.5, 'runs against'], [-1, 'runs against'],
  ])('%d: %s', (meanCorrelation, words) => {
    expect(correlationInWords({ layer: 5, meanCorrelation, best: null }, 12)).toContain(words);
  });

  it('says so where there is nothing to compare', () => {
    expect(correlationInWords({ layer: 5, meanCorrelation: null, best: null }, 12)).toMatch(/too little to rank/);
  });
});
