import { describe, expect, it } from 'vitest';
import { textAround } from '../../../src/text/aroundText';
import { wordInUse } from '../../../src/text/wordInUse';

const text = 'A music stand.\n\nI tolerate noise. Nobody can tolerate it long.\n';

describe('wordInUse', () => {
  it('takes the sentence that comes with the word', () => {
    const sentence = 'Bears can bear cold.';
    expect(wordInUse({ word: 'bear', sentence }, text, 0)).toEqual({ word: 'bear', from: 'sentence', places: [{ sentence, start: 10, end: 14 }], total: 1 });
    expect(() => wordInUse({ word: 'ox', sentence }, text, 0)).toThrow(/“ox” does not stand in “Bears can bear cold.”/);
  });

  it('takes the places of a document that has the word, with their lines', () => {
    const { from, places, total } = wordInUse({ word: 'Tolerate' }, text, text.length);
    expect([from, total]).toEqual(['document', 2]);
    expect(places.map(({ line, offset }) => [line, text.slice(offset, offset! + 8)])).toEqual([[3, 'tolerate'], [3, 'tolerate']]);
    expect(places[1]!.sentence).toBe('Nobody can tolerate it long.');
    expect(wordInUse({ word: 'music stand' }, text, 0)).toMatchObject({ from: 'document', places: [{ start: 2, end: 13 }] });
  });

  it('takes the nearest of many places', () => {
    const { places, total } = wordInUse({ word: 'cow' }, 'A cow.\n'.repeat(30), 140);
    expect(total).toBe(30);
    expect(places).toHaveLength(8);
    expect(places.every(({ offset }) => Math.abs(offset! - 140) < 40)).toBe(true);
  });

  it('puts a word that stands nowhere into a sentence that says nothing about it', () => {
    const { from, places: [place], total } = wordInUse({ word: 'easel' }, text, 0);
    expect([from, total]).toEqual(['alone', 0]);
    expect(place!.sentence.slice(place!.start, place!.end)).toBe('easel');
    expect(place).not.toHaveProperty('offset');
  });
});

describe('textAround', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `line ${at + 1} of a poem`).join('\n');

  it('gives a short text whole', () => {
    expect(textAround(lines, 50, 10_000)).toEqual({ text: lines, offset: 0, line: 1, whole: true });
  });

  it.each([0, 700, 1000, lines.length])('cuts a long one at line ends around %i, and says where it is from', (offset) => {
    const part = textAround(lines, offset, 300);
    expect(part.whole).toBe(false);
    expect(lines.slice(part.offset, part.offset + part.text.length)).toBe(part.text);
    expect(part.text.length).toBeLessThanOrEqual(300);
    expect(part.text.length).toBeGreaterThan(250);
    expect(part.offset <= offset && offset <= part.offset + part.text.length).toBe(true);
    expect(part.text.startsWith(`line ${part.line} of`)).toBe(true);
    expect(part.text).toMatch(/poem$/);
  });

  it('cuts a text of one line between characters', () => {
    const part = textAround('🐄'.repeat(1000), 901, 100);
    expect(Array.from(part.text).every((character) => character === '🐄')).toBe(true);
  });
});
