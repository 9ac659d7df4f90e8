import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OutputText, outputText } from '../../../src/lenses/writing/outputText';
import { TextTokenizer } from '../../../src/text/tokenizer';

const models = join(import.meta.dirname, '..', '..', '..', 'models');
const tokenizerOf = (model: string): TextTokenizer => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(models, model, file), 'utf8'));
  return TextTokenizer.fromJson(read('tokenizer.json'), read('tokenizer_config.json'));
};

function placesOf(tokenizer: TextTokenizer, ids: readonly number[], before: readonly number[] = []): { readonly text: string; readonly pieces: readonly string[] } {
  const states: OutputText[] = [];
  for (const id of ids) states.push((states.at(-1) ?? outputText(tokenizer, before)).append(id));
  const { text } = states.at(-1)!;
  return { text, pieces: states.map(({ end, start }) => text.slice(start, end)) };
}

describe('output text', () => {
  it('has a range for each token, and none for special ones', () => {
    const tokenizer = tokenizerOf('translator');
    const ids = tokenizer.encode('La vaca saltó.').tokens.map(({ id }) => id);
    expect(placesOf(tokenizer, ids)).toEqual({ text: 'La vaca saltó.', pieces: ['La', 'vac', 'a', 'saltó', '.', ''] });
  });

  it('gives a character of several tokens to the one that ends it', () => {
    const tokenizer = tokenizerOf('decoder');
    const ids = tokenizer.piecesOf('a 🐄 b').map(({ id }) => id);
    const { pieces, text } = placesOf(tokenizer, ids);
    expect(text).toBe(' a 🐄 b');
    expect(pieces.filter((piece) => piece !== '')).toEqual(['a', '🐄', 'b']);
    expect(pieces.length).toBeGreaterThan(3);
  });

  it('goes on from a prompt with the space between', () => {
    const tokenizer = tokenizerOf('decoder');
    const prompt = tokenizer.encode('The cow').tokens.map(({ id }) => id);
    expect(placesOf(tokenizer, tokenizer.piecesOf('ran').map(({ id }) => id), prompt).text).toBe(' ran');
  });

  it('tells pieces that begin a word from those that go on', () => {
    const tokenizer = tokenizerOf('translator');
    const tokens = tokenizer.encode('vaca').tokens;
    expect(tokens.slice(0, 2).map(({ id }) => tokenizer.startsWord(id))).toEqual([true, false]);
    expect(tokenizer.isSpecial(tokens.at(-1)!.id)).toBe(true);
    expect(tokenizer.has(7999)).toBe(true);
    expect(tokenizer.has(8000)).toBe(false);
  });
});
