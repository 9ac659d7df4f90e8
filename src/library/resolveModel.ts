import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HeadlightError } from '../errors';
import { exists, readModelJson } from './files';
import { readModelConfig } from './modelConfig';

/** Ids of the models that come with Headlight: the folders below `builtInModels` that hold a `config.json`. */
export async function builtInModelIds(builtInModels: string): Promise<string[]> {
  const entries = await readdir(builtInModels, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const found = await Promise.all(folders.map((name) => exists(join(builtInModels, name, 'config.json'))));
  return folders.filter((_, index) => found[index]).sort();
}

/** A model that comes with Headlight, before it is loaded. */
export interface BuiltInModel {
  readonly id: string;
  readonly architecture: string;
}

/** Those of the built-in models that are one graph from text to vectors, with what their `config.json` says they are. */
export async function singleGraphModels(builtInModels: string): Promise<BuiltInModel[]> {
  const ids = await builtInModelIds(builtInModels);
  const single = await Promise.all(ids.map((id) => exists(join(builtInModels, id, 'model.onnx'))));
  return Promise.all(
    ids
      .filter((_, index) => single[index])
      .map(async (id) => {
        const { architecture } = readModelConfig(await readModelJson(join(builtInModels, id, 'config.json')));
        return { id, architecture };
      }),
  );
}

/**
 * The folder of a model: a built-in id, or an absolute path as it is.
 * @throws HeadlightError `model-missing` for an id that is not known
 */
export async function resolveModel(model: string, builtInModels: string): Promise<string> {
  if (isAbsolute(model)) return model;
  const known = await builtInModelIds(builtInModels);
  if (known.includes(model)) return join(builtInModels, model);
  throw new HeadlightError(
    'model-missing',
    `There is no model "${model}". Use ${known.join(', ') || 'an installed model'}, or the absolute path of a folder with config.json, tokenizer.json and model.onnx.`,
  );
}
