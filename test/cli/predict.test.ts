import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

interface PredictJson {
  readonly masks: readonly { index: number; predictions: readonly { token: string; probability: number }[] }[];
}

describe('headlight predict', () => {
  it('prints five predictions a mask, most probable first', async () => {
    const { code, stdout, stderr } = await headlight(['predict', 'The [MASK] jumped over the [MASK].', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { masks } = JSON.parse(stdout) as PredictJson;
    expect(masks.map(({ index }) => index)).toEqual([2, 6]);
    for (const { predictions } of masks) {
      expect(predictions).toHaveLength(5);
      const probabilities = predictions.map(({ probability }) => probability);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
      expect(probabilities.every((p) => p > 0 && p < 1)).toBe(true);
    }
  });

  it('knows a capital', async () => {
    const { stdout } = await headlight(['predict', 'Paris is the capital of [MASK].', '--top', '3', '--json']);
    expect((JSON.parse(stdout) as PredictJson).masks[0]!.predictions.map(({ token }) => token)).toContain('france');
  });

  it('sums to one over the whole vocabulary', async () => {
    const { stdout } = await headlight(['predict', 'The [MASK] slept.', '--top', '30522', '--json']);
    const { predictions } = (JSON.parse(stdout) as PredictJson).masks[0]!;
    expect(predictions).toHaveLength(30522);
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
  });

  it('is surer at a low temperature, and says what each hidden state would say', async () => {
    const args = ['predict', 'Paris is the capital of [MASK].', '--json', '--depth'];
    const read = async (...more: string[]) =>
      (JSON.parse((await headlight([...args, ...more])).stdout) as { masks: { predictions: { probability: number; token: string }[]; states: { entropy: number; predictions: { token: string }[] }[] }[] }).masks[0]!;
    const [usual, cold] = [await read(), await read('--temperature', '0.5')];
    expect(cold.predictions[0]!.probability).toBeGreaterThan(usual.predictions[0]!.probability);
    expect(usual.states).toHaveLength(7);
    expect(usual.states.at(-1)!.predictions[0]!.token).toBe(usual.predictions[0]!.token);
    expect(usual.states[0]!.entropy).toBeGreaterThan(usual.states.at(-1)!.entropy);
  });

  it('writes a page with what it would print', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headlight-'));
    const file = join(folder, 'page.html');
    const args = ['predict', 'The cow </style><script>alert(1)</script> jumped over the [MASK].', '--top', '3', '--temperature', '0.5'];
    const { masks: [mask] } = JSON.parse((await headlight([...args, '--json'])).stdout) as PredictJson;
    const { code, stdout } = await headlight([...args, '--html', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ model: 'encoder', device: 'cpu', files: [file] });
    const page = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;/style&gt;&lt;script&gt;');
    expect(page).toContain('<dd>0.5</dd>');
    const words = [...page.matchAll(/<span class="word">([^<]*)<\/span><\/td><td class="number">([\d.]+)/g)];
    expect(words.map(([, word]) => word)).toEqual(mask!.predictions.map(({ token }) => token));
    words.forEach(([, , percent], at) => { expect(Number(percent)).toBeCloseTo(100 * mask!.predictions[at]!.probability, 0); });
  });

  it('draws bars for people', async () => {
    const { stdout } = await headlight(['predict', 'The cow jumped over the [MASK].']);
    expect(stdout).toMatch(/mask at token 6 of 9, entropy \d+\.\d bits\n( {2}\S+ .* %\n){5}/);
  });

  it.each([
    [['The cow jumped.'], 1, /Nothing is masked\. Write \[MASK\]/],
    [['   '], 1, /empty/],
    [['a [MASK]', '--top', '0'], 2, /whole number of at least 1/],
    [['a [MASK]', '--top', 'x'], 2, /whole number/],
    [['a [MASK]', '--temperature', '0'], 2, /above 0/],
    [['a [MASK]', '--html', 'page.html', '--depth'], 2, /leave out --depth/],
    [['a [MASK]', '--html', 'no/such/folder.html'], 1, /could not be written: its folder does not exist/],
    [['a', 'b'], 2, /Usage: headlight predict/],
    [['a [MASK]', '--layer', '1'], 2, /Unknown option '--layer'/],
    [['a [MASK]', '--model', 'nowhere'], 1, /nowhere/],
    [['a [MASK]', '--model', './test'], 1, /test/],
    [['a [MASK]', '--device', 'tpu'], 2, /no device "tpu"/],
  ])('refuses %j', async (args, expected, message) => {
    const { code, stdout, stderr } = await headlight(['predict', ...args, '--json']);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
