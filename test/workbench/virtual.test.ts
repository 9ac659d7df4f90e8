import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, placeOf, Workbench } from '../support/workbench';

const files = {
  ...lessonFile,
  'notes/concert.md': 'The pianist folded the stand after the concert.\n\nI cannot stand this song.\n',
  'notes/program.py': '# A stand that is no prose.\n',
  'excluded/copy.md': 'A stand that is left out.\n',
};

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files, virtual: true, size: { width: 1600, height: 1000 }, settings: { 'headlight.device': 'cpu', 'search.exclude': { '**/excluded': true } } });
  await workbench.openListed('lesson.md');
  const { line, column } = placeOf(files['lesson.md'], 'stand with his baton', 0);
  await workbench.goTo(line, column + 1);
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const rows = (): Locator => workbench.sideBar.locator('.pane').filter({ hasText: 'Sense Search' }).locator('.monaco-list-row');

test('the senses panel compares occurrences of a workspace that is on no disk', async () => {
  await workbench.command('Headlight: Show Senses of Word');
  const panel = await workbench.panel();
  await panel.locator('[data-sense]').first().waitFor();
  await panel.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
  await panel.getByText(/12.occurrences in 3.files in the workspace/).waitFor();
  await panel.locator('button.occurrence').filter({ hasText: 'pianist' }).click();
  await workbench.page.locator('.tab.active[data-resource-name="concert.md"]').waitFor();
});

test('its sense index is of the wanted files', async () => {
  await workbench.openListed('lesson.md');
  await workbench.command('Headlight: Find This Sense');
  const dialog = workbench.page.getByRole('dialog').filter({ hasText: 'Build the sense index of this workspace?' });
  await dialog.waitFor();
  expect(await dialog.innerText()).toMatch(/2 files with about/);
  await dialog.getByRole('button', { name: 'Build' }).click();
  await rows().filter({ hasText: 'pianist' }).waitFor();
});
