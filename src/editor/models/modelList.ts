import { basename, join } from 'node:path';
import type { HeldModel } from '../../engine/modelCache';
import type { ModelTask } from '../../lenses/model';
import { folderVariants } from '../../library/folderVariants';
import { findGraphFiles } from '../../library/graphFiles';
import { readGraphName } from '../../library/graphNames';
import { cachedModels, type CachedModel } from '../../library/hub/cachedModels';
import { modelName } from '../../library/modelName';
import { modelSummary } from '../../library/modelSummary';
import { builtInModelIds } from '../../library/resolveModel';

/** Where a model comes from. */
export const modelOrigins = ['builtIn', 'folder', 'hub'] as const;
export type ModelOrigin = (typeof modelOrigins)[number];

/** A model of the library, as it lies on the disk. */
export interface LibraryModel {
  readonly origin: ModelOrigin;
  /** As the setting names it: a built-in id, or the path of a folder or an ONNX file. */
  readonly id: string;
  readonly name: string;
  /** Where it lies. */
  readonly path: string;
  /** How its weights are written, as the files' names say; null where it cannot be read. */
  readonly variant: string | null;
  /** Of its graphs and their weights; null where it cannot be read. */
  readonly bytes: number | null;
  readonly architecture: string | null;
  readonly task: ModelTask | null;
  /** Whether it can be the model that is looked into. */
  readonly usable: boolean;
  /** Why it cannot be read. */
  readonly problem: string | null;
  /** In the hub's cache, what removing it takes away. */
  readonly cached?: CachedModel;
}

/** What a model is doing. */
export interface ModelUse {
  readonly inForce: boolean;
  /** The devices that it is loaded on. */
  readonly devices: readonly string[];
}

/**
 * All models: those that come with Headlight, the folders that the user chose, and those in the hub's cache.
 * @param chosen paths that the user chose, some of which may lie in the cache
 */
export async function listModels(builtInModels: string, chosen: readonly string[], cache: string): Promise<LibraryModel[]> {
  const [ids, cached] = await Promise.all([builtInModelIds(builtInModels), cachedModels(cache)]);
  const inCache = new Set(cached.map(({ path }) => path));
  const folders = chosen.filter((path) => !inCache.has(path) && !path.startsWith(join(cache, 'models--')));
  return Promise.all([
    ...ids.map((id) => describe('builtIn', id, join(builtInModels, id))),
    ...folders.map((path) => describe('folder', path, path)),
    ...cached.map(async (model) => ({ ...(await describe('hub', model.path, model.path)), bytes: model.bytes, cached: model })),
  ]);
}

/** What a model is doing, by the setting and what the engine says. */
export function useOf({ id }: LibraryModel, inForce: string, held: readonly HeldModel[]): ModelUse {
  return { inForce: id === inForce, devices: held.filter((model) => model.id === id).map(({ device }) => device) };
}

async function describe(origin: ModelOrigin, id: string, path: string): Promise<LibraryModel> {
  const common = { origin, id, path, name: modelName(id) };
  try {
    const { architecture, readable, task, variant } = await modelSummary(path);
    const { folder, reads } = await findGraphFiles(path);
    const bytes = (await folderVariants(folder)).find((found) => found.variant === variant)?.bytes ?? null;
    // A file's own name is told where it says more than the variant.
    const name = readGraphName(basename(reads)) ? modelName(origin === 'builtIn' ? id : folder) : common.name;
    return { ...common, name, architecture, task, variant, bytes, usable: readable, problem: null };
  } catch (error) {
    return { ...common, architecture: null, task: null, variant: null, usable: false, bytes: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
