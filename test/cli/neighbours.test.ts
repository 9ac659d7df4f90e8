import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { lesson } from '../../scripts/steps/paths.mjs';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
let text: string;
beforeAll(async () => {
  headlight = await commandLine();
  text = await readFile(lesson, 'utf8');
});

interface NeighboursJson {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly layer: number;
  readonly compared: number;
  readonly whole: boolean;
  readonly neighbours: readonly { word: string; line: number; start: number; end: number; cosine: number }[];
  readonly static: readonly { word: string; cosine: number }[] | null;
}
const ask = async (...args: readonly string[]): Promise<NeighboursJson> => JSON.parse((await headlight(['neighbours', ...args, '--json'])).stdout) as NeighboursJson;

describe('headlight neighbours', () => {
  it('lists nearest words with their places, and static ones beside', async () => {
    const found = await ask('stand', lesson, '--at', '3', '--top', '6');
    expect(text.slice(found.start, found.end)).toBe('stand');
    expect(text.split('\n')[found.line - 1]).toContain('cannot stand the noise');
    expect([found.layer, found.whole, found.neighbours.length]).toEqual([6, true, 6]);
    for (const { word, line, start, end } of found.neighbours) {
      expect(text.slice(start, end)).toBe(word);
      expect(word.toLowerCase()).not.toBe('stand');
      expect(text.split('\n')[line - 1]).toContain(word);
    }
    const cosines = found.neighbours.map(({ cosine }) => cosine);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    expect(new Set(found.neighbours.map(({ word }) => word.toLowerCase())).size).toBe(6);
    expect(found.static!.slice(0, 3).map(({ word }) => word)).toEqual(['stands', 'sit', 'stood']);
  });

  it('--same counts the word itself: before the first layer its other places come first, whatever they mean', async () => {
    const found = await ask('stand', lesson, '--same', '--layer', '0', '--top', '8');
    expect(found.neighbours.map(({ word }) => word)).toEqual(Array(8).fill('stand'));
    const last = await ask('stand', lesson, '--same', '--top', '2');
    const lines = text.split('\n');
    for (const { line } of last.neighbours) expect(lines[line - 1]).toMatch(/music stand|tapped the stand/);
  });

  it('prints both lists, and says when the static model does not know the word', async () => {
    const { stdout } = await headlight(['neighbours', 'stand', lesson, '--top', '2']);
    expect(stdout).toMatch(/hidden state 6: \d+ words of the whole file\nline \d+ +He put the sheet/);
    expect(stdout).toMatch(/static, one vector a word\n {2}0\.\d+ {2}stands\n {2}0\.\d+ {2}sit\n$/);
    const { stdout: unknown } = await headlight(['neighbours', 'Ctrl', lesson, '--top', '1']);
    expect(unknown).toContain('static: "Ctrl" is not in the vocabulary');
  });

  it.each([
    [['unicorn'], 1, /"unicorn" does not stand in/],
    [['stand', '--at', '99'], 2, /--at takes a place from 0 to \d+/],
    [['stand', '--layer', '9'], 1, /no hidden state 9/],
  ])('refuses %j', async ([word, ...options], expected, message) => {
    const { code, stderr, stdout } = await headlight(['neighbours', word!, lesson, ...options]);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });
});
