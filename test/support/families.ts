import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { Tensor } from '../../src/lenses/model';
import { halfToSingle } from '../../src/onnx/halfFloats';
import { type Golden, largestDifference, readGolden } from './golden';

const root = join(import.meta.dirname, '..', '..');
/** Fixtures that are kept in the repository, their graphs compressed. */
export const committedFamilies = join(root, 'test', 'fixtures', 'families');

/** A golden of `make_family_fixtures.py`. */
export type FamilyGolden = Golden & {
  readonly family: string;
  readonly exporter: string;
  readonly attention: string;
  readonly opset: number;
  readonly precision: string;
  readonly kind: 'reads' | 'classifies' | 'continues' | 'translates';
  /** Tokens that a decoder is given. */
  readonly written?: readonly number[];
};

/** What was found in a folder, and how far it is from PyTorch. */
export interface FamilyResult {
  readonly layers: number;
  readonly heads: number;
  readonly kinds: readonly string[];
  /**
   * Largest difference from eager PyTorch by what is compared, absolute or, where numbers are greater than one, as a share
   * of the greatest; Infinity for other shapes.
   */
  readonly differences: Readonly<Record<string, number>>;
  /** Largest difference of the graph's own output, as it is in the file and as it is edited; null where it is not comparable. */
  readonly edited: number | null;
  /** Why the untouched file cannot be run by itself; null where it can. */
  readonly plainFailure: string | null;
  /** How far rows of attention are from a sum of one, at most. */
  readonly sums: number;
  readonly limits: readonly string[];
}

/** Folders of fixtures by name; compressed ones are unpacked. */
export function familyFolders(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'golden.json')));
}

/** The folder to load, with graphs that are no longer compressed. */
export function unpacked(folder: string, name: string): string {
  const from = join(folder, name);
  const files = readdirSync(from);
  if (!files.some((file) => file.endsWith('.gz'))) return from;
  const to = join(root, 'out', 'test', 'families', name);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const file of files) {
    if (file.endsWith('.gz')) writeFileSync(join(to, file.replace(/\.gz$/, '')), gunzipSync(readFileSync(join(from, file))));
    else copyFileSync(join(from, file), join(to, file));
  }
  return to;
}

const { signal } = new AbortController();

/** Loads a fixture and compares all that can be compared. @throws what loading throws */
export async function measureFamily(folder: string): Promise<FamilyResult> {
  const golden = readGolden(join(folder, 'golden')) as FamilyGolden;
  const model = await loadModel({ model: folder, device: 'cpu' }, { builtInModels: join(root, 'models'), storage: null }, signal);
  try {
    return await compare(model, golden, folder);
  } finally {
    await model.dispose();
  }
}

async function compare(model: LoadedModel, golden: FamilyGolden, folder: string): Promise<FamilyResult> {
  const { tokens } = model.tokenizer.encode(golden.text);
  const ids = tokens.map(({ id }) => id);
  const differences: Record<string, number> = { ids: ids.join() === golden.ids.join() ? 0 : Infinity };
  const layers = model.attention.map((_, layer) => layer);
  const states = [...layers, layers.length];
  const readable = (state: number): Promise<boolean> => model.run([{ tokens }], { hidden: [state] }, signal).then(() => true, () => false);
  const hidden = (await Promise.all(states.map(async (state) => [state, await readable(state)] as const))).filter(([, found]) => found).map(([state]) => state);
  const everywhere = tokens.map((_, token) => ({ row: 0, token }));
  const outputs = await model.run([{ tokens }], {
    attention: layers, queryKeyValue: layers, hidden,
    logitsAt: golden.kind === 'reads' || golden.kind === 'continues' ? everywhere : [],
  }, signal);
  const note = (name: string, ours: ReadonlyMap<number, Tensor>, theirs: string): void => {
    differences[name] = Math.max(differences[name] ?? 0, byLayer(ours, golden.tensor(theirs)));
  };
  note('attention', outputs.attention, 'attention');
  note('hidden', outputs.hidden, 'hidden');
  for (const part of ['query', 'key', 'value'] as const) {
    note('Q K V', new Map([...outputs.queryKeyValue].map(([layer, vectors]) => [layer, vectors[part]])), part);
  }
  if (outputs.logits) differences['logits'] = difference(outputs.logits.data, golden.tensor('logits')!.data);
  const kinds: string[] = model.attention.map(({ kind }) => kind);
  if (golden.written) {
    const given = { source: ids, inputs: golden.written };
    for (const part of ['decoder', 'cross'] as const) {
      const own = model.decoder!.attention[part].map((_, layer) => layer);
      kinds.push(...model.decoder!.attention[part].map(({ kind }) => kind));
      const decoded = await model.decoder!.run(part, given, { attention: own, queryKeyValue: own, ...(part === 'decoder' ? { hidden: [...own, own.length] } : {}) }, signal);
      const name = part === 'decoder' ? 'self' : 'cross';
      note('attention', decoded.attention, name);
      for (const vector of ['query', 'key', 'value'] as const) {
        note('Q K V', new Map([...decoded.queryKeyValue].map(([layer, vectors]) => [layer, vectors[vector]])), `${name}${vector[0]!.toUpperCase()}${vector.slice(1)}`);
      }
      if (part === 'decoder') note('hidden', decoded.hidden, 'decoderHidden');
    }
    differences['logits'] = await lastLogits(model, golden, ids);
  }
  return {
    layers: layers.length,
    heads: model.info.heads,
    kinds,
    differences,
    ...(await compareWithPlain(async () => outputs.logits
      ? await editedAgainstPlain(folder, ids, outputs.logits, golden.tensor('key')!.dims[3]!)
      : golden.written === undefined ? null : await editedWriterAgainstPlain(folder, model, ids, golden.written, outputs.hidden.get(layers.length)!))),
    sums: Math.max(...[...outputs.attention.values()].map(farthestFromOne)),
    limits: model.info.limits,
  };
}

/** Some fused operators have no implementation on cpu. */
async function compareWithPlain(compared: () => Promise<number | null>): Promise<Pick<FamilyResult, 'edited' | 'plainFailure'>> {
  try {
    return { edited: await compared(), plainFailure: null };
  } catch (error) {
    return { edited: null, plainFailure: error instanceof Error ? error.message : String(error) };
  }
}

/** Logits after all tokens that the decoder is given, written one after the other, from its cache if it has one. */
async function lastLogits(model: LoadedModel, golden: FamilyGolden, source: readonly number[]): Promise<number> {
  const writer = model.writer!;
  let state = await writer.read([source], signal);
  let logits: Float32Array = new Float32Array(0);
  for (const id of golden.written!) {
    const output = await writer.write(state, { tokens: [[id]] }, signal);
    state = output.state;
    logits = output.logits.data;
  }
  const theirs = golden.tensor('decoderLogits')!;
  return difference(logits, theirs.data.subarray(theirs.data.length - theirs.dims[1]!));
}

function difference(ours: Float32Array, theirs: Float32Array): number {
  const greatest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return largestDifference(ours, theirs) / greatest;
}

function byLayer(ours: ReadonlyMap<number, Tensor>, theirs: Tensor | null): number {
  if (!theirs) return Infinity;
  const size = theirs.data.length / theirs.dims[0]!;
  return Math.max(0, ...[...ours].map(([layer, { data }]) => difference(data, theirs.data.subarray(layer * size, (layer + 1) * size))));
}

/** The file as it is, run beside the edited graph. */
async function editedAgainstPlain(folder: string, ids: readonly number[], logits: Tensor, headSize: number): Promise<number | null> {
  const path = join(folder, 'model.onnx');
  if (!existsSync(path)) return null;
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
  const feeds = Object.fromEntries(session.inputMetadata.map((input) => [input.name, plainFeed(input as InferenceSession.TensorValueMetadata, ids, headSize)]));
  const data = floatsOf((await session.run(feeds, ['logits']))['logits'] as OnnxTensor);
  await session.release();
  return difference(logits.data, data);
}

/** The same for an encoder and a decoder, which is given all tokens at once. */
async function editedWriterAgainstPlain(folder: string, model: LoadedModel, ids: readonly number[], written: readonly number[], hidden: Tensor): Promise<number | null> {
  const path = join(folder, 'decoder_model.onnx');
  if (!existsSync(path)) return null;
  const int64 = (numbers: readonly number[]): OnnxTensor => new OnnxTensor('int64', BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
  const mask = int64(ids.map(() => 1));
  const encoder = await InferenceSession.create(join(folder, 'encoder_model.onnx'), { logSeverityLevel: 4 });
  const encoded = (await encoder.run({ input_ids: int64(ids), attention_mask: mask }))['last_hidden_state'] as OnnxTensor;
  const decoder = await InferenceSession.create(path, { logSeverityLevel: 4 });
  const feeds = { input_ids: int64(written), encoder_attention_mask: mask, encoder_hidden_states: encoded };
  const { logits } = await decoder.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => decoder.inputNames.includes(name))), ['logits']);
  const own = await model.writer!.write(await model.writer!.read([ids], signal), { tokens: [written] }, signal);
  const all = floatsOf(logits!);
  const result = Math.max(difference(hidden.data, floatsOf(encoded)), difference(own.logits.data, all.subarray(all.length - own.logits.data.length)));
  await Promise.all([encoder.release(), decoder.release()]);
  return result;
}

function floatsOf(value: OnnxTensor): Float32Array {
  return value.type === 'float16' ? halfToSingle(value.data as Uint16Array) : (value.data as Float32Array);
}

function farthestFromOne({ data, dims }: Tensor): number {
  const width = dims.at(-1)!;
  let most = 0;
  for (let row = 0; row < data.length; row += width) {
    const sum = data.subarray(row, row + width).reduce((all, weight) => all + weight, 0);
    most = Math.max(most, Number.isNaN(sum) ? Infinity : Math.abs(sum - 1));
  }
  return most;
}

function plainFeed({ name, type, shape }: InferenceSession.TensorValueMetadata, ids: readonly number[], headSize: number): OnnxTensor {
  if (name.startsWith('past_key_values')) {
    const dims = [1, Number(shape[1]), 0, headSize];
    return type === 'float16' ? new OnnxTensor('float16', new Uint16Array(0), dims) : new OnnxTensor('float32', new Float32Array(0), dims);
  }
  const numbers = name === 'input_ids' ? ids : ids.map((_, at) => (name === 'attention_mask' ? 1 : name === 'position_ids' ? at : 0));
  const dims = [1, ids.length];
  return type === 'int32' ? new OnnxTensor('int32', Int32Array.from(numbers), dims) : new OnnxTensor('int64', BigInt64Array.from(numbers, BigInt), dims);
}
