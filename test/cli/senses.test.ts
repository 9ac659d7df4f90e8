import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lesson } from '../../scripts/steps/paths.mjs';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
let folder: string;
beforeAll(async () => {
  headlight = await commandLine();
  folder = await mkdtemp(join(tmpdir(), 'headlight-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

interface SensesJson {
  readonly occurrences: readonly { line: number; start: number; end: number; sense: number; x: number; y: number }[];
  readonly senses: readonly { size: number; substitutes: readonly string[] }[];
}

describe('headlight senses', () => {
  it('--compare tells what moves two occurrences', async () => {
    const path = await file('compare.md', await readFile(lesson, 'utf8'));
    const { stdout } = await headlight(['senses', 'stand', path, '--compare', '0,3', '--json']);
    const { compared } = JSON.parse(stdout) as { compared: { cosines: number[]; sides: { context: { start: number; end: number; moved: number }[] }[] } };
    expect(compared.cosines).toHaveLength(7);
    expect(compared.cosines[6]).toBeLessThan(compared.cosines[0]!);
    const text = (await headlight(['senses', 'stand', path, '--compare', '0,3'])).stdout;
    expect(text).toMatch(/without music +moved 0\.\d+/);
    expect(text).toMatch(/without cannot +moved 0\.\d+/);
    for (const wrong of ['0', '0,0', '0,99', 'a,b']) {
      const { code, stderr } = await headlight(['senses', 'stand', path, '--compare', wrong]);
      expect(code).toBe(2);
      expect(stderr).toContain('two different places');
    }
  });

  it('--layers tells how far apart the senses lie in each hidden state', async () => {
    const path = await file('layers.md', await readFile(lesson, 'utf8'));
    const { stdout } = await headlight(['senses', 'stand', path, '--layers', '--json']);
    const { layers, occurrences } = JSON.parse(stdout) as { layers: { silhouette: number; within: number; between: number; points: unknown[] }[]; occurrences: unknown[] };
    expect(layers).toHaveLength(7);
    expect(layers.every(({ points }) => points.length === occurrences.length)).toBe(true);
    expect(layers[0]!.between).toBeGreaterThan(0.9);
    expect(layers[6]!.within).toBeGreaterThan(layers[6]!.between);
    const text = await headlight(['senses', 'stand', path, '--layers']);
    expect(text.stdout).toMatch(/state +silhouette +same sense +different\n +0 /);
  });

  it('--with tells where further words fall: in the file, in a sentence of their own, or alone', async () => {
    const path = await file('with.md', `${await readFile(lesson, 'utf8')}\nNobody wants to endure that.\n`);
    const words = ['--with', 'tolerate', '--with', 'endure', '--with', 'music stand=She folded the music stand.'];
    const { stdout, code } = await headlight(['senses', 'stand', path, ...words, '--json']);
    expect(code).toBe(0);
    interface With { readonly word: string; readonly from: string; readonly places: { sentence: string; start: number | null }[]; readonly cosines: number[][]; readonly points: { x: number }[] }
    const { occurrences, with: further } = JSON.parse(stdout) as SensesJson & { with: With[] };
    expect(further.map(({ word, from, places }) => [word, from, places.length])).toEqual([['tolerate', 'alone', 1], ['endure', 'document', 1], ['music stand', 'sentence', 1]]);
    expect(further.map(({ cosines, points }) => [cosines.length, cosines[6]!.length, points.length])).toEqual(Array(3).fill([7, 3, 1]));
    // To tolerate is what "stand" means in the fourth sentence, the music stand is that of the first.
    const nearest = further.map(({ cosines }) => cosines[6]!.indexOf(Math.max(...cosines[6]!)));
    expect(nearest).toEqual([occurrences[3]!.sense, occurrences[3]!.sense, occurrences[0]!.sense]);
    const text = (await headlight(['senses', 'stand', path, ...words])).stdout;
    expect(text).toMatch(/tolerate +-?0\.\d{3} +-?0\.\d{3} +-?0\.\d{3} {2}alone: The word “tolerate”\./);
    expect(text).toMatch(/endure .+ in the file, line \d+/);
    for (const [wrong, message] of [['=A cow.', /--with takes WORD or WORD=SENTENCE/], ['ox=A cow.', /“ox” does not stand in “A cow\.”/]] as const) {
      const refused = await headlight(['senses', 'stand', path, '--with', wrong]);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(message);
    }
  });

  it('gives each occurrence its place in the file, a group and a point', async () => {
    const text = '# Notes 🎻\n\nShe put the score on the music stand. I cannot stand noise.\r\nPlease stand up!\n';
    const { code, stdout, stderr } = await headlight(['senses', 'stand', await file('a.md', text), '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { occurrences, senses } = JSON.parse(stdout) as SensesJson;
    expect(occurrences.map(({ line }) => line)).toEqual([3, 3, 4]);
    for (const { start, end, sense, x, y } of occurrences) {
      expect(text.slice(start, end)).toBe('stand');
      expect(senses[sense]).toBeDefined();
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1);
    }
    expect(senses.reduce((sum, { size }) => sum + size, 0)).toBe(3);
    expect(senses.every(({ substitutes }) => substitutes.length > 0)).toBe(true);
  });

  it('lists groups for people', async () => {
    const path = await file('b.txt', 'The moon rose.\nThe moon set.\n');
    const { stdout } = await headlight(['senses', 'moon', path]);
    expect(stdout).toMatch(/sense 0 \(\d×\), like /);
    expect(stdout).toContain('The moon set.');
  });

  it('takes a single occurrence, and a limit', async () => {
    const path = await file('c.txt', 'The moon rose.\nThe moon set.\n');
    const { stdout, stderr } = await headlight(['senses', 'moon', path, '--limit', '1', '--json']);
    expect((JSON.parse(stdout) as SensesJson).occurrences).toHaveLength(1);
    expect(stderr).toMatch(/first 1 of 2 occurrences/);
  });

  it('says what is wrong with a file', async () => {
    const cases = [
      [await file('d.txt', 'no such word'), 1, /"moon" does not stand in/],
      [await file('e.bin', Uint8Array.of(77, 0, 1)), 1, /binary file/],
      [await file('f.txt', Uint8Array.of(0xe4, 0x20)), 1, /not UTF-8/],
      [join(folder, 'absent.txt'), 1, /no such file/],
      [folder, 1, /is a folder/],
    ] as const;
    for (const [path, expected, message] of cases) {
      const { code, stdout, stderr } = await headlight(['senses', 'moon', path, '--json']);
      expect([code, stdout]).toEqual([expected, '']);
      expect(stderr).toMatch(message);
    }
  });

  it('reads a megabyte', async () => {
    const path = await file('g.txt', `${'The cow ate grass in the field all day. '.repeat(25_000)}The moon rose.`);
    const { code, stdout } = await headlight(['senses', 'moon', path, '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as SensesJson).occurrences[0]!.start).toBe(1_000_004);
  });
});
