import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceComparison } from '../../src/lenses/devices/contract';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

describe('headlight devices', () => {
  it('lists what the runtime offers', async () => {
    const { code, stdout } = await headlight(['devices', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContain('cpu');
    expect((await headlight(['devices'])).stdout.split('\n')).toContain('cpu');
  });

  it('compares them, as JSON and as a table', async () => {
    const model = './test/fixtures/models/bert-tiny';
    const { code, stdout } = await headlight(['devices', '--compare', '--model', model, '--json']);
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as DeviceComparison;
    expect(rows[0]).toMatchObject({ device: 'cpu', failure: null, differences: { attention: 0, hidden: 0, logits: 0 } });
    expect(rows[0]!.lengths.map(({ tokens }) => tokens).at(-1)).toBe(64);
    const table = await headlight(['devices', '--compare', '--model', model]);
    expect(table.stdout).toMatch(/^device +\d+ tokens +64 tokens +attention +hidden states +logits\ncpu +[\d.]+ ms +[\d.]+ ms +0 +0 +0\n/);
  });

  it('takes no words', async () => {
    expect((await headlight(['devices', 'cpu'])).code).toBe(2);
  });
});
