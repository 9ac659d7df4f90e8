import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { readExamples } from '../../../src/lenses/training/examples';
import { randomNumbers } from '../../../src/math/random';

const read = (name: string, text: string): string[] => readExamples(name, text).examples.map(({ label, line, text: content }) => `${line} ${label}: ${content}`);
const left = (name: string, text: string): string[] => readExamples(name, text).leftOut.map(({ line, reason }) => `${line} ${reason}`);

describe('labelled lines', () => {
  it('are read from all three formats, with a header or without, in any order', () => {
    const wanted = ['1 good: Fine.', '2 bad: No, no.'];
    const below = ['2 good: Fine.', '3 bad: No, no.'];
    expect(read('a.tsv', 'good\tFine.\nbad\tNo, no.\n')).toEqual(wanted);
    expect(read('a.tsv', '\ufeffText\tLabel\r\nFine.\tgood\r\nNo, no.\tbad')).toEqual(below);
    expect(read('a.csv', 'good,Fine.\nbad,"No, no."')).toEqual(wanted);
    expect(read('a.csv', 'id,text,label\n1,Fine.,good\n2,"No, no.",bad\n')).toEqual(below);
    expect(read('a.jsonl', '{"label":"good","text":"Fine."}\n{"text":"No, no.","label":"bad","id":7}\n')).toEqual(wanted);
    expect(read('a.ndjson', '{"label":1,"text":"Fine."}\n\n{"label":false,"text":"No."}')).toEqual(['1 1: Fine.', '3 false: No.']);
  });

  it('of a file of another name are read as the first line tells', () => {
    expect(readExamples('data', '\n{"label":"a","text":"b"}').format).toBe('jsonl');
    expect(readExamples('data.txt', 'a\tb, c').format).toBe('tsv');
    expect(readExamples('data.txt', 'a,b').format).toBe('csv');
  });

  it('keep their places', () => {
    const text = '\ufefflabel,text\n\nä,"two\nlines, ""quoted"""\n𝕏,x\n';
    const [first, second] = readExamples('a.csv', text).examples;
    expect(text.slice(first!.start, first!.end)).toBe('ä,"two\nlines, ""quoted"""');
    expect([first!.line, second!.line]).toEqual([3, 5]);
    expect(second!.label).toBe('𝕏');
  });

  it('that cannot be used are named', () => {
    expect(left('a.tsv', 'a\tgood\nno tab\n\ttext\nb\t \na\tb\tc\n')).toEqual([
      '2 has 1 field, not a tab between label and text', '3 has no label', '4 has no text', '5 has 3 fields, not a tab between label and text',
    ]);
    expect(left('a.csv', 'text,label\nx,a\ny\nz,b,c\n"q"r,a')).toEqual([
      '3 has 1 field, while the header names 2', '4 has 3 fields, while the header names 2',
      '5 holds text behind a closing quote; write a quote within quotes twice',
    ]);
    expect(left('a.jsonl', '{"label":"a","text":"x"}\n{"label":"a"\n[1]\n{"label":null,"text":"x"}\n{"label":"a","text":5}')).toEqual([
      '2 is no JSON', '3 is no JSON object with "label" and "text"', '4 has no "label"', '5 has no "text"',
    ]);
    expect(left('a.tsv', `a\tb\n${'long '.repeat(60)}\tb c`)).toEqual(['2 has a label of 300 characters: are label and text swapped?']);
  });

  it('that are the same count once, and a text with two labels not at all', () => {
    const { examples, leftOut } = readExamples('a.tsv', 'a\tone\nb\ttwo\na\tone \nb\tone\na\tthree');
    expect(examples.map(({ line }) => line)).toEqual([2, 5]);
    expect(leftOut.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '1 has the text of line 4, with another label', '3 has the text of line 4, with another label', '4 has the text of line 1, with another label',
    ]);
    expect(left('a.tsv', 'a\tone\na\tone\nb\ttwo')).toEqual(['2 is the same as line 1']);
  });

  it('have labels in any script, one for all ways to write it', () => {
    expect(readExamples('a.tsv', '好\tx\nhe\u0301\ty\nh\u00e9\tz\nجيد\tw').examples.map(({ label }) => label)).toEqual(['好', 'hé', 'hé', 'جيد']);
  });

  it.each([
    ['a.tsv', '', /a\.tsv is empty\. Write a line for each example/],
    ['a.tsv', '\ufeff \n\n', /is empty/],
    ['a.csv', 'label,text\n', /holds no examples, only a header/],
    ['a.tsv', 'nothing here\nnor here', /No line of a\.tsv can be used: line 1 has 1 field/],
    ['a.csv', 'a,b\nc,"d\ne,f', /quote that opens a field in line 2 is never closed/],
    ['a.tsv', 'a\0b\tc', /binary/],
  ])('%s refuses %j', (name, text, message) => {
    expect(() => readExamples(name, text)).toThrow(message);
    try {
      readExamples(name, text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'data-unusable' });
    }
  });

  it('of a hundred thousand are read in seconds', () => {
    const text = Array.from({ length: 100_000 }, (_, at) => `${at % 2 ? 'a' : 'b'}\ttext number ${at}`).join('\n');
    const begun = performance.now();
    expect(readExamples('a.tsv', text).examples).toHaveLength(100_000);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('are read or refused in words, whatever the file holds', () => {
    const random = randomNumbers(11);
    const signs = ['label', 'text', '\t', ',', '"', '\n', '\r\n', '{', '}', ':', 'a', ' ', '\ufeff', '\u2028', '[', '1'];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: Math.floor(random() * 20) }, () => signs[Math.floor(random() * signs.length)]).join('');
      const name = ['a.tsv', 'a.csv', 'a.jsonl', 'a'][round % 4]!;
      try {
        const { examples, leftOut } = readExamples(name, text);
        for (const { end, label, start, text: content } of examples) {
          expect(label.trim() !== '' && content.trim() !== '' && start < end && end <= text.length).toBe(true);
        }
        expect(new Set([...examples, ...leftOut].map(({ line }) => line)).size).toBe(examples.length + leftOut.length);
      } catch (error) {
        if (!(error instanceof HeadlightError)) throw new Error(`${name}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
  });
});
