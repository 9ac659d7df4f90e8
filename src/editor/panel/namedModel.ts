import type { PanelCall } from '../../panel/contract';
import type { KnownModels } from '../knownModels';

/**
 * The model that a call of the panel is about; undefined for the one in force. Whatever models it names must be listed.
 * @throws HeadlightError `model-untrusted`
 */
export async function namedModel(request: PanelCall & { readonly against?: string }, models: Pick<KnownModels, 'require'>): Promise<string | undefined> {
  if (request.against !== undefined) await models.require(request.against);
  return request.inModel === undefined ? undefined : models.require(request.inModel);
}
