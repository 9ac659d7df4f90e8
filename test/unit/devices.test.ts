import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceMemory } from '../../src/engine/deviceMemory';
import { openOnDevice, type Probed } from '../../src/engine/devices';
import { HeadlightError } from '../../src/errors';
import type { DeviceChoice, DeviceName } from '../../src/lenses/model';

interface Behaviour {
  readonly milliseconds?: number;
  readonly numbers?: readonly number[];
  readonly failure?: string | HeadlightError;
}

let storage: string;
let opened: string[];
let disposed: string[];

beforeEach(() => {
  storage = mkdtempSync(join(tmpdir(), 'headlight-'));
  opened = [];
  disposed = [];
});
afterEach(() => {
  rmSync(storage, { recursive: true, force: true });
});

const memory = (): DeviceMemory => new DeviceMemory(storage, 'runtime model');

/** @param halves how devices behave with the model's fp16 graph, where it has one */
function choose(
  choice: DeviceChoice, devices: Partial<Record<DeviceName, Behaviour>>, halves?: Partial<Record<DeviceName, Behaviour>>,
): Promise<{ opened: Probed; reason: string }> {
  return openOnDevice(choice, Object.keys(devices) as DeviceName[], memory(), ({ device, inHalf }) => {
    const { failure, milliseconds = 10, numbers = [0.5, 0.25] } = (inHalf ? halves : devices)?.[device] ?? {};
    if (failure !== undefined) return Promise.reject(typeof failure === 'string' ? new Error(failure) : failure);
    const name = inHalf ? `${device} in fp16` : device;
    opened.push(name);
    return Promise.resolve({
      device,
      probe: () => Promise.resolve({ numbers: Float32Array.from(numbers), milliseconds }),
      dispose: () => Promise.resolve(void disposed.push(name)),
    });
  }, halves !== undefined);
}

describe('auto', () => {
  it('takes the fastest device that agrees with cpu, and closes the others', async () => {
    const decision = await choose('auto', { cpu: {}, webgpu: { milliseconds: 4 }, cuda: { milliseconds: 2 } });
    expect(decision.opened.device).toBe('cuda');
    expect(decision.reason).toMatch(/2\.0 ms.*cpu takes 10 ms/);
    expect(disposed.sort()).toEqual(['cpu', 'webgpu']);
  });

  it.each([
    ['is slower', { milliseconds: 40 }, 'webgpu takes 40 ms'],
    ['differs', { milliseconds: 1, numbers: [0.5, 0.3] }, 'differ from cpu by 0.050'],
    ['computes no number', { milliseconds: 1, numbers: [0.5, Number.NaN] }, 'differ from cpu'],
    ['fails', { failure: 'no adapter found' }, 'no adapter found'],
  ])('stays on cpu where the other device %s, and says so', async (_, webgpu, said) => {
    const decision = await choose('auto', { cpu: {}, webgpu });
    expect(decision.opened.device).toBe('cpu');
    expect(decision.reason).toContain(said);
    expect(disposed).not.toContain('cpu');
  });

  it('remembers a slower device and does not open it again', async () => {
    await choose('auto', { cpu: {}, webgpu: { milliseconds: 40 } });
    opened = [];
    await choose('auto', { cpu: {}, webgpu: { milliseconds: 1 } });
    expect(opened).toEqual(['cpu']);
  });

  it('remembers a device that failed and does not open it again', async () => {
    await choose('auto', { cpu: {}, webgpu: { failure: 'no adapter found' } });
    opened = [];
    const decision = await choose('auto', { cpu: {}, webgpu: { milliseconds: 1 } });
    expect(opened).toEqual(['cpu']);
    expect(decision.reason).toContain('no adapter found');
  });

  it('does not hold a cancelled probe against the device', async () => {
    const cancelled = new HeadlightError('cancelled', 'Loading the model was cancelled.');
    await expect(choose('auto', { cpu: {}, webgpu: { failure: cancelled } })).rejects.toBe(cancelled);
    expect((await choose('auto', { cpu: {}, webgpu: { milliseconds: 1 } })).opened.device).toBe('webgpu');
  });

  it('leaves a device alone that another engine is trying', async () => {
    await memory().remember('webgpu', { state: 'probing', process: process.pid });
    const decision = await choose('auto', { cpu: {}, webgpu: { milliseconds: 1 } });
    expect(decision.opened.device).toBe('cpu');
    expect(decision.reason).toContain('another engine is trying it');
  });

  it('does not try a device again that the process did not survive', async () => {
    const { pid: gone } = spawnSync(process.execPath, ['--version']);
    await memory().remember('webgpu', { state: 'probing', process: gone });
    const decision = await choose('auto', { cpu: {}, webgpu: { milliseconds: 1 } });
    expect(decision.opened.device).toBe('cpu');
    expect(decision.reason).toContain('did not survive');
  });
});

describe('a device that was named', () => {
  it('is used when it agrees, even if slower', async () => {
    const decision = await choose('webgpu', { cpu: {}, webgpu: { milliseconds: 40 } });
    expect(decision.opened.device).toBe('webgpu');
  });

  it('that the runtime lacks falls back to cpu and says what there is', async () => {
    const decision = await choose('cuda', { cpu: {}, webgpu: {} });
    expect(decision.opened.device).toBe('cpu');
    expect(decision.reason).toContain('cuda was asked for');
    expect(decision.reason).toContain('cpu, webgpu');
  });

  it('that fails falls back to cpu and says why', async () => {
    const decision = await choose('webgpu', { cpu: {}, webgpu: { failure: 'driver lost' } });
    expect(decision.opened.device).toBe('cpu');
    expect(decision.reason).toContain('driver lost');
  });
});

describe('an fp16 graph beside the plain one', () => {
  it('is taken by a graphics card where it agrees and is faster, never by the cpu', async () => {
    const { opened: model, reason } = await choose('auto', { cpu: {}, webgpu: { milliseconds: 4 } }, { webgpu: { milliseconds: 2 } });
    expect(model.device).toBe('webgpu');
    expect(reason).toMatch(/2\.0 ms.*webgpu in fp16 takes 2\.0 ms; webgpu takes 4\.0 ms/);
    expect(opened).toEqual(['cpu', 'webgpu in fp16', 'webgpu']);
    expect(disposed.sort()).toEqual(['cpu', 'webgpu']);
  });

  it.each([
    ['differs from cpu', { numbers: [0.5, 0.3] }],
    ['fails', { failure: 'no shader-f16' }],
  ])('gives way to the plain one where it %s, and is not tried again', async (_, half) => {
    const devices = { cpu: {}, webgpu: { milliseconds: 4 } };
    const decision = await choose('webgpu', devices, { webgpu: half });
    expect(decision.opened.device).toBe('webgpu');
    expect(decision.reason).toMatch(/^webgpu was chosen in the settings and agrees/);
    opened = [];
    await choose('webgpu', devices, { webgpu: half });
    expect(opened).toEqual(['cpu', 'webgpu']);
    const none = await choose('webgpu', { cpu: {}, webgpu: { failure: 'no adapter' } }, { webgpu: half });
    expect(none.opened.device).toBe('cpu');
    expect(none.reason).toContain('no adapter');
  });
});
