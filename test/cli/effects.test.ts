import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

const cow = 'The cow jumped over the moon.';
let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => { headlight = await commandLine(); });

interface Json {
  readonly outcome: string;
  readonly value: number;
  readonly heads: readonly { part: string; layer: number; head: number; effect: number; logOdds: number }[];
}

async function json(...args: readonly string[]): Promise<Json> {
  const { code, stdout, stderr } = await headlight(['effects', ...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Json;
}

describe('headlight effects', () => {
  it('ranks all heads for a word, by either ablation', async () => {
    const zero = await json(cow, '--word', 'moon');
    expect(zero.outcome).toBe('P(moon)');
    expect(zero.heads).toHaveLength(72);
    expect(zero.heads.map(({ effect }) => Math.abs(effect))).toEqual(zero.heads.map(({ effect }) => Math.abs(effect)).toSorted((a, b) => b - a));
    const odds = (p: number): number => Math.log(p / (1 - p));
    for (const { effect, logOdds } of zero.heads) expect(logOdds).toBeCloseTo(odds(zero.value + effect) - odds(zero.value), 3);
    const masked = await json('The cow jumped over the [MASK].', '--word', 'moon', '--top', '3');
    expect(masked.value).toBeCloseTo(zero.value, 6);
    expect(masked.heads).toHaveLength(3);
    const mean = await json(cow, '--word', 'moon', '--ablation', 'mean');
    expect(mean.heads.map(({ effect }) => effect)).not.toEqual(zero.heads.map(({ effect }) => effect));
  });

  it('ranks heads for a class, the next sentence, and what models write next', async () => {
    expect((await json('A dull mess.', '--class', 'negative')).outcome).toBe('P(negative)');
    expect((await json(cow, '--next-sentence', 'It was a good cow.')).outcome).toBe('P(follows)');
    expect((await json('The cow jumped over the', '--next-token', ' moon', '--model', 'decoder')).heads[0]!.part).toBe('decoder');
    const translated = await json(cow, '--next-token', 'Die', '--model', 'translator');
    expect(new Set(translated.heads.map(({ part }) => part))).toEqual(new Set(['encoder', 'decoder', 'cross']));
  });

  it('prints a list or CSV, and refuses what it cannot measure', async () => {
    const { stdout } = await headlight(['effects', cow, '--word', 'moon', '--top', '4']);
    expect(stdout).toMatch(/P\(moon\) is [\d.]+ %; without each head, by zero ablation/);
    expect(stdout.match(/layer \d, head \d+/g)).toHaveLength(4);
    expect(stdout).toMatch(/raises it|lowers it/);
    const csv = (await headlight(['effects', cow, '--word', 'moon', '--csv'])).stdout.trim().split(/\r?\n/);
    expect(csv[0]).toBe('part,layer,head,effect,log-odds');
    expect(csv).toHaveLength(73);
    for (const [args, said] of [[[cow], 'Give one outcome'], [[cow, '--word', 'sun'], 'no word of the text'], [[cow, '--class', 'sad'], 'no class "sad"'], [[cow, '--word', 'moon', '--ablation', 'half'], 'zero, mean']] as const) {
      const refused = await headlight(['effects', ...args]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });
});
