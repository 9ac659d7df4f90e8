import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import { forgetting } from '../../src/lenses/lineage/forgetting';
import { leftOfWords, movedByPlace } from '../../src/lenses/lineage/meanForgetting';
import { recorded } from '../../src/lenses/lineage/recorded';
import { influence } from '../../src/lenses/translation/influence';
import { contextOf } from '../support/computeContext';

const setup = { builtInModels: join(import.meta.dirname, '..', '..', 'models'), storage: null };
const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, new AbortController().signal);
const target = { model: 'rnn', device: 'cpu' } as const;
const text = 'When I was a little child, my grandmother told me stories.';
const other = 'The cow jumped over the moon.';

describe('forgetting', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await load('rnn');
  });
  afterAll(() => model.dispose());

  it('says of each word what its influence is on every beginning of the text', async () => {
    const { texts: [first, second] } = await forgetting({ ...target, texts: [text, other], every: true }, contextOf(model));
    expect(second!.words.map(({ end, start }) => other.slice(start, end))).toEqual(['The', 'cow', 'jumped', 'over', 'the', 'moon', '.']);
    for (const [index, { end, moved, start }] of first!.words.entries()) {
      expect(moved).toHaveLength(first!.words.length - index);
      expect(moved.every(({ cosineDistance, distance }) => cosineDistance > 0 && distance > 0), text.slice(start, end)).toBe(true);
    }
    for (const read of [1, 4, first!.words.length]) {
      const { words } = await influence({ ...target, text: text.slice(0, first!.words[read - 1]!.end) }, contextOf(model));
      words.forEach(({ cosineDistance, distance }, word) => {
        expect(first!.words[word]!.moved[read - 1 - word]!.cosineDistance).toBeCloseTo(cosineDistance, 5);
        expect(first!.words[word]!.moved[read - 1 - word]!.distance).toBeCloseTo(distance, 5);
      });
    }
  });

  it('without the lengths between has the two ends of the same', async () => {
    const { texts: [all] } = await forgetting({ ...target, texts: [text], every: true }, contextOf(model));
    const { texts: [ends] } = await forgetting({ ...target, texts: [text], every: false }, contextOf(model));
    for (const [index, { moved }] of ends!.words.entries()) {
      const whole = all!.words[index]!.moved;
      const expected = index === ends!.words.length - 1 ? [whole[0]!] : [whole[0]!, whole.at(-1)!];
      expect(moved).toHaveLength(expected.length);
      expected.forEach(({ distance }, at) => {
        expect(moved[at]!.distance).toBeCloseTo(distance, 5);
      });
    }
  });

  it('is there: the more words follow, the less is left of one', async () => {
    const { texts } = await forgetting({ ...target, texts: [text, other], every: true }, contextOf(model));
    const left = leftOfWords(texts, 'cosineDistance').map(({ value }) => value);
    expect(left[0]).toBe(1);
    // Of what a word did when it was just read, a third is left ten words later.
    expect(left[4]).toBeLessThan(0.85);
    expect(left[9]).toBeLessThan(0.5);
    expect(movedByPlace(texts, 'distance')).toHaveLength(texts[0]!.words.length);
  });

  it('needs one vector, and something to read', async () => {
    await expect(forgetting({ ...target, texts: [' '], every: false }, contextOf(model))).rejects.toThrow('empty');
    const attending = await load('rnn-attention');
    await expect(forgetting({ ...target, texts: [text], every: false }, contextOf(attending))).rejects.toThrow('Choose rnn');
    await attending.dispose();
  });

  it('can be cancelled between runs', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const context = { ...contextOf(model), signal: stop.signal, progress: ({ done }: { done?: number }) => {
      told.push(done!);
      if (told.length === 2) stop.abort();
    } };
    await expect(forgetting({ ...target, texts: [text, other, text], every: true }, context)).rejects.toMatchObject({ code: 'cancelled' });
    expect(told).toEqual([0, 64]);
  });
});

describe('recorded results', () => {
  it.each(['rnn', 'rnn-attention', 'translator'])('of %s lie beside it', async (name) => {
    const model = await load(name);
    const { figures } = await recorded({ ...target, model: name }, contextOf(model));
    expect(figures).toMatchObject({ pairs: 2000, beams: 4 });
    expect(figures!.joinedByLength.map(({ words }) => words)).toEqual([[9, 12], [13, 16], [17, 24], [25, 40]]);
    await model.dispose();
  });

  it('of a model of another kind are none', async () => {
    const model = await load('decoder');
    expect(await recorded({ ...target, model: 'decoder' }, contextOf(model))).toMatchObject({ figures: null });
    await model.dispose();
  });
});
