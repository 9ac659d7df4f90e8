import { describe, expect, it } from 'vitest';
import { neighbours } from '../../../src/lenses/neighbours/compute';
import { wordsAround } from '../../../src/lenses/neighbours/wordsAround';
import type { ModelInput } from '../../../src/lenses/model';
import { nearest } from '../../../src/lenses/vectors/nearest';
import type { Token } from '../../../src/text/token';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel, fakeTokenizer, type FakeModelOptions } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu' } as const;
const text = 'The cow jumped over the moon.\n\nHer cow ate grass. A bank and money.\n\nThe cow ate the apple.\n';
const sentence = 'The cow jumped over the moon.';
const of = { sentence, start: 4, end: 7 };

/** Words lie on a circle by their ids, nearer to each other in later states. */
const circular: FakeModelOptions = {
  hidden: (state, { id }, index) => {
    const angle = (id - fakeId('cow')) / (10 + state) + 0.001 * index;
    return [Math.cos(angle), Math.sin(angle), 0, 0];
  },
};

describe('neighbours', () => {
  const ask = (sameWord: boolean, model = fakeModel(circular)) => neighbours({ ...target, of, text, focus: 4, top: 3, sameWord }, contextOf(model));
  const said = (found: readonly { readonly start: number; readonly end: number }[]): string[] => found.map(({ start, end }) => text.slice(start, end));

  it('ranks other words by cosine, each by its nearest place, in every state', async () => {
    const { states, compared, whole } = await ask(false);
    expect(states).toHaveLength(3);
    for (const found of states) {
      expect(said(found)).toEqual(['jumped', 'over', 'moon']);
      expect(found.map(({ cosine }) => cosine)).toEqual([...found.map(({ cosine }) => cosine)].sort((a, b) => b - a));
    }
    expect(states[0]![0]!.cosine).toBeCloseTo(Math.cos(0.1 + 0.001), 5);
    expect(text.slice(states[0]![0]!.sentence.start, states[0]![0]!.sentence.end)).toBe(sentence);
    // Twelve content words, of which three are the cow.
    expect([compared, whole]).toEqual([9, true]);
  });

  it('takes other occurrences of the word itself when asked, each by itself, never the asked one', async () => {
    const { states, compared } = await ask(true);
    expect(said(states[2]!)).toEqual(['cow', 'cow', 'jumped']);
    expect(states[2]!.map(({ start }) => start)).not.toContain(4);
    expect(compared).toBe(11);
  });

  it('reads a text once: another word of it costs nothing', async () => {
    let runs = 0;
    const model = fakeModel({ ...circular, onRun: () => { runs++; } });
    await ask(false, model);
    const before = runs;
    await neighbours({ ...target, of: { sentence, start: 24, end: 28 }, text, focus: 24, top: 3, sameWord: true }, contextOf(model));
    expect(runs).toBe(before);
  });

  it('refuses a word that the model cannot read', async () => {
    const unread = { sentence: 'the мир', start: 4, end: 7 };
    await expect(neighbours({ ...target, of: unread, text, focus: 0, top: 3, sameWord: false }, contextOf(fakeModel(circular)))).rejects.toMatchObject({ code: 'word-not-found' });
  });
});

describe('wordsAround', () => {
  const long = Array.from({ length: 200 }, () => 'The cow ate grass.\n').join('');

  it('takes the sentences nearest to the focus, as far as the tokens go', () => {
    const { words, tokens, whole } = wordsAround(long, 19 * 100, fakeTokenizer(), 50);
    expect([tokens, whole]).toEqual([50, false]);
    // Five tokens and three content words a sentence.
    expect(words).toHaveLength(30);
    expect(words[0]!.start).toBeGreaterThan(19 * 93);
    expect(words.at(-1)!.end).toBeLessThan(19 * 107);
    expect(words.map(({ start }) => start)).toEqual([...words.map(({ start }) => start)].sort((a, b) => a - b));
  });

  it('takes one sentence at least, and nothing of no text', () => {
    expect(wordsAround('A a a a a a a a cow a a a moon.', 0, fakeTokenizer(), 10)).toMatchObject({ words: [{ start: 16 }, { start: 26 }], tokens: 14 });
    expect(wordsAround('', 0, fakeTokenizer())).toEqual({ words: [], tokens: 0, whole: true });
  });
});

describe('nearest by static vectors', () => {
  const flat = { ...circular, info: { layers: 0 }, hidden: (state: number, token: Token, index: number, input: ModelInput) => circular.hidden!(state, { ...token, id: input.ids?.[index] ?? token.id }, 0, input) };

  it('ranks the whole vocabulary, without the word itself', async () => {
    const { words } = await nearest({ ...target, word: 'Cow', top: 2 }, contextOf(fakeModel(flat)));
    expect(words!.map(({ token }) => token)).toEqual(['the', 'jumped']);
  });

  it('is honest about a word that it does not know, and no other model’s', async () => {
    expect((await nearest({ ...target, word: 'мир', top: 2 }, contextOf(fakeModel(flat)))).words).toBeNull();
    await expect(nearest({ ...target, word: 'cow', top: 2 }, contextOf(fakeModel(circular)))).rejects.toMatchObject({ code: 'out-of-range' });
  });
});
