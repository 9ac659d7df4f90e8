import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { compareDevices } from '../../../src/lenses/devices/compare';
import type { DeviceMeasurement, ProbeNumbers } from '../../../src/lenses/devices/contract';
import { measureDevice } from '../../../src/lenses/devices/measure';
import { deviceTable } from '../../../src/lenses/devices/table';
import type { DeviceName } from '../../../src/lenses/model';
import { contextOf } from '../../support/computeContext';
import { encoderInfo } from '../../support/encoderInfo';
import { fakeModel } from '../../support/fakeModel';

const numbers = (attention: number[], hidden: number[] = [1], logits: number[] = []): ProbeNumbers => ({
  attention: Float32Array.from(attention), hidden: Float32Array.from(hidden), logits: Float32Array.from(logits),
});
const measurement = (device: DeviceName, ...probes: ProbeNumbers[]): DeviceMeasurement => ({
  model: { ...encoderInfo, name: 'encoder', device, deviceReason: `${device} it is.` },
  devices: ['cpu', 'webgpu', 'cuda'],
  lengths: probes.map((probe, index) => ({ tokens: 18 + 110 * index, milliseconds: 4.26 + 60 * index, runs: 11, numbers: probe })),
});

describe('compareDevices', () => {
  it('measures all that are listed, the cpu first, and takes the largest difference over both lengths', async () => {
    const asked: DeviceName[] = [];
    const { model, rows } = await compareDevices((device) => {
      asked.push(device);
      const far = device === 'cuda' ? 0.5 : 0.25;
      return Promise.resolve(device === 'cpu' ? measurement('cpu', numbers([1, 2]), numbers([3, 4])) : measurement(device, numbers([1, 2.125]), numbers([3 + far, 4], [1.5])));
    });
    expect([model, asked]).toEqual(['encoder', ['cpu', 'webgpu', 'cuda']]);
    expect(rows.map(({ differences }) => differences)).toEqual([
      { attention: 0, hidden: 0, logits: null },
      { attention: 0.25, hidden: 0.5, logits: null },
      { attention: 0.5, hidden: 0.5, logits: null },
    ]);
  });

  it('goes on past a device that was replaced by cpu, or that took the engine with it', async () => {
    const { rows } = await compareDevices((device) => {
      if (device === 'cuda') return Promise.reject(new HeadlightError('engine-died', 'The engine ended.'));
      const cpu = measurement('cpu', numbers([1]));
      return Promise.resolve(device === 'cpu' ? cpu : { ...cpu, model: { ...cpu.model, deviceReason: 'webgpu was asked for, but it failed.' } });
    });
    expect(rows.map(({ failure }) => failure)).toEqual([null, 'webgpu was asked for, but it failed.', 'The engine ended.']);
  });

  it('a missing number, or one that is none, is no agreement', async () => {
    const { rows } = await compareDevices((device) => Promise.resolve(measurement(device, device === 'webgpu' ? numbers([Number.NaN]) : device === 'cuda' ? numbers([1, 1]) : numbers([1]))));
    expect(rows.map(({ differences }) => differences?.attention)).toEqual([0, Infinity, Infinity]);
  });

  it('ends when it is cancelled, and when the cpu fails', async () => {
    const cancelled = (device: DeviceName) => (device === 'cpu' ? Promise.resolve(measurement('cpu', numbers([1]))) : Promise.reject(new HeadlightError('cancelled', 'No.')));
    await expect(compareDevices(cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(compareDevices(() => Promise.reject(new HeadlightError('model-broken', 'No.')))).rejects.toMatchObject({ code: 'model-broken' });
  });
});

describe('deviceTable', () => {
  it('has a column for each length and each kind of number', () => {
    const rows = [
      { device: 'cpu', failure: null, lengths: [{ tokens: 18, milliseconds: 4.26, runs: 11 }, { tokens: 128, milliseconds: 64.3, runs: 9 }], differences: { attention: 0, hidden: 0, logits: null } },
      { device: 'webgpu', failure: 'It failed.', lengths: [], differences: null },
    ] as const;
    expect(deviceTable({ model: 'encoder', rows })).toEqual({
      head: ['device', '18 tokens', '128 tokens', 'attention', 'hidden states', 'logits'],
      body: [['cpu', '4.3 ms', '64 ms', '0', '0', '—'], ['webgpu', '—', '—', '—', '—', '—']],
    });
  });
});

describe('devices/measure', () => {
  const target = { model: 'fake', device: 'cpu' } as const;

  it('times two lengths, and hands out all that is compared', async () => {
    let runs = 0;
    const model = fakeModel({ info: { window: 64 }, onRun: () => { runs++; } });
    const { devices, lengths } = await measureDevice(target, contextOf(model));
    expect(devices).toEqual(['cpu']);
    expect(lengths.map(({ tokens }) => tokens)).toEqual([expect.any(Number), 64]);
    // Those that are timed, and one before them, of each length.
    expect(runs).toBe(lengths.reduce((sum, length) => sum + length.runs + 1, 0));
    for (const { numbers: of } of lengths) for (const part of Object.values(of)) expect((part as Float32Array).length).toBeGreaterThan(0);
  });

  it('measures one length where the window takes no more', async () => {
    const { lengths } = await measureDevice(target, contextOf(fakeModel({ info: { window: 8 } })));
    expect(lengths.map(({ tokens }) => tokens)).toEqual([8]);
  });
});
