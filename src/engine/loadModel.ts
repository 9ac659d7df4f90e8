import { cpus } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import { joined, probeText, runProbe } from '../lenses/devices/probe';
import { type DeviceName, deviceNames } from '../lenses/model';
import { areUnchanged, type FileState } from '../library/fileState';
import { folderVariants } from '../library/folderVariants';
import { type ModelFolder, readModelFolder } from '../library/modelFolder';
import { resolveModel } from '../library/resolveModel';
import { withinStack } from '../onnx/limits';
import { TextTokenizer } from '../text/tokenizer';
import { DeviceMemory } from './deviceMemory';
import { openOnDevice, type Probe } from './devices';
import type { LoadedModel, LoadTarget } from './modelCache';
import type { OpenModel } from './opened';
import { prepareRecurrent } from './openRecurrent';
import { prepareTransformer } from './openTransformer';
import type { EngineSetup } from './protocol';

const probeRuns = 3;
/** No further warm run is timed once they took this many milliseconds: a device that slow has lost. */
const probeBudget = 500;

/**
 * Reads a model folder, makes its graphs such that can be looked into, and loads them on the device asked for.
 * @param wordThread script that runs word graphs where it is started as a thread
 * @throws HeadlightError naming the file or node that stopped it; `cancelled` when `signal` is aborted meanwhile
 */
export async function loadModel(target: LoadTarget, setup: EngineSetup, signal: AbortSignal, wordThread: string | null = null): Promise<LoadedModel> {
  const files = await readModelFolder(await resolveModel(target.model, setup.builtInModels));
  throwIfCancelled(signal);
  const prepare = (own: ModelFolder): Promise<OpenModel> => {
    const source = { target, files: own, wordThread, tokenizer: TextTokenizer.fromJson(own.tokenizerJson, own.tokenizerConfig) };
    return withinStack(() => (own.config.isRecurrent ? prepareRecurrent(source) : prepareTransformer(source)));
  };
  const open = await prepare(files);
  // For devices other than cpu, which may be faster with it.
  const half = target.device === 'cpu' || files.variant !== '' ? null : await halfVariant(files.folder);
  let openHalf: Promise<OpenModel> | null = null;
  const read = [...files.graphFiles];
  const circumstances = [env.versions.node, process.platform, process.arch, cpus()[0]?.model, files.fingerprint].join(' ');
  const decision = await openOnDevice(
    target.device,
    availableDevices(),
    new DeviceMemory(setup.storage, circumstances),
    async ({ device, inHalf }) => {
      throwIfCancelled(signal);
      if (inHalf) openHalf ??= readModelFolder(half!).then((own) => {
        read.push(...own.graphFiles);
        return prepare(own);
      });
      const opened = await (inHalf ? await openHalf! : open)(device);
      const unexplained = opened.model('');
      return { ...opened, probe: () => probe(unexplained, signal), dispose: () => unexplained.dispose() };
    },
    half !== null,
  );
  return watched(decision.opened.model(decision.reason), read);
}

/** A function of its own: one made above would keep all that the model was made from, its graphs as bytes among it. */
function watched(model: LoadedModel, files: readonly FileState[]): LoadedModel {
  return Object.assign(model, { isCurrent: () => areUnchanged(files) });
}

/** The fp16 graph beside a plain one; null where there is none. */
async function halfVariant(folder: string): Promise<string | null> {
  return (await folderVariants(folder)).find(({ variant }) => variant === 'fp16')?.path ?? null;
}

/** Devices that this build of the runtime can drive. */
export function availableDevices(): DeviceName[] {
  const backends = listSupportedBackends().map((backend) => backend.name);
  return deviceNames.filter((device) => backends.includes(device));
}

/** What a model says of a fixed sentence, and the time of the fastest of some warm runs. */
async function probe(model: LoadedModel, signal: AbortSignal): Promise<Probe> {
  const tokens = model.tokenizer.encode(probeText).tokens;
  const { attention, hidden, logits } = await runProbe(model, tokens, signal);
  const numbers = joined([attention, hidden, logits]);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < probeRuns && (times.length === 0 || performance.now() - begin < probeBudget)) {
    const start = performance.now();
    await runProbe(model, tokens, signal);
    times.push(performance.now() - start);
  }
  return { numbers, milliseconds: Math.min(...times) };
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new HeadlightError('cancelled', 'Loading the model was cancelled.');
}
