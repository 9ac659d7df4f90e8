import { describe, expect, it } from 'vitest';
import { knownModel, linkedModel } from '../../../src/editor/link/linkedModel';

const mine = '/home/someone/models/bert';
const reads = { task: 'reading', readable: true, inForce: false } as const;
const models = { list: () => Promise.resolve([{ id: 'encoder', label: 'encoder', detail: '', ...reads }, { id: mine, label: 'bert', detail: mine, ...reads }]) };

describe('the model of a link', () => {
  it('is named without the path of its folder', () => {
    expect(linkedModel('encoder')).toEqual({ name: 'encoder' });
    const { name, folder } = linkedModel(mine);
    expect(name).toBe('bert');
    expect(folder).toMatch(/^[0-9a-f]{16}$/);
    expect(linkedModel('/elsewhere/bert').folder).not.toBe(folder);
  });

  it('is one that is known: built in, chosen before, or in force', async () => {
    expect(await knownModel(linkedModel('encoder'), mine, models, true)).toBe('encoder');
    expect(await knownModel(linkedModel(mine), 'encoder', models, true)).toBe(mine);
    expect(await knownModel(linkedModel('/elsewhere/bert'), 'encoder', models, true)).toBeNull();
    expect(await knownModel({ name: mine }, 'encoder', models, true)).toBeNull();
    expect(await knownModel({ name: '../encoder' }, 'encoder', models, true)).toBeNull();
  });

  it('is built in or in force where the workspace is not trusted', async () => {
    expect(await knownModel(linkedModel(mine), 'encoder', models, false)).toBeNull();
    expect(await knownModel(linkedModel(mine), mine, models, false)).toBe(mine);
    expect(await knownModel(linkedModel('encoder'), mine, models, false)).toBe('encoder');
  });
});
