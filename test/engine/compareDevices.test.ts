import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineClient } from '../../src/engine/client';
import { compareDevices } from '../../src/lenses/devices/compare';
import { bundle } from '../support/bundle';

const root = join(import.meta.dirname, '..', '..');
/** A Vulkan driver that computes on the processor; it comes with Debian's chromium. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

async function compared(model: string, env: Readonly<Record<string, string>>): ReturnType<typeof compareDevices> {
  const client = new EngineClient({ entry: await bundle('src/engine/main.ts'), setup: { builtInModels: join(root, 'models'), storage: null }, env });
  try {
    return await compareDevices((device) => client.call('devices/measure', { model, device }));
  } finally {
    await client.dispose();
  }
}

describe('a comparison of devices', () => {
  it.skipIf(!existsSync(driver)).each([
    ['models/bert-tiny', ['attention', 'hidden', 'logits']],
    ['models/gpt2-tiny', ['attention', 'hidden', 'logits']],
    ['writers/t5', ['attention', 'hidden', 'logits']],
  ])('has what webgpu computes of %s, and how fast', async (name, compares) => {
    const { rows } = await compared(join(root, 'test', 'fixtures', name), { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver });
    const webgpu = rows.find(({ device }) => device === 'webgpu')!;
    expect(webgpu.failure).toBeNull();
    expect(webgpu.lengths.every(({ milliseconds, runs }) => milliseconds > 0 && runs > 0)).toBe(true);
    for (const [what, difference] of Object.entries(webgpu.differences!)) {
      if (!compares.includes(what)) continue;
      expect(difference).not.toBeNull();
      expect(difference).toBeLessThan(5e-3);
    }
  }, 180_000);

  it('says why a device does not serve', async () => {
    const { rows } = await compared(join(root, 'test', 'fixtures', 'models', 'bert-tiny'), { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' });
    expect(rows.map(({ device }) => device)).toEqual(['cpu', ...rows.slice(1).map(({ device }) => device)]);
    expect(rows[0]).toMatchObject({ failure: null, differences: { attention: 0, hidden: 0, logits: 0 } });
    expect(rows.find(({ device }) => device === 'webgpu')?.failure).toMatch(/webgpu was asked for, but it failed/);
  }, 120_000);
});
