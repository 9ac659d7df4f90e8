import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from './files';
import { findGraphFiles } from './graphFiles';
import { inUsualOrder, readGraphName } from './graphNames';

/** A variant of a model on the disk. */
export interface FolderVariant {
  /** As the files' names say: `''`, `fp16`, `quantized` and such. */
  readonly variant: string;
  /** The graph that names the model; it may be a link to elsewhere. */
  readonly path: string;
  /** Its graphs and the files of their weights, by the names in the folder. */
  readonly files: readonly string[];
  readonly bytes: number;
}

const besides = ['config.json', 'tokenizer.json'];

/** The variants of a model in its folder that are whole, those that are taken first leading; none of a folder without a tokenizer. */
export async function folderVariants(folder: string): Promise<FolderVariant[]> {
  const found = new Map<string, FolderVariant>();
  for (const place of [folder, join(folder, 'onnx')]) {
    const names = await readdir(place).catch(() => []);
    for (const name of names.sort()) {
      const graph = readGraphName(name);
      if (!graph || found.has(graph.variant)) continue;
      const variant = await variantOf(join(place, name), names);
      if (variant) found.set(graph.variant, { variant: graph.variant, ...variant });
    }
  }
  return inUsualOrder(found.keys()).map((variant) => found.get(variant)!);
}

/** Null where a file is missing, or leads to one that is. */
async function variantOf(path: string, names: readonly string[]): Promise<Omit<FolderVariant, 'variant'> | null> {
  const graphs = await findGraphFiles(path).catch(() => null);
  if (!graphs) return null;
  for (const name of besides) if (!(await exists(join(graphs.folder, name)))) return null;
  const own = [...new Set([graphs.reads, graphs.writes, graphs.writesOn])].filter((file) => file !== null);
  const weights = names.map((name) => join(dirname(path), name)).filter((file) => own.some((graph) => isWeightsOf(graph, file)));
  const files = [...own, ...weights];
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, () => null)));
  return sizes.includes(null) ? null : { path: graphs.reads, files, bytes: sizes.reduce((sum: number, size) => sum + size!, 0) };
}

/** Whether a file holds weights of a graph beside it, by its name: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
export function isWeightsOf(graph: string, file: string): boolean {
  return file.startsWith(graph) && /^[._]data(?:_\d+)?$/.test(file.slice(graph.length));
}
