import { describe, expect, it } from 'vitest';
import { type Lemmas, lemmasOf, type PartOfSpeech } from '../../../src/lenses/senses/lemmas';

const known: Readonly<Record<string, readonly PartOfSpeech[]>> = {
  stand: ['noun', 'verb'],
  box: ['noun', 'verb'],
  berry: ['noun'],
  wolf: ['noun'],
  fine: ['adjective', 'verb', 'noun'],
  wait: ['verb'],
  love: ['verb', 'noun'],
  find: ['verb'],
  found: ['verb'],
  foot: ['noun'],
  well: ['adverb', 'noun'],
  s: ['noun'],
};
const dictionary: Lemmas = {
  has: (lemma, partOfSpeech) => known[lemma]?.includes(partOfSpeech) ?? false,
  irregular: (form) => ({ stood: ['stand'], found: ['find'], feet: ['foot'] })[form] ?? [],
};
const found = (form: string): string[] => lemmasOf(form, dictionary).map(({ lemma, partOfSpeech }) => `${lemma} ${partOfSpeech}`);

describe('base forms of a word', () => {
  it.each([
    ['stand', ['stand noun', 'stand verb']],
    ['Stands', ['stand noun', 'stand verb']],
    ['standing', ['stand verb']],
    ['stood', ['stand noun', 'stand verb']],
    ['boxes', ['box noun', 'box verb']],
    ['berries', ['berry noun']],
    ['wolves', ['wolf noun']],
    ['finest', ['fine adjective']],
    ['waited', ['wait verb']],
    ['loving', ['love verb']],
    ['feet', ['foot noun']],
    ['found', ['found verb', 'find verb']],
    ['well', ['well noun', 'well adverb']],
  ])('%s', (form, expected) => {
    expect(found(form)).toEqual(expected);
  });

  it('a word that the dictionary does not list has none', () => {
    expect(found('xylophone')).toEqual([]);
    expect(found('')).toEqual([]);
  });

  it('an ending is not the whole word', () => {
    expect(found('s')).toEqual(['s noun']);
    expect(found('ing')).toEqual([]);
  });
});
