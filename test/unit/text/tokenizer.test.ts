import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { TextTokenizer } from '../../../src/text/tokenizer';
import { bertTokenizer, readJson, smallTokenizer } from './tokenizers';

const bert = bertTokenizer();
const byteLevel = smallTokenizer('byteLevel', { mask_token: { content: '<mask>' }, pad_token: '<pad>', unk_token: '<unk>' });
const unigram = smallTokenizer('unigram');

describe('a BERT encoding', () => {
  it('gives the true text of each token, its word and its segment', () => {
    const text = 'The Cow [MASK] unbeliévably.';
    const { tokens } = bert.encode(text, 'So?');
    expect(tokens.map(({ piece, text: shown, start, end, word, segment, special }) => [piece, shown, start, end, word, segment, special])).toEqual([
      ['[CLS]', '[CLS]', 0, 0, null, 0, true],
      ['the', 'The', 0, 3, 0, 0, false],
      ['cow', 'Cow', 4, 7, 1, 0, false],
      ['[MASK]', '[MASK]', 8, 14, 2, 0, false],
      ['un', 'un', 15, 17, 3, 0, false],
      ['##bel', 'bel', 17, 20, 3, 0, false],
      ['##ie', 'ié', 20, 22, 3, 0, false],
      ['##va', 'va', 22, 24, 3, 0, false],
      ['##bly', 'bly', 24, 27, 3, 0, false],
      ['.', '.', 27, 28, 4, 0, false],
      ['[SEP]', '[SEP]', 0, 0, null, 0, true],
      ['so', 'So', 0, 2, 0, 1, false],
      ['?', '?', 2, 3, 1, 1, false],
      ['[SEP]', '[SEP]', 0, 0, null, 1, true],
    ]);
  });

  it('keeps the texts it is of', () => {
    expect(bert.encode('a')).not.toHaveProperty('pair');
    expect(bert.encode('a', '')).toMatchObject({ text: 'a', pair: '' });
  });

  it('has template tokens alone for an empty text', () => {
    expect(bert.encode('').tokens.map((token) => token.piece)).toEqual(['[CLS]', '[SEP]']);
  });

  it('takes halves of surrogate pairs without complaint', () => {
    for (const text of ['\ud83d', 'a\ude42b', '\ude42\ud83d', 'é\ud83d e\u0301']) {
      for (const { start, end } of bert.encode(text).tokens) expect(end).toBeLessThanOrEqual(Math.max(start, text.length));
    }
  });

  it('calls a word of more than 100 characters unknown, as a whole', () => {
    const { tokens } = bert.encode(`a ${'x'.repeat(101)} b`);
    expect(tokens[2]).toMatchObject({ id: bert.unknownId, start: 2, end: 103 });
  });
});

describe('a byte-level encoding', () => {
  it('gives every piece of a split character the whole character', () => {
    const { tokens } = byteLevel.encode('a🙂');
    expect(tokens.slice(1, -1).map(({ text }) => text)).toEqual(['a', '🙂', '🙂', '🙂', '🙂']);
  });

  it('counts the space before a word neither to the word nor to a typed mask', () => {
    const text = 'the cow <mask>.';
    const { tokens } = byteLevel.encode(text);
    const mask = tokens.find((token) => token.id === byteLevel.maskToken?.id);
    expect(mask).toMatchObject({ text: '<mask>', start: 8, end: 14, special: false });
    expect(tokens.every((token) => token.special || token.text === token.text.trim())).toBe(true);
  });

  it('calls the second text segment 1', () => {
    const { tokens } = byteLevel.encode('a', 'b');
    expect(tokens.map(({ piece, segment }) => `${piece}${segment}`)).toEqual(['<s>0', 'a0', '</s>0', '</s>0', 'b1', '</s>1']);
  });
});

describe('special tokens and the vocabulary', () => {
  it('are found by configuration or by their usual names', () => {
    expect(bert.maskToken).toEqual({ id: 103, text: '[MASK]' });
    expect({ unknown: bert.unknownId, pad: bert.padId, size: bert.vocabularySize }).toEqual({ unknown: 100, pad: 0, size: 30522 });
    expect(byteLevel.maskToken).toEqual({ id: 4, text: '<mask>' });
    expect({ unknown: byteLevel.unknownId, pad: byteLevel.padId }).toEqual({ unknown: 3, pad: 1 });
    expect(smallTokenizer('byteFallback').maskToken).toBeNull();
  });

  it('are shown as a reader would write them', () => {
    const show = (tokenizer: TextTokenizer, word: string) => tokenizer.piecesOf(word).map(({ id }) => tokenizer.display(id));
    expect(show(bert, 'understanding')).toEqual(['understanding']);
    expect(show(bert, 'unbelievably')).toEqual(['un', '##bel', '##ie', '##va', '##bly']);
    expect(show(byteLevel, 'the')).toEqual(['the']);
    expect(byteLevel.piecesOf('the')[0]!.piece).toBe('Ġthe');
    expect(show(unigram, 'the').join('')).toBe('the');
    expect(bert.display(99_999)).toBe('#99999');
  });

  it('show white space as what it is, and half a character by its bytes', () => {
    const idOf = (piece: string) => byteLevel.encode('🙂 \n').tokens.find((token) => token.piece === piece)!.id;
    expect(byteLevel.display(idOf('ð'))).toBe('⟨F0⟩');
    expect(byteLevel.display(idOf('Ċ'))).toBe('\n');
  });
});

describe('a tokenizer.json that cannot be used', () => {
  const broken = (json: unknown) => () => TextTokenizer.fromJson(json, {});
  it.each([
    ['null', null],
    ['an array', []],
    ['an object without a model', { version: '1.0' }],
    ['a model of no known kind', { model: { type: 'Magic' } }],
    ['an unknown normalizer', { ...readJson('test/golden/tokens/tokenizers/unigram.json'), normalizer: { type: 'Magic' } }],
    ['an unknown pre-tokenizer', { ...readJson('test/golden/tokens/tokenizers/unigram.json'), pre_tokenizer: { type: 'Magic' } }],
    ['added tokens that are no list', { ...readJson('test/golden/tokens/tokenizers/unigram.json'), added_tokens: 3 }],
  ])('%s', (_, json) => {
    expect(broken(json)).toThrow(HeadlightError);
    expect(broken(json)).toThrow(/tokenizer\.json cannot be used: .+\. Export the model again/);
  });
});

describe('time', () => {
  it('a sentence takes well under a millisecond, a long text no more than its share', () => {
    const sentence = 'The cow ate her treat that Sally gave, and it jumped over the moon; naïvely, she could not understand. ';
    const timeOf = (text: string, times: number) => {
      const started = performance.now();
      for (let i = 0; i < times; i++) bert.encode(text);
      return (performance.now() - started) / times;
    };
    timeOf(sentence, 300);
    const short = timeOf(sentence, 300);
    const long = timeOf(sentence.repeat(1000), 2);
    expect(short).toBeLessThan(1);
    expect(long).toBeLessThan(short * 1000 * 8);
  });
});
