import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from '../support/bundle';
import { committedFamilies, unpacked } from '../support/families';

/** A Vulkan driver that computes on the processor; it comes with Debian's chromium. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('webgpu', () => {
  // Where the driver is missing, `npm test` has said so: it installs chromium.
  it.skipIf(!existsSync(driver))(
    'computes what cpu computes, on the built-in encoder',
    async () => {
      const script = await bundle('test/support/webgpuAgreement.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [script, join(import.meta.dirname, '..', '..', 'models')], {
        env: { ...process.env, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver },
      });
      const found = JSON.parse(stdout) as { device: string; deviceReason: string; masks: number; same: number; difference: number };
      expect(found.deviceReason).toContain('agrees with cpu');
      expect(found.device).toBe('webgpu');
      expect(found.masks).toBe(50);
      expect(found.same / found.masks).toBeGreaterThanOrEqual(0.97);
      expect(found.difference).toBeLessThanOrEqual(1e-3);
    },
    300_000,
  );

  it.skipIf(!existsSync(driver))(
    'is given the fp16 graph of a model that has one, and the plain one if that does not serve',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'headlight-half-'));
      const plain = unpacked(committedFamilies, 'bert--optimum-eager-18-runtime');
      cpSync(plain, folder, { recursive: true });
      cpSync(join(unpacked(committedFamilies, 'bert--optimum-eager-18-fp16'), 'model.onnx'), join(folder, 'model_fp16.onnx'));
      const script = await bundle('test/support/webgpuHalf.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [script, folder, folder], {
        env: { ...process.env, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver },
      });
      const { device, reasons } = JSON.parse(stdout) as { device: string; reasons: [string, string] };
      expect(device).toBe('webgpu');
      for (const reason of reasons) expect(reason).toMatch(/^webgpu was chosen in the settings and (?:in fp16 )?agrees with cpu within/);
      const remembered = JSON.parse(readFileSync(join(folder, 'devices.json'), 'utf8')) as Record<string, { state: string }>;
      const ofHalf = Object.entries(remembered).find(([key]) => key.endsWith('webgpu in fp16'))![1];
      expect(ofHalf.state === 'agrees').toBe(reasons[1].includes('in fp16'));
      rmSync(folder, { recursive: true });
    },
    300_000,
  );
});
