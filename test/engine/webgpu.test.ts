import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from '../support/bundle';

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
});
