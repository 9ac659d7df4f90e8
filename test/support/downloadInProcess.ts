import { findHub } from '../../src/library/hub/hub';
import { modelChoices } from '../../src/library/hub/choices';
import { downloadModel } from '../../src/library/hub/downloadModel';
import { readRepository } from '../../src/library/hub/repository';

/** Downloads the first variant of a repository as a process of its own: `node … ID`, with the hub by the environment. */
async function main(id: string): Promise<void> {
  const { signal } = new AbortController();
  const hub = await findHub(process.env, '/nowhere');
  const repository = await readRepository(hub, { id, revision: 'main' }, signal);
  process.stdout.write(await downloadModel(hub, repository, modelChoices(repository)[0]!, { signal }));
}

void main(process.argv[2]!);
