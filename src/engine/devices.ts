import { HeadlightError, isCancelled } from '../errors';
import { type DeviceChoice, type DeviceName, deviceNames } from '../lenses/model';
import { largestDifference } from '../math/largestDifference';
import type { DeviceMemory, ProbeResult } from './deviceMemory';

/** Numbers of one probe run on a device, and how long a run takes once it is warm. */
export interface Probe {
  readonly numbers: Float32Array;
  readonly milliseconds: number;
}

/** A device, and whether the model's fp16 graph runs there. */
export interface Place {
  readonly device: DeviceName;
  readonly inHalf: boolean;
}

/** A model opened on a device. */
export interface Probed {
  readonly device: DeviceName;
  probe(): Promise<Probe>;
  dispose(): Promise<void>;
}

export interface DeviceDecision<T> {
  readonly opened: T;
  /** One sentence. */
  readonly reason: string;
}

/** Largest difference from cpu, in attention weights and hidden states, that still counts as the same result. */
export const tolerance = 5e-3;

/**
 * Opens a model on the device that was asked for. `auto` takes the fastest device whose results agree with cpu; a
 * device that was named is used if it agrees. In every other case the model runs on cpu, and the reason says why.
 * Where the model has an fp16 graph too, devices other than cpu are given that one first, and keep it if it agrees.
 * @param available devices that the runtime lists
 * @param open rejects when the device cannot take the model
 */
export async function openOnDevice<T extends Probed>(
  choice: DeviceChoice,
  available: readonly DeviceName[],
  memory: DeviceMemory,
  open: (place: Place) => Promise<T>,
  hasHalf = false,
): Promise<DeviceDecision<T>> {
  const plainCpu: Place = { device: 'cpu', inHalf: false };
  if (choice === 'cpu') return { opened: await open(plainCpu), reason: 'cpu was chosen in the settings.' };
  const cpu = await open(plainCpu);
  const candidates = deviceNames.filter((device) => device !== 'cpu' && available.includes(device));
  if (choice !== 'auto' && !candidates.includes(choice)) {
    const offered = ['cpu', ...candidates].join(', ');
    return { opened: cpu, reason: `${choice} was asked for, but the runtime offers only ${offered} here; cpu is used.` };
  }
  if (candidates.length === 0) return { opened: cpu, reason: 'The runtime offers no other device than cpu here.' };
  const places = (choice === 'auto' ? candidates : [choice]).flatMap((device): Place[] =>
    hasHalf ? [{ device, inHalf: true }, { device, inHalf: false }] : [{ device, inHalf: false }],
  );
  return choice === 'auto' ? fastest(places, cpu, memory, open) : named(choice, places, cpu, memory, open);
}

/** The first of a device's places that agrees. */
async function named<T extends Probed>(
  device: DeviceName,
  places: readonly Place[],
  cpu: T,
  memory: DeviceMemory,
  open: (place: Place) => Promise<T>,
): Promise<DeviceDecision<T>> {
  const findings: string[] = [];
  for (const place of places) {
    const known = await memory.recall(nameOf(place));
    // What was tried with fp16 in vain is not loaded at every start.
    if (place.inHalf && known !== undefined && known.state !== 'agrees') continue;
    const { opened, result } = await tryPlace(place, cpu, memory, open);
    if (opened) {
      await cpu.dispose();
      return { opened, reason: `${device} was chosen in the settings and ${place.inHalf ? 'in fp16 ' : ''}${told(result)}.` };
    }
    findings.push(place.inHalf ? `in fp16 ${told(result)}` : told(result));
  }
  return { opened: cpu, reason: `${device} was asked for, but ${findings.join('; ')}; cpu is used.` };
}

/** How a place is called, in what is said and remembered. */
function nameOf({ device, inHalf }: Place): string {
  return inHalf ? `${device} in fp16` : device;
}

async function fastest<T extends Probed>(
  places: readonly Place[],
  cpu: T,
  memory: DeviceMemory,
  open: (place: Place) => Promise<T>,
): Promise<DeviceDecision<T>> {
  const cpuTime = await cpuMilliseconds(cpu, memory);
  let best = { opened: cpu, milliseconds: cpuTime };
  const findings: string[] = [];
  for (const place of places) {
    const name = nameOf(place);
    const known = await memory.recall(name);
    // What lost or failed is not opened at every start; naming the device in the settings tries it again.
    if (known && (known.state !== 'agrees' || known.milliseconds >= best.milliseconds)) {
      findings.push(finding(name, known));
      continue;
    }
    const { opened, result } = await tryPlace(place, cpu, memory, open);
    findings.push(finding(name, result));
    if (!opened) continue;
    if (result.state === 'agrees' && result.milliseconds < best.milliseconds) {
      await best.opened.dispose();
      best = { opened, milliseconds: result.milliseconds };
    } else {
      await opened.dispose();
    }
  }
  const others = best.opened === cpu ? '' : `cpu takes ${rounded(cpuTime)}; `;
  return {
    opened: best.opened,
    reason: `Fastest here at ${rounded(best.milliseconds)} for a short sentence (${others}${findings.join('; ')}).`,
  };
}

/** Opens a device and compares it with cpu, unless it is known not to serve. */
async function tryPlace<T extends Probed>(
  place: Place,
  cpu: T,
  memory: DeviceMemory,
  open: (place: Place) => Promise<T>,
): Promise<{ readonly opened: T | null; readonly result: ProbeResult }> {
  const name = nameOf(place);
  const known = await memory.recall(name);
  if (known?.state === 'probing') return { opened: null, result: known };
  await memory.remember(name, { state: 'probing', process: process.pid });
  let opened: T | null = null;
  let result: ProbeResult;
  try {
    opened = await open(place);
    const [theirs, ours] = [await opened.probe(), await cpu.probe()];
    const difference = largestDifference(theirs.numbers, ours.numbers);
    result =
      difference <= tolerance
        ? { state: 'agrees', milliseconds: theirs.milliseconds, difference }
        : { state: 'differs', difference };
  } catch (error) {
    if (isCancelled(error)) {
      await memory.forget(name);
      await opened?.dispose();
      throw error;
    }
    result = { state: 'failed', reason: error instanceof Error ? error.message : String(error) };
    if (error instanceof HeadlightError && error.code === 'out-of-memory') {
      // Memory may suffice another time.
      await memory.forget(name);
      await opened?.dispose();
      return { opened: null, result };
    }
  }
  await memory.remember(name, result);
  if (result.state === 'agrees') return { opened, result };
  await opened?.dispose();
  return { opened: null, result };
}

async function cpuMilliseconds(cpu: Probed, memory: DeviceMemory): Promise<number> {
  const known = await memory.recall('cpu');
  if (known?.state === 'agrees') return known.milliseconds;
  const { milliseconds } = await cpu.probe();
  await memory.remember('cpu', { state: 'agrees', milliseconds, difference: 0 });
  return milliseconds;
}

function finding(name: string, result: ProbeResult): string {
  return result.state === 'agrees' ? `${name} takes ${rounded(result.milliseconds)}` : `${name}: ${told(result)}`;
}

function told(result: ProbeResult): string {
  switch (result.state) {
    case 'agrees':
      return `agrees with cpu within ${result.difference.toExponential(0)}`;
    case 'differs':
      return `its results differ from cpu by ${result.difference.toPrecision(2)}`;
    case 'failed':
      return `it failed (${result.reason.replace(/\.$/, '')})`;
    case 'probing':
      return isAlive(result.process)
        ? 'another engine is trying it at this moment'
        : 'the engine did not survive trying it (delete devices.json in the storage folder to try again)';
  }
}

function isAlive(id: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

function rounded(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
