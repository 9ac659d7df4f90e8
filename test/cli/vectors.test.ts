import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

interface VectorLine {
  readonly line: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly vector: readonly number[] | null;
}

const parse = (stdout: string) => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as VectorLine);

describe('headlight vectors', () => {
  it('prints a line for each line, in order', async () => {
    const input = 'A music stand.\nNothing here.\nI understand, but I can’t STAND it.\n\nstand';
    const { code, stdout, stderr } = await headlight(['vectors', 'stand', '--json'], input);
    expect([code, stderr]).toEqual([0, '']);
    const lines = parse(stdout);
    expect(lines.map(({ line, start, end }) => [line, start, end])).toEqual([
      [1, 8, 13],
      [2, null, null],
      [3, 26, 31],
      [4, null, null],
      [5, 0, 5],
    ]);
    expect(lines.map(({ vector }) => vector?.length)).toEqual([384, undefined, 384, undefined, 384]);
  });

  it('takes the embedding layer, and -1 for the last', async () => {
    const input = 'the bank\nthe river bank\n';
    const [first, last, sixth] = (
      await Promise.all(['0', '-1', '6'].map((layer) => headlight(['vectors', 'bank', '--layer', layer], input)))
    ).map(({ stdout }) => parse(stdout));
    expect(last).toEqual(sixth);
    expect(first![0]!.vector).not.toEqual(last![0]!.vector);
  });

  it('takes the word at an index', async () => {
    const { stdout } = await headlight(['vectors', '--at', '--json'], '2\tthe cow , sleeping\n0\tcow\n');
    expect(parse(stdout).map(({ start, end }) => [start, end])).toEqual([[8, 9], [0, 3]]);
  });

  it('gives the same vector alone and in a batch', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${'very '.repeat(i % 7)}old moon number ${i}`);
    const batch = parse((await headlight(['vectors', 'moon'], lines.join('\n'))).stdout);
    const alone = parse((await headlight(['vectors', 'moon'], lines[6])).stdout)[0]!;
    expect(batch).toHaveLength(40);
    alone.vector!.forEach((x, i) => {
      expect(Math.abs(x - batch[6]!.vector![i]!)).toBeLessThan(1e-4);
    });
  });

  it('names the nearest words by static vectors, and no words for one that it does not know', async () => {
    const nearest = async (word: string) => {
      const { stdout } = await headlight(['vectors', word, '--nearest', '4', '--model', 'static', '--json']);
      return (JSON.parse(stdout) as { words: { token: string; cosine: number }[] | null }).words;
    };
    // As models/static/README.md has them, from gensim.
    const stand = (await nearest('Stand'))!;
    expect(stand.map(({ token }) => token)).toEqual(['stands', 'sit', 'stood', 'budge']);
    [0.61, 0.59, 0.57, 0.56].forEach((cosine, i) => { expect(stand[i]!.cosine).toBeCloseTo(cosine, 2); });
    expect(await nearest('headlightish')).toBeNull();
    const refused = await headlight(['vectors', 'stand', '--nearest', '4']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('"static"');
  });

  it('prints nothing for no input', async () => {
    expect(await headlight(['vectors', 'moon'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each([
    [[], '', /either a WORD or --at/],
    [['moon', '--at'], '', /either a WORD or --at/],
    [['--at'], 'no tab', /Line 1 is not INDEX<TAB>WORDS/],
    [['--at'], '0\ta\n9\ta b', /Line 2 asks for word 9, but has 2 words/],
    [['moon', '--layer', '7'], 'moon', /no hidden state 7/],
    [['moon', '--layer', '-2'], 'moon', /at least -1/],
  ])('refuses %j with input %j', async (args, input, message) => {
    const { code, stdout, stderr } = await headlight(['vectors', ...args], input);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
