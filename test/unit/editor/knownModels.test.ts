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
    for (let at = 0; at < 12; at++) await models.remember(`/m/${at}`);
    await models.remember('/m/5');
    const folders = (await ids(models)).filter((id) => id.startsWith('/m/'));
    expect(folders).toHaveLength(10);
    expect(folders.slice(0, 3)).toEqual(['/m/5', '/m/11', '/m/10']);
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
