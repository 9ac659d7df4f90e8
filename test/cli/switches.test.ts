import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

interface PredictJson {
  readonly masks: readonly { readonly predictions: readonly { readonly token: string; readonly probability: number }[] }[];
  readonly switches?: unknown;
}

const text = 'Paris is the capital of [MASK].';

async function json<T>(...args: string[]): Promise<T> {
  const { code, stderr, stdout } = await headlight([...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

describe('headlight with some of the model off', () => {
  it('predicts otherwise, by what a head gives, and states what is off', async () => {
    const whole = await json<PredictJson>('predict', text);
    expect(whole).not.toHaveProperty('switches');
    const zero = await json<PredictJson>('predict', text, '--off', '3.4,5.1');
    const mean = await json<PredictJson>('predict', text, '--off', 'encoder:3.4 5.1', '--ablation', 'mean');
    const heads = [{ part: 'encoder', layer: 3, head: 4 }, { part: 'encoder', layer: 5, head: 1 }];
    expect([zero.switches, mean.switches]).toEqual(['zero', 'mean'].map((ablation) => ({ heads, ablation, layers: [], withoutPositions: false })));
    const best = [whole, zero, mean].map(({ masks }) => masks[0]!.predictions[0]!.probability);
    expect(new Set(best).size).toBe(3);
  });

  it('takes layers and positions away, in other verbs too, and names the model so', async () => {
    const { stdout } = await headlight(['predict', text, '--off-layer', '5', '--no-positions']);
    expect(stdout).toMatch(/with layer 5 and positions off on cpu/);
    const pair = ['next', 'The cow jumped.', 'It landed on the moon.'];
    const [whole, without] = [await json<{ isNext: number }>(...pair), await json<{ isNext: number }>(...pair, '--no-positions')];
    expect(Math.abs(whole.isNext - without.isNext)).toBeGreaterThan(1e-4);
    const attention = await json<{ switches: { layers: unknown } }>('attention', 'The cow jumped.', '--layer', '5', '--head', '0', '--off-layer', '0');
    expect(attention.switches.layers).toEqual([{ part: 'encoder', layer: 0 }]);
  });

  it('counts heads in the part that they are named with, else in the only one', async () => {
    const translate = ['translate', 'The cow jumped over the moon.'];
    const [whole, without] = [await json<{ output: string }>(...translate), await json<{ output: string; switches: unknown }>(...translate, '--off-layer', 'cross:1,decoder:2')];
    expect(without.output).not.toBe(whole.output);
    expect(without.switches).toMatchObject({ layers: [{ part: 'decoder', layer: 1 }, { part: 'decoder', layer: 2 }] });
    const generated = await json<{ switches: { heads: unknown } }>('generate', 'The cow', '--max', '3', '--off', '1.2');
    expect(generated.switches.heads).toEqual([{ part: 'decoder', layer: 1, head: 2 }]);
  });

  it('says what it does not understand, and what the model does not have', async () => {
    const said = async (...args: string[]) => {
      const { code, stderr } = await headlight(['predict', text, ...args]);
      return [code, stderr] as const;
    };
    expect(await said('--off', '3')).toEqual([2, expect.stringContaining('--off takes each head such as 3.4, not "3".')]);
    expect(await said('--off', 'nose:3.1')).toEqual([2, expect.stringContaining('not "nose:3.1"')]);
    expect(await said('--off-layer', '3.1')).toEqual([2, expect.stringContaining('--off-layer takes each layer such as 2')]);
    expect(await said('--ablation', 'mean')).toEqual([2, expect.stringContaining('add --off')]);
    expect(await said('--off', '3.4', '--ablation', 'none')).toEqual([2, expect.stringContaining('zero, mean')]);
    expect(await said('--off', '12.0')).toEqual([1, expect.stringContaining('has no head 12.0')]);
    expect(await said('--off', 'cross:0.0')).toEqual([1, expect.stringContaining('has no cross-attention')]);
  });
});
