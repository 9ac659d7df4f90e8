import { isCancelled } from '../../errors';
import { largestDifference } from '../../math/largestDifference';
import type { DeviceName } from '../model';
import type { DeviceComparison, DeviceMeasurement, DeviceRow, Differences, ProbeNumbers } from './contract';

/**
 * Measures a model on every device that the runtime lists, the cpu first, which the others are compared with. A device
 * that fails, or takes the engine with it, has its reason in its row.
 * @param measure asks for one device; the engine that it asks may have to be started again
 * @throws HeadlightError when the cpu fails, or `cancelled`
 */
export async function compareDevices(measure: (device: DeviceName) => Promise<DeviceMeasurement>): Promise<DeviceComparison> {
  const cpu = await measure('cpu');
  const rows: DeviceRow[] = [rowOf('cpu', cpu, cpu)];
  for (const device of cpu.devices.filter((listed) => listed !== 'cpu')) {
    rows.push(
      await measure(device).then(
        (found) => rowOf(device, found, cpu),
        (error: unknown) => {
          if (isCancelled(error)) throw error;
          return failed(device, error instanceof Error ? error.message : String(error));
        },
      ),
    );
  }
  return { model: cpu.model.name, rows };
}

function rowOf(device: DeviceName, { model, lengths }: DeviceMeasurement, cpu: DeviceMeasurement): DeviceRow {
  if (model.device !== device) return failed(device, model.deviceReason);
  return {
    device,
    failure: null,
    lengths: lengths.map(({ tokens, milliseconds, runs }) => ({ tokens, milliseconds, runs })),
    differences: differencesOf(lengths.map(({ numbers }) => numbers), cpu.lengths.map(({ numbers }) => numbers)),
  };
}

function failed(device: DeviceName, failure: string): DeviceRow {
  return { device, failure, lengths: [], differences: null };
}

function differencesOf(theirs: readonly ProbeNumbers[], ours: readonly ProbeNumbers[]): Differences {
  const of = (what: keyof ProbeNumbers): number | null =>
    ours.every((numbers) => numbers[what].length === 0) ? null : Math.max(...ours.map((numbers, index) => largestDifference(theirs[index]?.[what] ?? new Float32Array(0), numbers[what])));
  return { attention: of('attention'), hidden: of('hidden'), logits: of('logits') };
}
