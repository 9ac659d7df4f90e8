import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

interface Compared {
  readonly word: string;
  readonly places: readonly { readonly start: number; readonly end: number }[];
  readonly cosines: readonly number[];
  readonly heads: readonly { readonly layer: number; readonly head: number; readonly distance: number; readonly profiles: readonly Readonly<Record<string, number>>[] }[];
}

const music = 'He put the sheet of notes on the music stand.';
const tolerate = 'I cannot stand the noise of the traffic.';
const json = async (...args: string[]): Promise<Compared> => JSON.parse((await headlight(['compare', ...args, '--json'])).stdout) as Compared;

describe('headlight compare', () => {
  it('compares the longest shared word, state by state and head by head', async () => {
    const { word, places, cosines, heads } = await json(music, tolerate);
    expect([word, places]).toEqual(['stand', [{ start: 39, end: 44 }, { start: 9, end: 14 }]]);
    expect(cosines).toHaveLength(7);
    // The context drives the two apart.
    expect(cosines.at(-1)!).toBeLessThan(cosines[0]!);
    expect(heads).toHaveLength(72);
    expect(heads.map(({ distance }) => distance)).toEqual(heads.map(({ distance }) => distance).sort((a, b) => b - a));
    for (const { profiles } of heads) {
      for (const profile of profiles) expect(Object.values(profile).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
    }
  });

  it('finds no difference between a text and itself', async () => {
    const { cosines, heads } = await json(music, music, '--word', 'NOTES');
    for (const cosine of cosines) expect(cosine).toBeCloseTo(1, 5);
    expect(heads.every(({ distance }) => distance === 0)).toBe(true);
  });

  it('says it in words', async () => {
    const { code, stdout } = await headlight(['compare', music, tolerate]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/“stand” in both texts[^]*embeddings[^]*layer 5[^]*heads that differ most\n {2}layer \d, head \d+ .* → /);
  });

  it.each([
    [['one', 'two'], /share no word/],
    [[music, tolerate, '--word', 'music'], /OTHER does not hold “music”/],
    [[music], /Usage: headlight compare/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await headlight(['compare', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
