import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HeadlightError } from '../errors';
import { exists } from './files';

/** Ids of the models that come with Headlight: the folders below `builtInModels` that hold a `config.json`. */
export async function builtInModelIds(builtInModels: string): Promise<string[]> {
  const entries = await readdir(builtInModels, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const found = await Promise.all(folders.map((name) => exists(join(builtInModels, name, 'config.json'))));
  return folders.filter((_, index) => found[index]).sort();
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
