import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile, maskSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const checks = `model: encoder

text: The cow ate the grass because it was hungry.
  head 2.5: it → cow >= 0.4
  head 2.5: it → grass >= 0.4
`;
const files = { ...lessonFile, 'cow.headlight-check': checks, 'broken.headlight-check': 'model: encoder\ntext: a\n  P(a) ~ 1\n' };

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files, settings: { 'headlight.device': 'cpu', 'testing.automaticallyOpenPeekView': 'failureAnywhere' } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** Rows of the Testing view, as a screen reader has them. */
const rows = (): Locator => workbench.page.locator('.test-explorer .monaco-list-row');
const row = (text: string | RegExp): Locator => rows().filter({ hasText: text });

test('files of checks are in the Testing view, pass or fail, and peek at the failure', async () => {
  await workbench.command('Testing: Focus on Test Explorer View');
  await row('cow.headlight-check').waitFor();
  await row('broken.headlight-check').waitFor();
  await workbench.openFile('cow.headlight-check');
  // An open file has its tests beside its lines.
  await expect.poll(() => workbench.page.locator('.testing-run-glyph').count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  await workbench.command('Test: Run Tests in Current File');
  await row(/it → grass/).and(workbench.page.locator('[aria-label*="(Failed)"]')).waitFor();
  await row(/it → cow/).and(workbench.page.locator('[aria-label*="(Passed)"]')).waitFor();
  const peek = workbench.page.locator('.test-output-peek, .zone-widget').filter({ hasText: 'it → grass' });
  await peek.first().waitFor();
  expect(await peek.first().innerText()).toMatch(/measured 0\.\d+/);
  await workbench.screenshot('checks-testing');
});

test('a failed line is made to expect what was measured, by its quick fix', async () => {
  await workbench.openFile('cow.headlight-check');
  await workbench.goTo(5, 3);
  await workbench.command('Quick Fix...');
  const fix = workbench.page.locator('.action-widget .monaco-list-row').filter({ hasText: /Expect What Was Measured \(0\.\d+\): head 2\.5: it → grass >= 0\.\d+/ });
  await fix.waitFor();
  await workbench.screenshot('checks-quick-fix');
  await fix.click();
  await workbench.command('Test: Run Tests in Current File');
  await row(/it → grass/).and(workbench.page.locator('[aria-label*="(Passed)"]')).waitFor();
  await workbench.goTo(1, 1);
  await workbench.command('Quick Fix...');
  await workbench.page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Write the Hash of the Model' }).click();
  await expect.poll(() => workbench.page.locator('.editor-instance .view-lines').first().innerText(), { timeout: 30_000 }).toMatch(/hash:\s[0-9a-f]{16}/);
  await workbench.command('File: Save');
});

test('what cannot be understood is underlined, with what is expected', async () => {
  await workbench.openFile('broken.headlight-check');
  await workbench.command('View: Focus Problems');
  await workbench.page.locator('.markers-panel').getByText(/Expected >=, <=, > or <, not “~”/).waitFor();
});

test('what the panel shows is saved as a check into a file that has its model', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  const panel = await workbench.panel();
  await panel.locator('[data-mask-index]').first().waitFor();
  await workbench.command('Headlight: Save as Check');
  const file = (): Promise<string> => readFile(join(workbench.server.folder, 'cow.headlight-check'), 'utf8');
  const before = await file();
  const list = workbench.page.locator('.quick-input-list .monaco-list-row');
  await list.filter({ hasText: /rank <= 2(?!\d)/ }).click();
  await workbench.answer('the bound leaves it some room');
  await list.filter({ hasText: 'cow.headlight-check' }).click();
  const saved = await workbench.until('the check', async () => {
    const now = await file();
    return now === before ? null : now;
  });
  expect(saved.startsWith(before)).toBe(true);
  expect(saved.slice(before.length)).toMatch(/^\ntext: The cow jumped over the \[MASK\]\.\n {2}P\(\S+\) rank <= 2\n$/);
  await workbench.page.locator('.tab.active[data-resource-name="cow.headlight-check"]').waitFor();
});

test('a file that is deleted or made takes its tests along', async () => {
  await writeFile(join(workbench.server.folder, 'late.headlight-check'), checks);
  await workbench.command('Testing: Focus on Test Explorer View');
  await row('late.headlight-check').waitFor();
  await rm(join(workbench.server.folder, 'late.headlight-check'));
  await row('late.headlight-check').waitFor({ state: 'detached' });
});
