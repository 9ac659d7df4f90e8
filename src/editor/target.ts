import { type DeviceChoice, deviceNames, type Target } from '../lenses/model';

/** What the user and the workspace say about one setting. */
export interface SettingLayers<T> {
  /** The value in force. */
  readonly effective: T | undefined;
  /** The value without the workspace: the user's own, or the default. */
  readonly personal: T | undefined;
  /** What the workspace or one of its folders asks for. */
  readonly workspace: T | undefined;
}

export interface ChosenTarget extends Target {
  /** Names of the settings of a workspace without trust that were left aside. */
  readonly ignored: readonly ('model' | 'device')[];
}

export const builtInModel = 'encoder';

/**
 * Which model runs where. A workspace that is not trusted has no say in it: a model file is code that the runtime
 * executes, and a device is a driver that it loads.
 */
export function chooseTarget(model: SettingLayers<string>, device: SettingLayers<string>, trusted: boolean): ChosenTarget {
  const value = (setting: SettingLayers<string>): string => ((trusted ? setting.effective : setting.personal) ?? '').trim();
  const chosenDevice = value(device);
  return {
    model: value(model) || builtInModel,
    device: isDevice(chosenDevice) ? chosenDevice : 'auto',
    ignored: trusted
      ? []
      : [...(model.workspace === undefined ? [] : ['model' as const]), ...(device.workspace === undefined ? [] : ['device' as const])],
  };
}

function isDevice(name: string): name is DeviceChoice {
  return name === 'auto' || (deviceNames as readonly string[]).includes(name);
}
