import { isAbsolute, resolve, sep } from 'node:path';
import { type DeviceChoice, deviceNames, type Target } from '../lenses/model';
import { text } from './options';
import { type OptionValues, UsageError } from './verb';

const deviceChoices: readonly DeviceChoice[] = ['auto', ...deviceNames];

export const usualModel = 'encoder';

/** Model and device of a command line; on the cpu unless it says otherwise. */
export function targetOf(options: OptionValues, usual = usualModel): Target {
  return { model: modelOf(text(options, 'model') ?? usual), device: deviceOf(text(options, 'device') ?? 'cpu') };
}

/** A model by id stays as it is; a folder, which its name tells by a separator or a dot, becomes absolute. */
export function modelOf(name: string): string {
  return isAbsolute(name) || name.includes('/') || name.includes(sep) || name.startsWith('.') ? resolve(name) : name;
}

function deviceOf(name: string): DeviceChoice {
  const device = deviceChoices.find((choice) => choice === name);
  if (device) return device;
  throw new UsageError(`There is no device "${name}". Choose one of ${deviceChoices.join(', ')}.`);
}
