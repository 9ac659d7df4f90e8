import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { joinNegativeNumbers } from '../../src/cli/options';
import { bundle } from '../support/bundle';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

const verbs = ['attention', 'compare', 'predict', 'senses', 'vectors', 'next', 'translate', 'generate', 'models'];

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
  it('gives a probability', async () => {
    const { code, stdout } = await headlight(['next', 'The man went to the store.', 'He bought some milk.', '--json']);
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as { isNext: number };
    expect(Object.keys(json)).toEqual(['isNext']);
    expect(json.isNext).toBeGreaterThan(0);
    expect(json.isNext).toBeLessThan(1);
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
