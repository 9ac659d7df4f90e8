import { basename, join } from 'node:path';
import { stat } from 'node:fs/promises';
import { HeadlightError } from '../errors';
import type { WritingRules } from '../lenses/writing/rules';
import { broken, exists, fileError, readModelFile, readModelJson } from './files';
import type { FileState } from './fileState';
import { type GraphFile, readGraphFile } from './graphFile';
import { findGraphFiles } from './graphFiles';
import { type ModelConfig, readModelConfig } from './modelConfig';
import { modelName } from './modelName';
import { readWritingConfig } from './writingConfig';

/** The files of a model in the layout of the Hugging Face hub, read and checked. */
export interface ModelFolder {
  readonly folder: string;
  readonly name: string;
  /** How the weights are written, as the files' names say; empty for the plain ones. */
  readonly variant: string;
  readonly config: ModelConfig;
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  readonly writing: WritingRules;
  /** Most tokens that the tokenizer's configuration allows; null where it sets no limit. */
  readonly longest: number | null;
  /** The whole model, the encoder of one that has one, or the decoder that reads all tokens at once. */
  readonly graph: GraphFile;
  /** True where `graph` is a decoder's by the name of its file. */
  readonly isDecoder: boolean;
  /** Writes what the encoder in `graph` read; null where there is no encoder. */
  readonly decoder: GraphFile | null;
  /** Writes on from keys and values of earlier tokens; null where no file but `graph` does. */
  readonly following: GraphFile | null;
  /** The ONNX files and their weight files, as they were read: the runtime maps weights from them. */
  readonly graphFiles: readonly FileState[];
  /** Changes when an ONNX file changes, or a weight file beside it. */
  readonly fingerprint: string;
}

const sumsFile = 'SHA256SUMS';

/**
 * Reads a model folder, named by itself or by one of its ONNX files: `config.json`, `tokenizer.json`, `tokenizer_config.json` and `generation_config.json` where there
 * are such, and the graphs that `findGraphFiles` finds. Files that a `SHA256SUMS` in the folder lists have to match it.
 * @throws HeadlightError `model-missing`, `model-unreadable` or `model-broken`, naming the file
 */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  if (!path.endsWith('.onnx')) await requireFolder(path);
  const files = await findGraphFiles(path);
  const { folder } = files;
  const optional = async (name: string): Promise<Readonly<Record<string, unknown>>> => {
    const path = join(folder, name);
    return (await exists(path)) ? readModelJson(path) : {};
  };
  const [config, tokenizerJson, tokenizerConfig, generation] = await Promise.all([
    readModelJson(join(folder, 'config.json')),
    readModelJson(join(folder, 'tokenizer.json')),
    optional('tokenizer_config.json'),
    optional('generation_config.json'),
  ]);
  const paths = [...new Set([files.reads, files.writes, files.writesOn])].filter((path) => path !== null);
  const graphs = new Map<string, GraphFile>();
  for (const path of paths) graphs.set(path, await readGraphFile(path, (sum) => checkSum(folder, path, sum)));
  const graphOf = (path: string | null): GraphFile | null => (path === null ? null : graphs.get(path)!);
  const longest = tokenizerConfig['model_max_length'];
  return {
    folder,
    name: modelName(path),
    variant: files.variant,
    config: readModelConfig(config),
    writing: readWritingConfig(config, generation, files.writes !== null),
    longest: typeof longest === 'number' && longest > 0 && longest < 1e6 ? longest : null,
    tokenizerJson,
    tokenizerConfig,
    graph: graphOf(files.reads)!,
    isDecoder: files.isDecoder,
    decoder: graphOf(files.writes),
    following: graphOf(files.writesOn),
    graphFiles: [...graphs.values()].flatMap((graph) => graph.files),
    fingerprint: [...graphs.values()].map(({ files: [, ...beside], sum }) => [sum.slice(0, 16), ...beside.map(({ modified, size }) => `${size}.${Math.floor(modified)}`)].join('.')).join('+'),
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => Promise.reject(fileError(folder, error)));
  if (!found.isDirectory()) {
    throw new HeadlightError('model-missing', `${folder} is a file. Choose the folder that holds config.json and model.onnx.`);
  }
}

async function checkSum(folder: string, graphPath: string, sum: string): Promise<void> {
  const path = join(folder, sumsFile);
  if (!(await exists(path))) return;
  const lines = new TextDecoder().decode(await readModelFile(path)).split('\n');
  const line = lines.find((entry) => entry.endsWith(`  ${basename(graphPath)}`));
  if (line !== undefined && !line.startsWith(sum)) {
    throw broken(graphPath, `does not match its SHA-256 in ${sumsFile}: it was cut short or changed`);
  }
}
