import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, maskSentence, treatSentence } from '../support/lesson';
import { Workbench } from '../support/workbench';

const folder = join(root, 'media', 'pictures');
const largest = 150_000;

let workbench: Workbench;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const settings = { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Light Modern', 'editor.stickyScroll.enabled': false };
  workbench = await Workbench.open({ files: lessonFile, settings, size: { width: 1280, height: 960 } });
  await workbench.openFile('lesson.md');
  await workbench.command('View: Toggle Primary Side Bar Visibility');
});
afterAll(() => workbench.close());

async function take(name: string, clip: { x: number; y: number; width: number; height: number }): Promise<void> {
  const path = join(folder, `${name}.png`);
  await workbench.page.screenshot({ path, clip });
  expect(statSync(path).size).toBeLessThan(largest);
}

/** The panel, down to the end of what it shows. */
async function takePanel(name: string, content: Locator): Promise<void> {
  const bar = (await workbench.sideBar.boundingBox())!;
  const { y, height } = (await content.boundingBox())!;
  await take(name, { ...bar, height: Math.min(bar.height, y + height + 16 - bar.y) });
}

test('hover card', async () => {
  await workbench.select('lesson.md', 'stand up when');
  await workbench.placeCursor('lesson.md', 'stand up when');
  const card = await workbench.hover(/senses in/);
  await workbench.page.waitForTimeout(500);
  const box = (await card.boundingBox())!;
  const editor = (await workbench.page.locator('.editor-instance').first().boundingBox())!;
  const top = Math.max(editor.y, box.y - 90);
  await take('hover', { x: editor.x, y: top, width: Math.min(900, editor.width), height: Math.min(box.height + 240, editor.y + editor.height - top) });
  await workbench.page.keyboard.press('Escape');
});

test('attention', async () => {
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  await panel.locator('[data-layer="3"][data-head="1"]').click();
  const it = panel.locator('[data-side="query"]').filter({ has: panel.getByText('it', { exact: true }) }).first();
  await it.hover();
  await workbench.page.waitForTimeout(500);
  await takePanel('attention', panel.locator('headlight-attention'));
});

test('predictions', async () => {
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  const panel = await workbench.panel();
  await panel.locator('headlight-prediction-bars').first().waitFor();
  const field = panel.getByRole('textbox', { name: 'Probability of a word' });
  await field.fill('moon');
  await field.press('Enter');
  await panel.locator('table.asked').waitFor();
  await workbench.page.waitForTimeout(500);
  await takePanel('predictions', panel.locator('headlight-predictions'));
});

test('senses', async () => {
  await workbench.placeCursor('lesson.md', 'stand up when');
  await workbench.command('Headlight: Show Senses of Word');
  const panel = await workbench.panel();
  await panel.locator('[data-sense]').first().waitFor();
  await workbench.page.waitForTimeout(1000);
  await takePanel('senses', panel.locator('headlight-senses'));
});
