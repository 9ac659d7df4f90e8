import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';
import { lessonSection } from '../support/lesson';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => { headlight = await commandLine(); });

const [clean, corrupted] = ['The cow jumped over the [MASK].', 'The man jumped over the [MASK].'];

interface Patched {
  readonly name: string;
  readonly tokens: readonly string[];
  readonly from: readonly (number | null)[];
  readonly effect: readonly (readonly (number | null)[])[];
  readonly cell: { readonly row: number; readonly kind: string; readonly before: readonly { token: string }[]; readonly patched: readonly { token: string }[]; readonly source: readonly { token: string }[]; readonly senses: Readonly<Record<'before' | 'patched' | 'source', { readonly senses: readonly { readonly gloss: string }[]; readonly clear: boolean }>> | null };
}

async function json<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await headlight([...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

describe('headlight patch', () => {
  it('gives the share of the difference that each state recovers', async () => {
    const { effect, from, name, tokens } = await json<Patched>(['patch', clean, corrupted, '--word', 'moon']);
    expect(name).toBe('P(moon)');
    expect(tokens[2]).toBe('man');
    expect(from).toEqual(tokens.map((_, token) => token));
    expect([effect.length, effect[0]!.length]).toEqual([7, tokens.length]);
    expect(effect[0]![2]).toBeCloseTo(1, 4);
  });

  it('gives heads, the other direction, and a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'headlight-')), 'heads.csv');
    const { effect, tokens } = await json<Patched>(['patch', clean, corrupted, '--word', 'moon', '--heads', '--direction', 'noising', '--csv', file]);
    expect([effect.length, effect[0]!.length]).toEqual([6, 12]);
    expect(tokens[2]).toBe('cow');
    const lines = readFileSync(file, 'utf8').trim().split('\r\n');
    expect([lines[0], lines.length]).toEqual(['layer,head,patched,effect', 73]);
    expect(Number(lines[1]!.split(',')[3])).toBeCloseTo(effect[0]![0]!, 4);
  });

  it('moves the sense of a word, and its substitutes in a cell', async () => {
    const sentences = lessonSection(4).map((line) => line.slice('- '.length));
    const { cell, effect, from, tokens } = await json<Patched>(['patch', sentences[0]!, sentences[3]!, '--sense', 'stand', '--cell', '6.3', '--top', '3']);
    expect(tokens[3]).toBe('stand');
    expect(from[1]).toBeNull();
    expect(effect[2]![1]).toBeNull();
    expect(effect[6]![3]).toBeCloseTo(1, 4);
    expect([cell.kind, cell.row]).toEqual(['substitutes', 6]);
    expect(cell.patched).toEqual(cell.source.map(() => expect.anything() as unknown));
    expect(cell.patched.map(({ token }) => token)).toEqual(cell.source.map(({ token }) => token));
    expect(cell.before.map(({ token }) => token)).not.toEqual(cell.source.map(({ token }) => token));
    const { stdout } = await headlight(['patch', sentences[0]!, sentences[3]!, '--sense', 'stand', '--cell', '5.3', '--top', '3']);
    expect(stdout).toMatch(/sense, read off hidden states 4, 5, 6 of the word\n +as it is +put up with .*\n +with the patch +a support or foundation .*\n +of the other text +a support or foundation/);
    expect(cell.senses!.source).toMatchObject({ clear: true, senses: [{ gloss: 'a support or foundation' }, {}] });
  });

  it('draws a table for people', async () => {
    const { code, stdout } = await headlight(['patch', clean, corrupted, '--word', 'moon', '--cell', '6.6']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/P\(moon\): \d.* of the clean text/);
    expect(stdout).toMatch(/man ← cow +1\.00/);
    expect(stdout).toMatch(/predictions\n +as it is/);
  });

  it('says what does not fit', async () => {
    expect(await headlight(['patch', clean, corrupted])).toMatchObject({ code: 2, stderr: expect.stringContaining('Give one outcome') as string });
    expect(await headlight(['patch', 'The cow.', corrupted, '--word', 'moon'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no word of the text') as string });
    expect(await headlight(['patch', clean, corrupted, '--word', 'moon', '--cell', '6'])).toMatchObject({ code: 2 });
    expect(await headlight(['patch', clean, clean, '--word', 'moon'])).toMatchObject({ code: 1, stderr: expect.stringContaining('same of both texts') as string });
  });
});

interface Attributed {
  readonly name: string;
  readonly value: number;
  readonly parts: readonly { text: string; without: number; effect: number }[];
  readonly attended: readonly { way: string; correlation: number; weights: readonly number[] }[];
}

describe('headlight attribute', () => {
  it('says what each word does, and how far attention agrees', async () => {
    const { attended, name, parts, value } = await json<Attributed>(['attribute', clean, '--word', 'moon']);
    expect(name).toBe('P(moon)');
    expect(parts.map(({ text }) => text)).toEqual(['The', 'cow', 'jumped', 'over', 'the', '.']);
    for (const { effect, without } of parts) expect(effect).toBeCloseTo(value - without, 6);
    expect(attended.map(({ way }) => way)).toEqual(['attention', 'norms', 'rollout']);
    for (const { correlation, weights } of attended) {
      expect(Math.abs(correlation)).toBeLessThanOrEqual(1);
      expect(weights).toHaveLength(6);
    }
  });

  it('takes every outcome that a text has', async () => {
    const ofClass = await json<Attributed>(['attribute', 'A dull, badly written mess.', '--class', 'negative', '--method', 'delete']);
    expect(ofClass.name).toBe('P(negative)');
    const pair = await json<Attributed>(['attribute', 'The cow jumped.', '--next-sentence', 'It was happy.', '--by', 'token']);
    expect(pair.parts.map(({ text }) => text)).toEqual(['The', 'cow', 'jumped', '.', 'It', 'was', 'happy', '.']);
    const sense = await json<Attributed>(['attribute', 'I cannot stand the noise.', '--sense', 'stand', '--other', 'The music stand fell.']);
    expect(sense.parts.map(({ text }) => text)).not.toContain('stand');
    const next = await json<Attributed>(['attribute', 'The cow jumped over the', '--next-token', 'moon', '--method', 'delete', '--model', 'decoder']);
    expect(next.name).toBe('P(moon)');
  });

  it('draws bars for people', async () => {
    const { stdout } = await headlight(['attribute', clean, '--word', 'moon']);
    expect(stdout).toMatch(/cow +(for|against) +█/);
    expect(stdout).toMatch(/Attention of the last layer \(5\), mean of 12 heads, .*: rank correlation −?\d\.\d\d\./);
    expect(stdout).toMatch(/rolled out over all layers .* rank correlation/);
  });

  it('says what does not fit', async () => {
    expect(await headlight(['attribute', clean, '--word', 'moon', '--class', 'negative'])).toMatchObject({ code: 2 });
    expect(await headlight(['attribute', 'I stand.', '--sense', 'stand'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--other') as string });
    expect(await headlight(['attribute', 'I stand.', '--class', 'sad'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no class "sad"') as string });
  });
});
