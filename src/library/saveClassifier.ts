import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { onnx } from 'onnx-proto';
import { type ErrorCode, HeadlightError } from '../errors';
import type { TrainedClassifier } from '../lenses/training/contract';
import { makeClassifier } from '../onnx/classifierGraph';
import { decodeModel } from '../onnx/decode';
import { dequantizeWeights } from '../onnx/dequantize';
import { encodeModel } from '../onnx/encode';
import { writeOutFused } from '../onnx/fused/writeOutFused';
import { instrument } from '../onnx/instrument';
import { placeWeights } from '../onnx/placeWeights';
import { classifierCard } from './classifierCard';
import { exists, readModelJson } from './files';
import { graphShape } from './graphShape';
import { layerCountNames } from './modelConfig';
import { type ModelFolder, readModelFolder } from './modelFolder';

/** Files of a tokenizer in all its forms, and what says on which terms a model may be passed on. */
const copied = /^(tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|vocab\.(txt|json)|merges\.txt|spiece\.model|sentencepiece\.bpe\.model|tokenizer\.model|(LICEN[CS]E|NOTICE).*|.*-LICENSE)$/i;
const weightsFile = 'model.onnx_data';
/** Weights that take more bytes lie beside the graph, so that they need not be in memory together. */
const mostInGraph = 128 * 2 ** 20;

export interface SaveOptions {
  /** Bytes of weights that the graph holds at most. */
  readonly mostInGraph?: number;
}

/**
 * Makes a model's folder of an encoder and a classifier on it: `model.onnx` with both, `config.json` with the labels, the
 * tokenizer's files, and a `README.md` that says what it was made from. The folder is there as a whole or not at all.
 * @param source the encoder: its folder, or one of its ONNX files
 * @throws HeadlightError `file-not-written`, `disk-full`, `cannot-instrument` for an encoder whose graph cannot take it
 */
export async function saveClassifier(source: string, classifier: TrainedClassifier, folder: string, options: SaveOptions = {}): Promise<void> {
  if (await exists(folder)) throw new HeadlightError('file-not-written', `${folder} is there already. Give the folder another name.`);
  const files = await readModelFolder(source);
  const { hiddenSize } = files.config;
  if (classifier.state < 1) throw new HeadlightError('out-of-range', 'A classifier of hidden state 0, the embeddings, has no attention to look into. Train on another hidden state to save it.');
  const model = classifierModel(files, classifier, hiddenSize!);
  const partial = join(dirname(folder), `.${basename(folder)}.partial-${process.pid}`);
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await writeGraph(partial, model, files, options.mostInGraph ?? mostInGraph);
    await writeFile(join(partial, 'config.json'), `${JSON.stringify(configOf(await readModelJson(join(files.folder, 'config.json')), classifier), null, 2)}\n`);
    for (const name of await readdir(files.folder)) if (copied.test(name)) await copyFile(join(files.folder, name), join(partial, name));
    await writeFile(join(partial, 'README.md'), classifierCard(classifier));
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw error instanceof HeadlightError ? error : notWritten(folder, error);
  }
}

/** The encoder's own graph with the head; of a graph whose operators are fused, with these written out where the head needs it. */
function classifierModel(files: ModelFolder, { head, pooling, state }: TrainedClassifier, hiddenSize: number): onnx.IModelProto {
  const { bytes, readWeights } = files.graph;
  const { hidden } = instrument(files.graph, graphShape(files.config, files.config.heads), files.isDecoder);
  const value = hidden[state] ?? null;
  const model = decodeModel(bytes);
  if ((model.graph.input ?? []).some(({ name }) => name?.startsWith('past_key_values.'))) {
    throw new HeadlightError('cannot-instrument', `${files.name} takes keys and values of earlier tokens, which a classifier has none of. Export the model without a cache (Optimum: --task text-generation, not text-generation-with-past).`);
  }
  if (value === null) throw new HeadlightError('cannot-instrument', `Hidden state ${state} of ${files.name} was not found in its graph. Choose another one.`);
  if (!(model.graph.node ?? []).some(({ output }) => output?.includes(value))) {
    dequantizeWeights(model.graph, readWeights);
    writeOutFused(model, readWeights);
  }
  makeClassifier(model, { hidden: value, hiddenSize, pooling, weights: Float32Array.from(head.weights), bias: Float32Array.from(head.bias) });
  return model;
}

async function writeGraph(folder: string, model: onnx.IModelProto, files: ModelFolder, most: number): Promise<void> {
  const placed = placeWeights(model, files.graph.readWeights, weightsFile, most);
  if (placed.length > 0) {
    const file = await open(join(folder, weightsFile), 'w');
    try {
      for (const { offset, read } of placed) {
        const bytes = read();
        for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
  const file = await open(join(folder, 'model.onnx'), 'w');
  try {
    await file.writeFile(encodeModel(model));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** As Transformers writes it for a classifier of the family; layers above the state are not in the graph. */
function configOf(config: Readonly<Record<string, unknown>>, { labels, state }: TrainedClassifier): Record<string, unknown> {
  const architectures = config['architectures'];
  const known: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  const type = typeof config['model_type'] === 'string' ? config['model_type'] : '';
  const camel = type.split(/[-_]/).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join('');
  const family = typeof known === 'string' ? known.replace(/(For[A-Z]\w*|EncoderModel|DoubleHeadsModel|LMHeadModel|Model)$/, '') : camel;
  const layers = layerCountNames.find((name) => typeof config[name] === 'number');
  return {
    ...config,
    architectures: [`${family}ForSequenceClassification`],
    ...(layers !== undefined && { [layers]: state }),
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(labels.map((label, k) => [String(k), label])),
    // Made of entries, as a label may have a name that objects have of their own.
    label2id: Object.fromEntries(labels.map((label, k) => [label, k])),
  };
}

function notWritten(folder: string, error: unknown): HeadlightError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(code);
  const kind: ErrorCode = isFull ? 'disk-full' : 'file-not-written';
  const why = isFull ? 'the disk is full. Make room, or choose another place' : denied ? 'there is no permission to write there. Choose another place' : `${error instanceof Error ? error.message : String(error)}. Choose another place`;
  return new HeadlightError(kind, `The model could not be saved in ${folder}: ${why}; what was trained is kept.`, { cause: error });
}
