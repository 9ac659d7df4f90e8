import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HeadlightError } from '../errors';
import { exists, fileError } from './files';
import { missingGraph } from './missingGraph';
import { graphFileName, type GraphName, type GraphPart, inUsualOrder, readGraphName } from './graphNames';

/** Where the graphs of a model lie, by what they do. */
export interface GraphFiles {
  /** Where `config.json` and the tokenizer lie. */
  readonly folder: string;
  /** How the weights are written, as the files' names say: `''`, `fp16`, `quantized`, `q4` and such. */
  readonly variant: string;
  /** The whole model, the encoder of one that has one, or the decoder that reads all tokens at once. */
  readonly reads: string;
  /** Writes, where that is another file than the one that reads. */
  readonly writes: string | null;
  /** Writes on from keys and values of earlier tokens; may be the same file (merged). */
  readonly writesOn: string | null;
  /** Reads as a decoder does: `reads` is a decoder's graph by its name. */
  readonly isDecoder: boolean;
}

/** Where the files of one variant lie, by part. */
type Parts = ReadonlyMap<GraphPart, string>;
type FoundGraphs = Pick<GraphFiles, 'reads' | 'writes' | 'writesOn' | 'isDecoder'>;

/** Folders of Optimum's exports and of repositories for Transformers.js. */
const places = ['', 'onnx'];

/**
 * Finds the graphs of a model, which is named by its folder or by one of its ONNX files.
 *
 * A folder has them in the layouts of Optimum's exports, in itself or in `onnx/` below it; where it has several variants,
 * the plain one is taken, else fp16, else quantized, else another. A file (its path ends in `.onnx`) names its variant
 * too, and its other parts stand beside it: `encoder_model_q4.onnx` with `decoder_model_merged_q4.onnx`. A file of any
 * other name is a whole model.
 * @throws HeadlightError `model-missing` that names the file that is not there
 */
export async function findGraphFiles(path: string): Promise<GraphFiles> {
  return path.endsWith('.onnx') ? namedGraphs(path) : graphsInFolder(path);
}

async function graphsInFolder(folder: string): Promise<GraphFiles> {
  const variants = new Map<string, Map<GraphPart, string>>();
  const others: string[] = [];
  for (const place of places) {
    for (const file of await filesIn(join(folder, place))) {
      const name = readGraphName(file);
      if (!name) {
        if (file.endsWith('.onnx')) others.push(join(place, file));
        continue;
      }
      const parts = variants.get(name.variant) ?? new Map<GraphPart, string>();
      variants.set(name.variant, parts);
      if (!parts.has(name.part)) parts.set(name.part, join(folder, place, file));
    }
  }
  // A decoder of a model that has an encoder is no model by itself, in whatever variant the encoder is.
  const hasEncoder = [...variants.values()].some((parts) => parts.has('encoder_model'));
  const order = inUsualOrder(variants.keys());
  for (const variant of order) {
    const found = together(variants.get(variant)!, hasEncoder);
    if (found) return { folder, variant, ...found };
  }
  const [first] = order;
  throw first === undefined ? await noGraphs(folder, others) : incomplete(folder, variants.get(first)!, first);
}

async function namedGraphs(path: string): Promise<GraphFiles> {
  if (!(await exists(path))) throw fileError(path, Object.assign(new Error('No such file'), { code: 'ENOENT' }));
  const place = dirname(path);
  const folder = await folderOf(place);
  const named: GraphName = readGraphName(basename(path)) ?? { part: 'model', variant: '' };
  const { variant } = named;
  if (named.part === 'model') return { folder, variant, reads: path, writes: null, writesOn: null, isDecoder: false };
  const parts = new Map<GraphPart, string>();
  let hasEncoder = false;
  for (const file of await filesIn(place)) {
    const name = readGraphName(file);
    hasEncoder ||= name?.part === 'encoder_model';
    if (name && name.part !== 'model' && name.variant === variant) parts.set(name.part, join(place, file));
  }
  const found = together(parts, hasEncoder);
  if (!found) throw incomplete(place, parts, variant);
  return { folder, variant, ...found };
}

/** The folder whose `config.json` belongs to a graph in `place`: some repositories have it beside the graph, without a tokenizer. */
async function folderOf(place: string): Promise<string> {
  if (basename(place) !== 'onnx') return place;
  const whole = await Promise.all(['config.json', 'tokenizer.json'].map((name) => exists(join(place, name))));
  return whole.every(Boolean) || !(await exists(join(dirname(place), 'config.json'))) ? place : dirname(place);
}

/** How the files of one variant make a model; null where one is missing. */
function together(parts: Parts, hasEncoder: boolean): FoundGraphs | null {
  const single = parts.get('model');
  if (single !== undefined) return { reads: single, writes: null, writesOn: null, isDecoder: false };
  const reads = parts.get('encoder_model');
  const first = parts.get('decoder_model');
  const merged = parts.get('decoder_model_merged');
  const writes = first ?? merged;
  if (writes === undefined) return null;
  const writesOn = (first === undefined ? merged : parts.get('decoder_with_past_model')) ?? null;
  if (reads !== undefined) return { reads, writes, writesOn, isDecoder: false };
  return hasEncoder ? null : { reads: writes, writes: null, writesOn, isDecoder: true };
}

function incomplete(folder: string, parts: Parts, variant: string): HeadlightError {
  const present = basename([...parts.values()][0]!);
  const name = (part: GraphPart): string => graphFileName(part, variant);
  const writes = parts.has('decoder_model') || parts.has('decoder_model_merged');
  const missing = writes ? `no ${name('encoder_model')}, without which nothing can be read` : `no ${name('decoder_model')} or ${name('decoder_model_merged')}, without which nothing can be written`;
  return new HeadlightError(
    'model-missing',
    `${folder} holds ${present}, but ${missing}. ` +
      `Copy that file too, or export the model again (optimum-cli export onnx --model NAME ${folder}).`,
  );
}

function noGraphs(folder: string, others: readonly string[]): Promise<HeadlightError> {
  const has = others.length === 0 ? '' : ` It holds ${others.join(', ')}: name that file itself to use it as a whole model.`;
  return missingGraph(folder, `model.onnx or ${join('onnx', 'model.onnx')}, nor an encoder_model.onnx with a decoder_model.onnx`, has);
}

/** Names in a folder; none where there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  return (await exists(folder)) ? readdir(folder).catch((error: unknown) => Promise.reject(fileError(folder, error))) : [];
}
