import { describe, expect, it } from 'vitest';
import { partsOf, sequenceOf } from '../../../src/lenses/senses/sequence';
import { fakeTokenizer } from '../../support/fakeModel';
import { occurrenceOf as at } from '../../support/occurrence';

const tokenizer = fakeTokenizer();
const limits = { maxTokens: 64, templateTokens: 6, wordTokens: 16 };
const pieces = (tokens: readonly { readonly piece: string }[]) => tokens.map(({ piece }) => piece);

describe('sequenceOf', () => {
  const parts = partsOf(at('The cow, walking over grass', 'walking'), tokenizer, limits)!;

  it.each([
    [['W'], '[CLS] the cow , walk ##ing over grass [SEP]', [4, 5], -1],
    [['M'], '[CLS] the cow , [MASK] over grass [SEP]', [], 4],
    [['W', 'and', 'M'], '[CLS] the cow , walk ##ing and [MASK] over grass [SEP]', [4, 5], 7],
    [['W', '(', 'or', 'even', 'M', ')'], '[CLS] the cow , walk ##ing ( or even [MASK] ) over grass [SEP]', [4, 5], 9],
  ])('puts %j in the place of the word', (template, text, word, mask) => {
    const sequence = sequenceOf(parts, template, tokenizer);
    expect(pieces(sequence.tokens).join(' ')).toBe(text);
    expect(sequence.word).toEqual(word);
    expect(sequence.mask).toBe(mask);
  });
});

describe('partsOf', () => {
  const long = at(`${'cow '.repeat(100)}moon ${'grass '.repeat(100)}`, 'moon');

  it('keeps the context nearest to the word, half on each side', () => {
    const { left, word, right } = partsOf(long, tokenizer, { ...limits, maxTokens: 19 })!;
    expect([left.length, word.length, right.length]).toEqual([5, 1, 5]);
  });

  it('gives the room that one side does not need to the other', () => {
    const { left, right } = partsOf(at(`a moon ${'grass '.repeat(100)}`, 'moon'), tokenizer, { ...limits, maxTokens: 19 })!;
    expect([left.length, right.length]).toEqual([1, 9]);
  });

  it('cannot read a word of unknown characters, or of none', () => {
    expect(partsOf(at('the мир', 'мир'), tokenizer, limits)).toBeNull();
    expect(partsOf({ sentence: 'the cow', start: 3, end: 4 }, tokenizer, limits)).toBeNull();
  });
});
