import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** The report's frame: two frames down, without a script of its own. */
async function report(): Promise<Frame> {
  return workbench.until('the report', async () => {
    for (const frame of workbench.page.frames()) {
      if ((await frame.locator('main.report').count().catch(() => 0)) > 0) return frame;
    }
    return null;
  });
}

test('a model is inspected from the palette: a verdict, its layers and its nodes', async () => {
  await workbench.command('Headlight: Inspect Model Folder');
  await workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'translator' }).first().click();
  const frame = await report();
  await frame.getByText('Everything in this model can be shown').waitFor();
  expect(await frame.getByRole('heading', { level: 1 }).textContent()).toBe('translator');
  expect(await frame.locator('.stack rect.attention').count()).toBe(12);
  expect(await frame.getByRole('img').getAttribute('aria-label')).toMatch(/6 layers of attention.* a decoder of 6 layers/);
  expect(await frame.locator('td', { hasText: /encoder_attn\/Softmax$/ }).count()).toBe(6);
  expect(await frame.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
});

test.each([
  ['Light Modern', 'light'],
  ['Dark Modern', 'dark'],
  ['Default High Contrast', 'hc-dark'],
])('it is in the colours of %s', async (theme, name) => {
  await workbench.setSettings({ 'workbench.colorTheme': theme });
  const frame = await report();
  const colours = await frame.evaluate(() => {
    const text = getComputedStyle(document.querySelector('.stack text')!).fill;
    return { text, page: getComputedStyle(document.body).backgroundColor, line: getComputedStyle(document.querySelector('.stack rect.attention')!).stroke };
  });
  expect(new Set(Object.values(colours)).size).toBe(3);
  await workbench.screenshot(`inspection-${name}`);
});

test('the view of models inspects one of them', async () => {
  await workbench.command('Headlight: Focus on Models View');
  const row = workbench.page.locator('.part.sidebar .monaco-list-row').filter({ hasText: 'encoder' }).first();
  await row.click({ button: 'right' });
  await workbench.menuItem('Inspect Model Folder');
  await workbench.until('the encoder’s report', async () => {
    for (const frame of workbench.page.frames()) {
      if ((await frame.locator('h1', { hasText: /^encoder$/ }).count().catch(() => 0)) > 0) return true;
    }
    return null;
  });
});
