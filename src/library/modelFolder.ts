import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { stat } from 'node:fs/promises';
import { HeadlightError } from '../errors';
import { broken, exists, fileError, readModelFile, readModelJson } from './files';
import { type ModelConfig, readModelConfig } from './modelConfig';

/** The files of a model in the layout of the Hugging Face hub, read and checked. */
export interface ModelFolder {
  readonly folder: string;
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  /** Folder of the ONNX file, which weight files beside it are relative to. */
  readonly graphFolder: string;
  readonly graph: Uint8Array;
  /** Changes when the ONNX file changes. */
  readonly fingerprint: string;
}

const graphFiles = ['model.onnx', join('onnx', 'model.onnx')];
const encoderFiles = ['encoder_model.onnx', join('onnx', 'encoder_model.onnx')];
const sumsFile = 'SHA256SUMS';

/**
 * Reads a model folder: `config.json`, `tokenizer.json`, `tokenizer_config.json` where there is one, and `model.onnx`
 * or `onnx/model.onnx`. Files that a `SHA256SUMS` in the folder lists have to match it.
 * @throws HeadlightError `model-missing`, `model-unreadable` or `model-broken`, naming the file
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  await requireFolder(folder);
  const graphPath = await findGraph(folder);
  const tokenizerConfigPath = join(folder, 'tokenizer_config.json');
  const [config, tokenizerJson, tokenizerConfig, graph] = await Promise.all([
    readModelJson(join(folder, 'config.json')),
    readModelJson(join(folder, 'tokenizer.json')),
    exists(tokenizerConfigPath).then((found) => (found ? readModelJson(tokenizerConfigPath) : {})),
    readModelFile(graphPath),
  ]);
  const sum = createHash('sha256').update(graph).digest('hex');
  await checkSum(folder, graphPath, sum);
  return {
    folder,
    name: basename(folder),
    config: readModelConfig(config),
    tokenizerJson,
    tokenizerConfig,
    graphFolder: dirname(graphPath),
    graph,
    fingerprint: sum.slice(0, 16),
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => Promise.reject(fileError(folder, error)));
  if (!found.isDirectory()) {
    throw new HeadlightError('model-missing', `${folder} is a file. Choose the folder that holds config.json and model.onnx.`);
  }
}

async function findGraph(folder: string): Promise<string> {
  for (const file of graphFiles) {
    if (await exists(join(folder, file))) return join(folder, file);
  }
  for (const file of encoderFiles) {
    if (await exists(join(folder, file))) {
      throw new HeadlightError(
        'cannot-instrument',
        `${folder} holds an encoder–decoder (${file}). This version reads encoders and decoder stacks with one model.onnx; choose one of these.`,
      );
    }
  }
  throw new HeadlightError(
    'model-missing',
    `${folder} holds no ${graphFiles.join(' or ')}. Export the model to ONNX (for example: optimum-cli export onnx --model NAME ${folder}).`,
  );
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
