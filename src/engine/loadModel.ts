import { cpus } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import { type DeviceName, deviceNames, type Target } from '../lenses/model';
import { readModelFolder } from '../library/modelFolder';
import { resolveModel } from '../library/resolveModel';
import { withinStack } from '../onnx/limits';
import type { Token } from '../text/token';
import { TextTokenizer } from '../text/tokenizer';
import { DeviceMemory } from './deviceMemory';
import { openOnDevice, type Probe } from './devices';
import type { LoadedModel } from './modelCache';
import { prepareRecurrent } from './openRecurrent';
import { prepareTransformer } from './openTransformer';
import type { EngineSetup } from './protocol';

const probeText = 'She put the sheet music on the stand, and the cow jumped over the moon.';
const probeRuns = 3;
/** No further warm run is timed once they took this many milliseconds: a device that slow has lost. */
const probeBudget = 500;

/**
 * Reads a model folder, makes its graphs such that can be looked into, and loads them on the device asked for.
 * @param wordThread script that runs word graphs where it is started as a thread
 * @throws HeadlightError naming the file or node that stopped it; `cancelled` when `signal` is aborted meanwhile
 */
export async function loadModel(target: Target, setup: EngineSetup, signal: AbortSignal, wordThread: string | null = null): Promise<LoadedModel> {
  const files = await readModelFolder(await resolveModel(target.model, setup.builtInModels));
  throwIfCancelled(signal);
  const source = { target, files, wordThread, tokenizer: TextTokenizer.fromJson(files.tokenizerJson, files.tokenizerConfig) };
  const open = files.config.isRecurrent ? prepareRecurrent(source) : await withinStack(() => prepareTransformer(source));
  const circumstances = [env.versions.node, process.platform, process.arch, cpus()[0]?.model, files.fingerprint].join(' ');
  const decision = await openOnDevice(
    target.device,
    availableDevices(),
    new DeviceMemory(setup.storage, circumstances),
    async (device) => {
      throwIfCancelled(signal);
      const opened = await open(device);
      const unexplained = opened.model('');
      return { ...opened, probe: () => probe(unexplained, signal), dispose: () => unexplained.dispose() };
    },
  );
  return decision.opened.model(decision.reason);
}

/** Devices that this build of the runtime can drive. */
export function availableDevices(): DeviceName[] {
  const backends = listSupportedBackends().map((backend) => backend.name);
  return deviceNames.filter((device) => backends.includes(device));
}

/** What a model says of a fixed sentence, and the time of the fastest of some warm runs. */
async function probe(model: LoadedModel, signal: AbortSignal): Promise<Probe> {
  const tokens = model.tokenizer.encode(probeText).tokens;
  const numbers = joined([...(await readProbe(model, tokens, signal)), ...(await writeProbe(model, tokens, signal))]);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < probeRuns && (times.length === 0 || performance.now() - begin < probeBudget)) {
    const start = performance.now();
    await readProbe(model, tokens, signal);
    await writeProbe(model, tokens, signal);
    times.push(performance.now() - start);
  }
  return { numbers, milliseconds: Math.min(...times) };
}

/** Attention and the last hidden state; nothing of an LSTM. */
async function readProbe(model: LoadedModel, tokens: readonly Token[], signal: AbortSignal): Promise<Float32Array[]> {
  const last = model.info.layers;
  if (last === 0 && model.writer !== null) return [];
  const outputs = { attention: last === 0 ? [] : [0, last - 1], hidden: [last] };
  const { attention, hidden } = await model.run([{ tokens }], outputs, signal);
  return [...attention.values(), ...hidden.values()].map(({ data }) => data);
}

/** Logits of the first token that it would write, and of one after it. */
async function writeProbe({ writer }: LoadedModel, tokens: readonly Token[], signal: AbortSignal): Promise<Float32Array[]> {
  if (writer === null) return [];
  const ids = tokens.map(({ id }) => id);
  const isStack = writer.rules.start.length === 0;
  const first = await writer.write(await writer.read([ids], signal), { tokens: [isStack ? ids : writer.rules.start] }, signal);
  const second = await writer.write(first.state, { tokens: [ids.slice(0, 1)] }, signal);
  return [first.logits.data, second.logits.data];
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new HeadlightError('cancelled', 'Loading the model was cancelled.');
}
