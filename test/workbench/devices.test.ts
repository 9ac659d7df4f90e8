import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

/** A Vulkan driver that computes on the processor; it comes with Debian's chromium. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const model = join(root, 'test', 'fixtures', 'models', 'bert-tiny');

let workbench: Workbench;
beforeAll(async () => {
  const settings = { 'headlight.device': 'cpu', 'headlight.model': model };
  workbench = await Workbench.open({ files: lessonFile, settings, env: { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** The preview's frame: VS Code draws it, not we. */
function preview(): Promise<Frame> {
  return workbench.until('the comparison', async () => {
    for (const frame of workbench.page.frames()) {
      if ((await frame.locator('.markdown-body h1').filter({ hasText: 'Devices for' }).count().catch(() => 0)) > 0) return frame;
    }
    return null;
  });
}

describe('Compare Devices', () => {
  test('shows times and differences of every device in a table', async () => {
    await workbench.command('Headlight: Compare Devices');
    const frame = await preview();
    expect(await frame.locator('h1').innerText()).toBe('Devices for bert-tiny');
    const rows = await frame.locator('tr').allInnerTexts();
    expect(rows[0]).toMatch(/Device\s+\d+ tokens\s+64 tokens\s+Attention\s+Hidden states\s+Logits/);
    expect(rows[1]).toMatch(/cpu\s+[\d.]+ ms\s+[\d.]+ ms\s+0\s+0\s+0/);
    expect(rows.find((row) => row.startsWith('webgpu'))).toMatch(/webgpu\s+[\d.]+ ms\s+[\d.]+ ms\s+\S+e-\d+\s+\S+e-\d+\s+\S+e-\d+/);
    for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast', 'Default High Contrast Light']) {
      await workbench.setSettings({ 'workbench.colorTheme': theme });
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`devices-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await workbench.setSettings({});
  });

  test('the status says what is in memory, and Unload Models gives it back', async () => {
    const card = await workbench.statusCard('In memory');
    const said = await card.innerText();
    // The comparison is not what the settings ask for.
    expect(said).not.toContain('cuda');
    expect(said).toMatch(/bert-tiny on webgpu, 1 MB/);
    expect(said).toMatch(/bert-tiny on cpu, 1 MB/);
    await workbench.screenshot('devices-status');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Headlight: Unload Models');
    await workbench.page.locator('.part.statusbar').getByText(/\d MB freed/).waitFor();
    // The next question loads its model again.
    await workbench.openFile('lesson.md');
    await workbench.placeCursor('lesson.md', treatSentence);
    await workbench.command('Headlight: Show Attention');
    const panel = await workbench.panel();
    await panel.getByRole('gridcell').first().waitFor();
  });
});
