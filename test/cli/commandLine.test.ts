import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { joinNegativeNumbers, joinOptionalValues } from '../../src/cli/options';
import { bundle } from '../support/bundle';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

const verbs = ['attention', 'compare', 'drift', 'predict', 'classify', 'effects', 'patch', 'attribute', 'senses', 'train', 'vectors', 'neighbours', 'next', 'translate', 'lineage', 'generate', 'inspect', 'models', 'devices', 'check', 'download'];

describe('headlight', () => {
  it('lists its verbs', async () => {
    const { code, stdout } = await headlight(['--help']);
    expect(code).toBe(0);
    for (const verb of verbs) expect(stdout).toContain(`\n  ${verb} `);
  });

  it.each(verbs)('explains %s with its JSON, without loading anything', async (verb) => {
    const { code, stdout, stderr } = await headlight([verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: headlight ${verb}`));
    expect(stdout).toMatch(/JSON/);
    expect(stdout).toContain('--device');
  });

  it('needs a verb that it knows', async () => {
    expect((await headlight([])).code).toBe(2);
    expect(await headlight(['dance'])).toMatchObject({ code: 2, stderr: expect.stringContaining('"dance"') as string });
  });

  it('ends quietly when its reader goes away', async () => {
    const entry = await bundle('test/support/commandLine.ts');
    const text = 'the cow jumped over the moon and ate the grass '.repeat(12);
    const child = spawn(process.execPath, [entry, 'attention', text, '--json'], { cwd: join(import.meta.dirname, '..', '..') });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a device', () => {
  it('that is not there is replaced by cpu, and it says so', async () => {
    const { code, stdout, stderr } = await headlight(['next', 'One.', 'Two.', '--device', 'coreml', '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('coreml was asked for');
    expect(JSON.parse(stdout)).toHaveProperty('isNext');
  });
});

describe('headlight next', () => {
  const cow = 'The cow jumped over the moon.';
  const dish = 'The dish ran away with the spoon.';

  it('gives a probability', async () => {
    const { code, stdout } = await headlight(['next', 'The man went to the store.', 'He bought some milk.', '--json']);
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as { isNext: number };
    expect(Object.keys(json)).toEqual(['isNext']);
    expect(json.isNext).toBeGreaterThan(0);
    expect(json.isNext).toBeLessThan(1);
  });

  it('compares with the swapped order and a control, its own or a given one', async () => {
    const read = async (...args: string[]) => {
      const { code, stdout, stderr } = await headlight(['next', cow, dish, '--json', ...args]);
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as { isNext: number; swapped?: number; control?: { sentence: string; isNext: number } };
    };
    const own = await read('--swap', '--control');
    const reverse = JSON.parse((await headlight(['next', dish, cow, '--json'])).stdout) as { isNext: number };
    expect(own.swapped).toBeCloseTo(reverse.isNext, 9);
    expect(own.isNext).toBeGreaterThan(own.control!.isNext);
    expect((await read('--control')).control!.sentence).toBe(own.control!.sentence);
    expect((await read('--control', '--turn', '2')).control!.sentence).not.toBe(own.control!.sentence);
    const given = await read('--control', 'Shares fell by four percent.');
    expect(given.control).toMatchObject({ sentence: 'Shares fell by four percent.' });
    expect(given.control!.isNext).toBeLessThan(0.1);
    expect(given).not.toHaveProperty('swapped');
  });

  it('says how much of each head’s attention crosses', async () => {
    const { stdout } = await headlight(['next', cow, dish, '--json', '--heads']);
    const { even, heads } = JSON.parse(stdout) as { even: Record<string, number>; heads: Record<string, number>[] };
    expect(even['firstToSecond']).toBeCloseTo(8 / 15, 9);
    expect(even['secondToFirst']).toBeCloseTo(7 / 15, 9);
    expect(heads).toHaveLength(72);
    expect(heads[71]).toMatchObject({ layer: 5, head: 11 });
    for (const { firstToSecond, onWords, secondToFirst } of heads) {
      for (const share of [firstToSecond, secondToFirst, onWords]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
    }
  });

  it('says to people what the figures mean', async () => {
    const { stdout } = await headlight(['next', cow, dish, '--swap', '--control', '--heads']);
    expect(stdout).toMatch(/B follows A: .* 41\.1 % undecided\n/);
    expect(stdout).toMatch(/Of 1000 held-out pairs it judges 85\.4 % rightly against sentences of another document, 61\.3 % against/);
    expect(stdout).toMatch(/attention from A to B \(53\.3 % if even; special tokens left out\)\n( {2}layer \d, head \d+ .* % .*\n){5}/);
  });

  it.each([
    [[cow, dish, '--control', 'x', '--turn', '2'], 2, /without a sentence/],
    [[cow, dish, '--turn', '2'], 2, /without a sentence/],
    [[cow, dish, '--control', '--turn', '0'], 2, /at least 1/],
    [[cow, '--control', dish], 2, /Usage: headlight next/],
    [[cow, ' '], 1, /second sentence is empty/],
    [[cow, dish, '--model', 'decoder'], 1, /no next-sentence head/],
  ])('refuses %j', async (args, expected, message) => {
    const { code, stdout, stderr } = await headlight(['next', ...args, '--json']);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });

  it('takes texts that begin with a dash after --', async () => {
    expect((await headlight(['next', '--json', '--', '-1 is a number.', '- So is 2.'])).code).toBe(0);
  });
});

describe('the static model', () => {
  it('gives a word one vector wherever it stands', async () => {
    const { stdout } = await headlight(['vectors', 'stand', '--model', 'static'], "I can't stand it.\nThe music stand fell.\n");
    const [first, second] = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { vector: number[] }).vector);
    expect(first).toHaveLength(100);
    expect(second).toEqual(first);
  });

  it('says that it has no attention', async () => {
    const { code, stderr } = await headlight(['attention', 'The cow', '--model', 'static', '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no layers and so no attention/);
  });
});

describe('headlight models', () => {
  it('lists the built-in models', async () => {
    const { code, stdout } = await headlight(['models', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: 'decoder', layers: 6, heads: 8 },
      { id: 'encoder', layers: 6, writes: null },
      { id: 'rnn', layers: 0, writes: { looksBy: 'vector' } },
      { id: 'rnn-attention', layers: 0, writes: { looksBy: 'alignment' } },
      { id: 'static', layers: 0, hiddenSize: 100 },
      { id: 'translator', layers: 6, heads: 8, writes: { task: 'translation', looksBy: 'attention', layers: 6, cached: true } },
    ]);
  });

  it('lists a model that cannot be opened beside the others', async () => {
    const { code, stdout } = await headlight(['models', '--model', './test', '--json']);
    expect(code).toBe(0);
    const [first, ...others] = JSON.parse(stdout) as { id: string; error?: string }[];
    expect(first).toMatchObject({ id: 'decoder' });
    expect(others.at(-1)!.error).toMatch(/holds no model\.onnx/);
  });

  it('inspects a folder', async () => {
    const { code, stdout } = await headlight(['models', 'models/encoder', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ layers: 6, heads: 12, hiddenSize: 384, window: 512, limits: [] });
  });

  it('says what is wrong with a folder', async () => {
    const { code, stderr } = await headlight(['models', './test', '--json']);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('joinNegativeNumbers', () => {
  it('joins a negative number to its option, and only there', () => {
    expect(joinNegativeNumbers(['a', '--layer', '-1', '--json'])).toEqual(['a', '--layer=-1', '--json']);
    expect(joinNegativeNumbers(['-1', '--', '--layer', '-1'])).toEqual(['-1', '--', '--layer', '-1']);
  });
});

describe('joinOptionalValues', () => {
  it('gives a named option the word behind it, or an empty value', () => {
    expect(joinOptionalValues(['a', '--control', '--json'], ['control'])).toEqual(['a', '--control=', '--json']);
    expect(joinOptionalValues(['--control', 'Yes.', 'a'], ['control'])).toEqual(['--control=Yes.', 'a']);
    expect(joinOptionalValues(['a', '--control'], ['control'])).toEqual(['a', '--control=']);
    expect(joinOptionalValues(['--swap', 'a', '--', '--control', 'b'], ['control'])).toEqual(['--swap', 'a', '--', '--control', 'b']);
  });
});
