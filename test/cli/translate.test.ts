import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

const cow = 'The cow jumped over the moon.';
interface Step {
  readonly token: string;
  readonly probability: number;
  readonly forced?: boolean;
  readonly alternatives: readonly { readonly token: string; readonly probability: number }[];
}
interface TranslateJson {
  readonly output: string;
  readonly stopped: string;
  readonly tokens: readonly string[];
  readonly steps: readonly Step[];
  readonly crossAttention: number[][][][] | null;
  readonly selfAttention: number[][][][] | null;
  readonly finished?: readonly { readonly output: string; readonly score: number }[];
  readonly influence?: readonly { readonly word: string; readonly cosineDistance: number }[];
  readonly reference?: { readonly output: string; readonly perplexity: number; readonly steps: readonly Step[] };
}

const json = async (args: readonly string[]): Promise<TranslateJson> => {
  const { code, stderr, stdout } = await headlight([...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as TranslateJson;
};

describe('headlight translate', () => {
  it('translates with four beams, and says what each word looked at', async () => {
    const { crossAttention, finished, output, selfAttention, steps, stopped, tokens } = await json(['translate', cow, '--beams', '4']);
    expect(output).toBe('La vaca saltó sobre la luna.');
    expect(stopped).toBe('stop-token');
    expect(finished![0]!.output).toBe(output);
    expect(crossAttention!.map((layer) => layer.length)).toEqual([8, 8, 8, 8, 8, 8]);
    for (const rows of crossAttention!.flat()) {
      expect(rows).toHaveLength(steps.length);
      for (const row of rows) {
        expect(row).toHaveLength(tokens.length);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
      }
    }
    selfAttention![0]![0]!.forEach((row, step) => {
      expect(row).toHaveLength(step + 1);
    });
    for (const { alternatives, probability, token } of steps) {
      expect(alternatives).toHaveLength(5);
      const same = alternatives.find((other) => other.token === token);
      if (same) expect(same.probability).toBeCloseTo(probability, 6);
    }
  });

  it('draws the same twice with a seed', async () => {
    const args = ['translate', cow, '--temperature', '1.5', '--top-k', '20', '--top-p', '0.9', '--seed', '3'];
    const [one, two] = [await json(args), await json(args)];
    expect(one).toEqual(two);
  });

  it('begins as it is told, stops where it is told, and scores a reference', async () => {
    const { output, reference, steps, stopped } = await json(['translate', cow, '--force', 'El animal', '--max', '4', '--reference', 'La vaca saltó sobre la luna.']);
    expect(output).toMatch(/^El animal /);
    expect(steps.map(({ forced }) => forced ?? false)).toEqual([true, true, false, false]);
    expect(stopped).toBe('limit');
    expect(reference!.output).toBe('La vaca saltó sobre la luna.');
    expect(reference!.perplexity).toBeGreaterThan(1);
  });

  it('shows the alignment of an LSTM, or what is left of each word without one', async () => {
    const aligned = await json(['translate', cow, '--model', 'rnn-attention', '--beams', '1']);
    expect(aligned.crossAttention).toHaveLength(1);
    expect(aligned.crossAttention![0]![0]).toHaveLength(aligned.steps.length);
    expect(aligned.selfAttention).toBeNull();
    const joined = await json(['translate', cow, '--model', 'rnn', '--beams', '1']);
    expect(joined.crossAttention).toBeNull();
    expect(joined.influence!.map(({ word }) => word)).toEqual(['The', 'cow', 'jumped', 'over', 'the', 'moon', '.']);
  });

  it('opens an export of Optimum', async () => {
    const { steps } = await json(['translate', 'The cat sat.', '--model', join('test', 'fixtures', 'writers', 't5'), '--max', '5', '--beams', '1']);
    expect(steps).toHaveLength(5);
  });

  it('writes one translation a line', async () => {
    const { code, stdout } = await headlight(['translate', '--lines'], `${cow}\n\nWhere is the bank?\n`);
    expect(code).toBe(0);
    expect(stdout).toBe('La vaca saltó sobre la luna.\n\n¿Dónde está el banco?\n');
    const asJson = await headlight(['translate', '--lines', '--beams', '1', '--json'], `${cow}\n`);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ lines: [{ output: 'La vaca saltó sobre la luna.', cut: false }] });
  });

  it('prints for people', async () => {
    const { code, stdout } = await headlight(['translate', cow, '--reference', 'La vaca saltó.']);
    expect(code).toBe(0);
    expect(stdout).toContain('La vaca saltó sobre la luna.');
    expect(stdout).toContain('other hypotheses');
    expect(stdout).toContain('perplexity');
  });

  it.each([
    [['translate'], 2, 'Give a TEXT'],
    [['translate', cow, '--lines'], 2, 'Leave TEXT out'],
    [['translate', '--lines', '--seed', '1'], 2, 'draws nothing'],
    [['translate', cow, '--beams', '0'], 2, 'at least 1'],
    [['translate', cow, '--top-p', '3'], 1, 'above 0, up to 1'],
    [['translate', ' '], 1, 'empty'],
    [['translate', 'cow '.repeat(2000)], 1, 'at most 128 tokens'],
    [['translate', cow, '--model', 'encoder'], 1, 'Choose a translator'],
  ])('refuses %j', async (args, code, words) => {
    const answer = await headlight(args, '');
    expect(answer.stderr).toContain(words);
    expect(answer.code).toBe(code);
  });
});

describe('headlight generate', () => {
  it('writes a text on', async () => {
    const { output, selfAttention, steps, stopped, tokens } = await json(['generate', 'The cow jumped over the', '--max', '6']);
    expect(output).toBe(' shoulder, and the cow-');
    expect(steps.map(({ token }) => token)).toEqual(['shoulder', ',', 'and', 'the', 'cow', '-']);
    expect(stopped).toBe('limit');
    expect(selfAttention!.map((layer) => layer.length)).toEqual([8, 8, 8, 8, 8, 8]);
    selfAttention![5]![7]!.forEach((row, step) => {
      expect(row).toHaveLength(tokens.length + step);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    });
  });

  it('draws with a seed, penalizes, forces, and shows what each layer would write', async () => {
    const args = ['generate', 'The cow', '--max', '4', '--temperature', '0.8', '--top-k', '10', '--seed', '5', '--penalty', '1.2', '--force', 'was', '--depth', '--top', '2'];
    const [one, two] = [await json(args), await json(args)];
    expect(one).toEqual(two);
    expect(one.output).toMatch(/^ was/);
    for (const step of one.steps as readonly (Step & { states: unknown[]; chances: { probability: number; chance: number }[]; drawable: number })[]) {
      expect(step.states).toHaveLength(7);
      expect(step.drawable).toBe(10);
      // Among ten, at a temperature below one, the likeliest gains.
      expect(step.chances[0]!.chance).toBeGreaterThan(step.chances[0]!.probability);
    }
  });

  it('prints for people, and refuses what cannot write', async () => {
    const { stdout } = await headlight(['generate', 'The cow', '--max', '2', '--depth']);
    expect(stdout).toContain('state 6');
    expect(stdout).toContain('The model had not stopped');
    expect((await headlight(['generate', 'The cow', '--model', 'translator'])).stderr).toContain('Choose a decoder stack');
  });
});
