import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KnownModels, type Storage } from '../../../src/editor/knownModels';

const builtIn = join(import.meta.dirname, '..', '..', '..', 'models');

function known(current = 'encoder', stored: unknown = []) {
  let folders = stored;
  const storage: Storage = {
    get: () => folders as never,
    update: (_: string, value: unknown) => {
      folders = value;
      return Promise.resolve();
    },
  };
  return new KnownModels(builtIn, storage, () => current);
}

const ids = async (models: KnownModels): Promise<string[]> => (await models.list()).map(({ id }) => id);

describe('KnownModels', () => {
  it('lists what comes with Headlight, each once, and the model in force', async () => {
    const listed = await ids(known());
    expect(listed).toEqual(expect.arrayContaining(['encoder', 'static']));
    expect(new Set(listed).size).toBe(listed.length);
    expect(await ids(known('/mine/bert'))).toEqual([...listed, '/mine/bert']);
  });

  it('keeps the folders that were chosen, the latest first, a few at most', async () => {
    const models = known();
    for (let at = 0; at < 45; at++) await models.remember(`/m/${at}`);
    await models.remember('/m/5');
    const folders = (await ids(models)).filter((id) => id.startsWith('/m/'));
    expect(folders).toHaveLength(40);
    expect(folders.slice(0, 3)).toEqual(['/m/5', '/m/44', '/m/43']);
  });

  it('forgets a folder', async () => {
    const models = known('encoder', ['/m/bert', '/m/gpt']);
    await models.forget('/m/bert');
    expect(models.chosen).toEqual(['/m/gpt']);
    expect(await ids(models)).not.toContain('/m/bert');
  });

  it('says what each is made for, and which is in force', async () => {
    const folder = (name: string): string => join(import.meta.dirname, '..', '..', 'fixtures', 'writers', name);
    const listed = await known('rnn', [folder('marian'), folder('t5-gated'), folder('gpt2-legacy'), '/gone']).list();
    const of = (id: string) => {
      const { task, readable } = listed.find((model) => model.id === id)!;
      return [task, readable];
    };
    expect(of('encoder')).toEqual(['reading', true]);
    expect(of('translator')).toEqual(['translation', true]);
    expect(of('rnn')).toEqual(['translation', false]);
    expect(of('decoder')).toEqual(['continuation', true]);
    for (const name of ['marian', 't5-gated']) expect(of(folder(name)), name).toEqual(['translation', true]);
    expect(of(folder('gpt2-legacy'))).toEqual(['continuation', true]);
    expect(of('/gone')).toEqual(['reading', true]);
    expect(listed.filter(({ inForce }) => inForce).map(({ id }) => id)).toEqual(['rnn']);
  });

  it('refuses a model that is not listed, wherever its name leads', async () => {
    const models = known('encoder', ['/m/bert', '../evil', 7]);
    expect(await models.require('encoder')).toBe('encoder');
    expect(await models.require('/m/bert')).toBe('/m/bert');
    for (const id of ['/etc', '../evil', 'nothing-like-this', '', '7']) {
      await expect(models.require(id), id).rejects.toMatchObject({ code: 'model-untrusted' });
    }
  });
});
