import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../src/math/random';
import { csvRecords, OpenQuoteError } from '../../../src/text/csvRecords';

const values = (text: string): string[][] => csvRecords(text).map(({ fields }) => fields.map(({ value }) => value));

describe('CSV (RFC 4180)', () => {
  it('reads quotes, commas and line breaks within quotes, and all line ends', () => {
    expect(values('a,b\r\n"x, ""y""","two\nlines"\n\nc,\rd,"e"')).toEqual([['a', 'b'], ['x, "y"', 'two\nlines'], ['c', ''], ['d', 'e']]);
  });

  it('knows the line and place of each record', () => {
    const text = 'a,b\n"1\r\n2",c\n\nd,"é"';
    const records = csvRecords(text);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
    expect(records.map(({ fields }) => fields.map(({ end, start }) => text.slice(start, end)))).toEqual([['a', 'b'], ['"1\r\n2"', 'c'], ['d', '"é"']]);
  });

  it('names the line of a quote that is never closed', () => {
    expect(() => csvRecords('a,b\nc,"d\ne,f\n')).toThrow(OpenQuoteError);
    expect(() => csvRecords('a,b\nc,"d\ne,f\n')).toThrow(/line 2/);
  });

  it('says what is wrong with a record, and reads on', () => {
    const records = csvRecords('a,"b"c\nd,e"f\ng,h');
    expect(records.map(({ problem }) => problem?.slice(0, 30) ?? null)).toEqual(['holds text behind a closing qu', 'holds a quote in a field witho', null]);
    expect(values('g,h')).toEqual([['g', 'h']]);
  });

  it('reads back whatever was written', () => {
    const random = randomNumbers(5);
    const signs = ['"', ',', '\n', '\r\n', 'a', 'é', '🐄', ' ', '\t', '', '""'];
    const field = (): string => Array.from({ length: Math.floor(random() * 5) }, () => signs[Math.floor(random() * signs.length)]).join('');
    for (let round = 0; round < 500; round++) {
      // An empty line is no record, so that a record of one empty field cannot be told from none.
      const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, () => [field(), field()]);
      const written = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(random() < 0.5 ? '\n' : '\r\n');
      expect(values(written)).toEqual(rows);
    }
  });

  it('ends on whatever it is given', () => {
    const random = randomNumbers(6);
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: Math.floor(random() * 12) }, () => '",\n\ra'[Math.floor(random() * 5)]).join('');
      try {
        for (const { fields, line } of csvRecords(text)) {
          expect(line).toBeGreaterThan(0);
          for (const { end, start } of fields) expect(start <= end && end <= text.length).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(OpenQuoteError);
      }
    }
  });
});
