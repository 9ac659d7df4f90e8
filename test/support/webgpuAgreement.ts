import { loadModel } from '../../src/engine/loadModel';
import type { Tensor } from '../../src/lenses/model';
import { largestDifference } from './golden';

/**
 * Entry of a process that compares webgpu with cpu on the built-in encoder and prints the figures as JSON. It is a
 * process of its own because the Vulkan driver is chosen by variables that have to be set before it starts.
 */
const [builtInModels = ''] = process.argv.slice(2);
const subjects = ['cow', 'judge', 'music', 'bank', 'moon'];
const endings = [
  'was [MASK] by the [MASK].',
  'made her [MASK] [MASK].',
  'went to [MASK] [MASK].',
  'is very [MASK] and [MASK].',
  '[MASK] over the [MASK].',
];
const { signal } = new AbortController();

async function main(): Promise<void> {
  const setup = { builtInModels, storage: null };
  const cpu = await loadModel({ model: 'encoder', device: 'cpu' }, setup, signal);
  const gpu = await loadModel({ model: 'encoder', device: 'webgpu' }, setup, signal);
  // One batch, so that shaders are compiled for one shape only.
  const batch = subjects
    .flatMap((subject) => endings.map((ending) => `The ${subject} ${ending}`))
    .map((text) => ({ tokens: cpu.tokenizer.encode(text).tokens }));
  const logitsAt = batch.flatMap(({ tokens }, row) =>
    tokens.flatMap(({ piece }, token) => (piece === '[MASK]' ? [{ row, token }] : [])),
  );
  const outputs = { logitsAt, attention: [0, 5] };
  const ours = await cpu.run(batch, outputs, signal);
  const theirs = await gpu.run(batch, outputs, signal);
  const same = logitsAt.filter((_, mask) => best(row(ours.logits!, mask)) === best(row(theirs.logits!, mask))).length;
  const difference = Math.max(
    ...outputs.attention.map((layer) => largestDifference(theirs.attention.get(layer)!.data, ours.attention.get(layer)!.data)),
  );
  const { device, deviceReason } = gpu.info;
  console.log(JSON.stringify({ device, deviceReason, masks: logitsAt.length, same, difference }));
}

/** One row of `[mask, vocabulary]`. */
function row({ dims, data }: Tensor, mask: number): Float32Array {
  return data.subarray(mask * dims[1]!, (mask + 1) * dims[1]!);
}

function best(logits: Float32Array): number {
  return logits.reduce((found, logit, index) => (logit > logits[found]! ? index : found), 0);
}

void main();
