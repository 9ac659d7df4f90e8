import { fakeId, fakeModel, type FakeModelOptions } from './fakeModel';
import { occurrenceOf } from './occurrence';

/** A model in which every token looks like the topic of its sentence, by its place a little, but for the embedding layer. */
export const topical: FakeModelOptions = {
  hidden: (state, token, index, { tokens }) => {
    if (state === 0) return [token.id, 1, 0, 0];
    const river = tokens.some(({ piece }) => piece === 'river');
    return river ? [1, 0.01 * index, 0, 0.2] : [0, 0.01 * index, 1, 0.2];
  },
  logits: (ids) => {
    const likely = ids.includes(fakeId('river')) ? 'grass' : 'money';
    return Array.from({ length: fakeModel().tokenizer.vocabularySize }, (_, id) => (id === fakeId(likely) ? 5 : 0));
  },
};

/** Occurrences of “bank” that this model tells apart: the first and the third are of a river. */
export const banks = ['the river bank', 'the bank and money', 'a bank over the river', 'her bank . money', 'a bank , her money'].map((sentence) =>
  occurrenceOf(sentence, 'bank'),
);
