import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mutateBytes } from './mutations/bytes';
import { layTraps, mutateFolder } from './mutations/folder';
import { mutateGraph } from './mutations/graph';
import { mutateJson } from './mutations/json';
import { mutateFields } from './mutations/protobuf';
import { Random } from './random';

/** What is mutated. */
export const fuzzKinds = ['onnx-bytes', 'onnx-fields', 'onnx-graph', 'tokenizer-json', 'tokenizer-bytes', 'config-json', 'folder', 'hub-answers', 'lens-calls', 'labelled-lines', 'check-files'] as const;
export type FuzzKind = (typeof fuzzKinds)[number];
/** Kinds whose cases are model folders. */
export type FolderKind = Exclude<FuzzKind, 'hub-answers' | 'lens-calls' | 'labelled-lines' | 'check-files'>;

/** A model folder that nothing was done to, in memory. */
export interface BaseModel {
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Exports of each way that Headlight opens graphs: encoders, decoder stacks with and without a cache, encoder–decoders. */
const baseNames = [
  'models/bert-tiny', 'models/bert-tiny-dynamo', 'models/bert-tiny-sdpa', 'models/distilbert-tiny', 'models/roberta-tiny', 'models/gpt2-tiny',
  'writers/gpt2', 'writers/llama', 'writers/gpt-neox-merged', 'writers/t5', 'writers/marian', 'writers/bart',
  'families/bert--optimum-eager-18-fused', 'families/bert--optimum-eager-18-external', 'families/bert--optimum-eager-18-int8-all',
  'families/bert--optimum-eager-18-fused-int8', 'families/llama--genai-eager-22-fp32', 'families/marian--optimum-1.16-eager-14-fp32',
  'families/deberta-v2--optimum-eager-18-fp32', 'families/t5--optimum-eager-18-fused',
];

/** @param fixtures `test/fixtures` */
export function readBaseModels(fixtures: string): BaseModel[] {
  return baseNames.map((name) => {
    const folder = join(fixtures, name);
    const files = readdirSync(folder).filter((file) => !file.startsWith('golden'));
    return { name, files: new Map(files.map((file) => [file.replace(/\.gz$/, ''), contentOf(join(folder, file))])) };
  });
}

/** Graphs of families are kept compressed. */
function contentOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return new Uint8Array(path.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

/** Numbers of a case's own. */
export function randomOf(kind: FuzzKind, seed: number): Random {
  return new Random(seed * fuzzKinds.length + fuzzKinds.indexOf(kind));
}

/**
 * Writes the folder of a case: the base model that its seed chooses, with the mutations that its seed chooses.
 * @returns the base model's name and what was done to it
 */
export function writeCase(kind: FolderKind, seed: number, bases: readonly BaseModel[], folder: string): readonly string[] {
  const random = randomOf(kind, seed);
  const base = random.pick(bases);
  const files = new Map(base.files);
  const names = [...files.keys()];
  const graphs = names.filter((name) => name.endsWith('.onnx'));
  const configs = names.filter((name) => name.endsWith('.json') && name !== 'tokenizer.json');
  const done: string[] = [base.name];
  const change = (file: string, mutate: (bytes: Uint8Array) => { readonly name: string; readonly bytes: Uint8Array } | null): void => {
    const mutated = mutate(files.get(file)!);
    if (mutated === null) return;
    files.set(file, mutated.bytes);
    done.push(`${file}: ${mutated.name}`);
  };
  for (let count = 1 + random.below(3); count > 0; count--) {
    if (kind === 'onnx-bytes') change(random.pick(graphs), (bytes) => mutateBytes(bytes, random));
    if (kind === 'onnx-fields') change(random.pick(graphs), (bytes) => mutateFields(bytes, random));
    if (kind === 'onnx-graph') change(random.pick(graphs), (bytes) => mutateGraph(bytes, random));
    if (kind === 'tokenizer-bytes') change('tokenizer.json', (bytes) => mutateBytes(bytes, random));
  }
  // Once each: what comes out may be no JSON any more.
  if (kind === 'tokenizer-json') change('tokenizer.json', (bytes) => mutateJson(bytes, random, true));
  if (kind === 'config-json') change(random.pick(configs), (bytes) => mutateJson(bytes, random, false));
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  if (kind === 'onnx-graph') layTraps(folder);
  if (kind === 'folder') done.push(mutateFolder(folder, names, random));
  return done;
}
