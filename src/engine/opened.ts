import type { DeviceName, ModelInfo } from '../lenses/model';
import type { ModelFolder } from '../library/modelFolder';
import type { TextTokenizer } from '../text/tokenizer';
import type { LoadedModel, LoadTarget } from './modelCache';

/** What a model is made from. */
export interface ModelSource {
  readonly target: LoadTarget;
  readonly files: ModelFolder;
  readonly tokenizer: TextTokenizer;
  /** Script that runs word graphs where it is started as a thread; null where there is none. */
  readonly wordThread: string | null;
}

/** A model's sessions on one device. */
export interface OpenedModel {
  readonly device: DeviceName;
  /** @param deviceReason why this device, in one sentence */
  readonly model: (deviceReason: string) => LoadedModel;
}

/** Opens a model on a device; rejects when the device cannot take it. */
export type OpenModel = (device: DeviceName) => Promise<OpenedModel>;

/** Longest input for models whose config states no limit. */
const defaultWindow = 512;

/** What is the same for models of all kinds. */
export function commonInfo({ target, files, tokenizer }: ModelSource, device: DeviceName, deviceReason: string): Pick<
  ModelInfo,
  'id' | 'name' | 'architecture' | 'device' | 'deviceReason' | 'window' | 'maskToken'
> {
  return {
    id: target.model,
    name: files.name,
    architecture: files.config.architecture,
    device,
    deviceReason,
    window: files.config.window ?? defaultWindow,
    maskToken: tokenizer.maskToken?.text ?? null,
  };
}

/** Most tokens that a model writes or reads where it writes: positions may go farther than what it was trained on. */
export function writingWindow({ config, longest }: ModelFolder): number {
  return Math.min(config.window ?? Infinity, longest ?? Infinity, config.window === null && longest === null ? defaultWindow : Infinity);
}
