import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

const text = 'The cow jumped over the moon, and the telescope laughed.\n\nNobody can stand the noise of the traffic.\n';
let headlight: Awaited<ReturnType<typeof commandLine>>;
let folder: string;
let path: string;
beforeAll(async () => {
  headlight = await commandLine();
  folder = mkdtempSync(join(tmpdir(), 'headlight-surprise-'));
  path = join(folder, 'text.txt');
  writeFileSync(path, text);
});
afterAll(() => { rmSync(folder, { recursive: true }); });

interface SurpriseJson {
  readonly words: readonly { start: number; end: number; bits: number; rank: number | null; expected: readonly { token: string; probability: number }[] }[];
  readonly unknown: number;
  readonly mean: number;
}

describe('headlight surprise', () => {
  it('says of every word how surprising it is, and what was expected', async () => {
    const { code, stdout, stderr } = await headlight(['surprise', path, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { mean, unknown, words } = JSON.parse(stdout) as SurpriseJson;
    expect(unknown).toBe(0);
    expect(words.map(({ start, end }) => text.slice(start, end)).join(' ')).toBe(text.replace(/[.,]/g, '').replace(/\s+/g, ' ').trim());
    const bitsOf = (word: string): number => words.find(({ start, end }) => text.slice(start, end) === word)!.bits;
    expect(bitsOf('telescope')).toBeGreaterThan(bitsOf('and') + 5);
    expect(bitsOf('the')).toBeLessThan(3);
    expect(words.every(({ expected }) => expected.length === 3 && expected[0]!.probability >= expected[1]!.probability)).toBe(true);
    expect(mean).toBeCloseTo(words.reduce((sum, { bits }) => sum + bits, 0) / words.length, 6);
  });

  it('agrees with predict where one word is masked at a time', async () => {
    const { stdout } = await headlight(['surprise', path, '--exact', '--json']);
    const { words } = JSON.parse(stdout) as SurpriseJson;
    const at = text.indexOf('moon');
    const masked = `${text.slice(0, at)}[MASK]${text.slice(at + 4)}`;
    const answer = JSON.parse((await headlight(['predict', masked, '--top', '30522', '--json'])).stdout) as
      { masks: { predictions: { token: string; probability: number }[] }[] };
    const { predictions } = answer.masks[0]!;
    const moon = words.find(({ start }) => start === at)!;
    const rank = predictions.findIndex(({ token }) => token === 'moon');
    expect(moon.bits).toBeCloseTo(-Math.log2(predictions[rank]!.probability), 3);
    expect(moon.rank).toBe(rank + 1);
    expect(moon.expected.map(({ token }) => token)).toEqual(predictions.slice(0, 3).map(({ token }) => token));
  });

  it('stays close when words are masked together', async () => {
    const read = async (...more: string[]) => (JSON.parse((await headlight(['surprise', path, '--json', ...more])).stdout) as SurpriseJson).words;
    const [together, exact] = [await read(), await read('--exact')];
    const apart = together.map(({ bits }, index) => Math.abs(bits - exact[index]!.bits));
    expect(apart.reduce((sum, bits) => sum + bits, 0) / apart.length).toBeLessThan(1);
  });

  it('prints a line a word for people', async () => {
    const { stdout } = await headlight(['surprise', path]);
    expect(stdout).toMatch(/18 words, \d+\.\d\d bits a word\n/);
    expect(stdout).toMatch(/telescope +\d+\.\d bits /);
  });

  it.each([
    [['nowhere.txt'], 1, /no such file/],
    [[], 2, /Usage: headlight surprise/],
  ])('refuses %j', async (args, expected, message) => {
    const { code, stderr } = await headlight(['surprise', ...args]);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });
});
