import { cpus } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import { type DeviceName, deviceNames, type ModelInfo, type Target } from '../lenses/model';
import { readExternalData } from '../library/externalData';
import { type ModelFolder, readModelFolder } from '../library/modelFolder';
import { resolveModel } from '../library/resolveModel';
import { type InstrumentedGraph, instrument } from '../onnx/instrument';
import { TextTokenizer } from '../text/tokenizer';
import { DeviceMemory } from './deviceMemory';
import { openOnDevice, type Probe } from './devices';
import type { EngineSetup } from './protocol';
import { OnnxModel } from './session/onnxModel';
import { OnnxSession } from './session/onnxSession';
import { unknownInputs } from './session/feeds';

/** Longest input for models whose config states no limit. */
const defaultWindow = 512;
const probeText = 'She put the sheet music on the stand, and the cow jumped over the moon.';
const probeRuns = 3;
/** No further warm run is timed once they took this many milliseconds: a device that slow has lost. */
const probeBudget = 500;

/**
 * Reads a model folder, makes its graph one that can be looked into, and loads it on the device asked for.
 * @param wordThread script that runs word graphs where it is started as a thread
 * @throws HeadlightError naming the file or node that stopped it; `cancelled` when `signal` is aborted meanwhile
 */
export async function loadModel(target: Target, setup: EngineSetup, signal: AbortSignal, wordThread: string | null = null): Promise<OnnxModel> {
  const files = await readModelFolder(await resolveModel(target.model, setup.builtInModels));
  throwIfCancelled(signal);
  const tokenizer = TextTokenizer.fromJson(files.tokenizerJson, files.tokenizerConfig);
  const graph = instrument(files.graph);
  const unknown = unknownInputs(graph.inputs);
  if (unknown.length > 0) {
    throw new HeadlightError(
      'cannot-instrument',
      `The model needs the input ${unknown.join(', ')}, which Headlight cannot fill. Export it without past keys and values, as an encoder or a plain decoder.`,
    );
  }
  const externalData = await readExternalData(files.graphFolder, graph.externalFiles);
  const { bytes, ...exposed } = graph;
  const circumstances = [env.versions.node, process.platform, process.arch, cpus()[0]?.model, files.fingerprint].join(' ');
  const decision = await openOnDevice(
    target.device,
    availableDevices(),
    new DeviceMemory(setup.storage, circumstances),
    async (device) => {
      throwIfCancelled(signal);
      const session = await OnnxSession.open(bytes, externalData, device);
      const model = new OnnxModel(describe(target, files, exposed, tokenizer, device, ''), tokenizer, files.folder, files.fingerprint, exposed, session);
      return { device, session, probe: () => probe(model, signal), dispose: () => session.dispose() };
    },
  );
  const { session, device } = decision.opened;
  const info = describe(target, files, exposed, tokenizer, device, decision.reason);
  return new OnnxModel(info, tokenizer, files.folder, files.fingerprint, exposed, session, wordThread);
}

/** Devices that this build of the runtime can drive. */
export function availableDevices(): DeviceName[] {
  const backends = listSupportedBackends().map((backend) => backend.name);
  return deviceNames.filter((device) => backends.includes(device));
}

function describe(
  target: Target,
  files: ModelFolder,
  graph: Omit<InstrumentedGraph, 'bytes'>,
  tokenizer: TextTokenizer,
  device: DeviceName,
  deviceReason: string,
): ModelInfo {
  const { config } = files;
  const layers = graph.attention.length;
  const heads = layers === 0 ? 0 : config.heads;
  if (heads === null || config.hiddenSize === null) {
    throw new HeadlightError(
      'model-broken',
      `config.json in ${files.folder} states no number of heads or no hidden size. Copy the config.json that the model was trained with.`,
    );
  }
  return {
    id: target.model,
    name: files.name,
    architecture: config.architecture,
    device,
    deviceReason,
    layers,
    heads,
    hiddenSize: config.hiddenSize,
    window: config.window ?? defaultWindow,
    maskToken: tokenizer.maskToken?.text ?? null,
    hasMaskedLanguageHead: graph.logits !== null && tokenizer.maskToken !== null,
    hasNextSentenceHead: graph.nextSentence !== null,
    limits: graph.limits,
  };
}

/** Attention and hidden states of a fixed sentence, and the time of the fastest of some warm runs. */
async function probe(model: OnnxModel, signal: AbortSignal): Promise<Probe> {
  const input = [{ tokens: model.tokenizer.encode(probeText).tokens }];
  const last = model.info.layers;
  const outputs = { attention: last === 0 ? [] : [0, last - 1], hidden: [last] };
  const { attention, hidden } = await model.run(input, outputs, signal);
  const parts = [...attention.values(), ...hidden.values()].map((tensor) => tensor.data);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < probeRuns && (times.length === 0 || performance.now() - begin < probeBudget)) {
    const start = performance.now();
    await model.run(input, outputs, signal);
    times.push(performance.now() - start);
  }
  return { numbers: joined(parts), milliseconds: Math.min(...times) };
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
