import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import type { LinkedModel } from '../../link/attentionLink';
import type { KnownModels } from '../knownModels';
import { modelName } from '../../library/modelName';

/** A model as a link names it: the path of a folder stays on this machine. */
export function linkedModel(id: string): LinkedModel {
  if (!isAbsolute(id)) return { name: id };
  return { name: modelName(id), folder: createHash('sha256').update(id).digest('hex').slice(0, 16) };
}

/**
 * The id of the model that a link names: the one in force, a built-in one, or, in a workspace that is trusted, a folder
 * that the user chose. A link leads to no other; null where it means none of these.
 */
export async function knownModel({ name, folder }: LinkedModel, inForce: string, models: Pick<KnownModels, 'list'>, trusted: boolean): Promise<string | null> {
  const means = (id: string): boolean => {
    const own = linkedModel(id);
    return own.name === name && own.folder === folder;
  };
  if (means(inForce)) return inForce;
  const found = (await models.list()).find(({ id }) => means(id));
  return found && (trusted || !isAbsolute(found.id)) ? found.id : null;
}
