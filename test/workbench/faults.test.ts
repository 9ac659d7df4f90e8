import { chmod, cp, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' } });
  await workbench.openFile('lesson.md');
  await showAttention();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

async function showAttention(): Promise<void> {
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.locator('[data-side="query"]').filter({ hasText: 'treat' }).waitFor();
}

async function killEngine(): Promise<void> {
  const engines = await workbench.until('the engine', async () => {
    const found = await workbench.server.engines();
    return found.length > 0 ? found : null;
  });
  for (const engine of engines) process.kill(engine, 'SIGKILL');
}

describe('an engine that is killed', () => {
  test('leaves the view as it was, and the next head comes from a new engine', async () => {
    const [before] = await workbench.server.engines();
    await killEngine();
    await workbench.page.waitForTimeout(500);
    expect(await panel.getByRole('gridcell').count()).toBe(72);
    await panel.locator('[data-layer="1"][data-head="2"]').click();
    await panel.getByRole('heading', { name: 'Layer 1, head 2' }).waitFor();
    const retry = panel.locator('section[aria-label="One head"]').getByText('Retry');
    if (await retry.isVisible()) await retry.click();
    await workbench.until('a new engine', async () => ((await workbench.server.engines()).some((pid) => pid !== before) ? true : null));
    await panel.locator('section[aria-label="One head"] .progress.running').waitFor({ state: 'detached' });
    expect(await panel.locator('.notice.error').count()).toBe(0);
    await workbench.screenshot('faults-after-kill');
  });

  test('comes back for a command too, and Restart Engine starts another', async () => {
    await killEngine();
    await showAttention();
    const before = await workbench.server.engines();
    await workbench.command('Headlight: Restart Engine');
    await workbench.until('another engine', async () => {
      const now = await workbench.server.engines();
      return now.length === 1 && now[0] !== before[0] ? true : null;
    });
    await workbench.statusItem.getByText(/cpu/).waitFor();
  });
});

describe('a model that cannot be used', () => {
  const built = join(root, 'models', 'encoder');

  beforeEach(() => workbench.command('Notifications: Clear All Notifications'));

  /** Sets the model and asks for another sentence's attention. */
  async function ask(model: string): Promise<void> {
    await workbench.setSettings({ 'headlight.model': model });
    await workbench.placeCursor('lesson.md', 'Clouds hid the moon');
    await workbench.command('Headlight: Show Attention');
  }

  test('a folder that is missing', async () => {
    await ask('/nowhere/at/all');
    await panel.locator('.notice.error').first().waitFor();
    const message = await panel.locator('.notice.error .text').first().innerText();
    expect(message).toContain('/nowhere/at/all');
    // The last good view stays.
    expect(await panel.getByRole('gridcell').count()).toBe(72);
    await workbench.screenshot('faults-model-missing');
  });

  test('files that are truncated, and JSON that is none', async () => {
    const broken = join(workbench.server.folder, 'broken');
    await cp(built, broken, { recursive: true });
    await truncate(join(broken, 'model.onnx'), 100_000);
    await ask(broken);
    await panel.locator('.notice.error').filter({ hasText: 'broken' }).first().waitFor();
    await writeFile(join(broken, 'tokenizer.json'), '{ "not": "whole"');
    await workbench.command('Headlight: Restart Engine');
    await workbench.notification(/tokenizer\.json/).first().waitFor();
    await workbench.screenshot('faults-model-broken');
  });

  test('the built-in model works again afterwards', async () => {
    await workbench.setSettings({});
    await showAttention();
    await panel.locator('.notice.error').first().waitFor({ state: 'detached' });
    expect(await workbench.statusItem.innerText()).toContain('cpu');
  });

  test.skipIf(process.getuid?.() === 0)('a folder without read permission', async () => {
    const closed = join(workbench.server.folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0);
    await ask(closed);
    await panel.locator('.notice.error').filter({ hasText: 'closed' }).first().waitFor();
  });
});
