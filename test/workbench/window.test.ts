import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

/** Milliseconds of activation that count as never having waited, on a machine that does other things too. */
const noticeable = 200;

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1600, height: 1000 } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('nothing is started before the first question', async () => {
  expect(await workbench.statusItem.innerText()).toMatch(/encoder/i);
  expect(await workbench.server.engines()).toEqual([]);
});

test('activation takes no noticeable time', async () => {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: 'Headlight' });
  const said = await row.locator('.activation-time').innerText();
  const milliseconds = Number(/(\d+)\s*ms/.exec(said)?.[1]);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'activation.txt'), `${milliseconds} ms\n`);
  console.log(`activation: ${milliseconds} ms`);
  expect(milliseconds).toBeLessThan(noticeable);
  await workbench.command('View: Close All Editors');
});

test('the panel opens empty, with a way to the lesson', async () => {
  await workbench.command('Headlight: Focus on Headlight View');
  const panel = await workbench.panel();
  await panel.getByText('Open the Lesson').click();
  await workbench.page.locator('.tab.active[data-resource-name="lesson.md"]').waitFor();
  await workbench.command('View: Close All Editors');
});

test('the status bar names model and device once it has answered', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  await workbench.statusItem.getByText(/· cpu/).waitFor();
  expect(await workbench.server.engines()).toHaveLength(1);
});

test('model and device can be chosen from the status bar', async () => {
  await workbench.statusItem.click();
  const picks = workbench.page.locator('.quick-input-list .monaco-list-row');
  await picks.filter({ hasText: 'A Folder…' }).waitFor();
  expect(await picks.filter({ hasText: 'in use' }).count()).toBe(1);
  await workbench.page.keyboard.press('Escape');
  await workbench.command('Headlight: Choose Device');
  await picks.filter({ hasText: 'webgpu' }).waitFor();
  await workbench.page.keyboard.press('Escape');
});

test('the log opens on its own channel', async () => {
  await workbench.command('Headlight: Show Log');
  const channels = workbench.page.locator('.part.panel select').first();
  expect(await channels.evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.text)).toBe('Headlight');
  await workbench.command('View: Toggle Panel Visibility');
});

describe('themes', () => {
  test.each([
    ['Light Modern', 'vscode-light'],
    ['Dark Modern', 'vscode-dark'],
    ['Default High Contrast', 'vscode-high-contrast'],
    ['Default High Contrast Light', 'vscode-high-contrast-light'],
  ])('%s', async (theme, bodyClass) => {
    await workbench.setSettings({ 'workbench.colorTheme': theme });
    const panel = await workbench.panel();
    await panel.locator(`body.${bodyClass}`).waitFor();
    const colours = await panel.locator('headlight-head-lines [data-side="query"]').first().evaluate((token) => {
      const style = getComputedStyle(token);
      return { text: style.color, page: getComputedStyle(document.body).backgroundColor };
    });
    expect(colours.text).not.toBe(colours.page);
    await workbench.openFile('lesson.md');
    await workbench.select('lesson.md', 'stand', 1);
    const card = await workbench.wholeCard(/occurrences/);
    expect(await card.locator('img').count()).toBe(1);
    await workbench.screenshot(`theme-${bodyClass}`);
    await workbench.page.keyboard.press('Escape');
  });
});
