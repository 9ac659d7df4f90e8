import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, placeOf, Workbench } from '../support/workbench';

const files = {
  ...lessonFile,
  'notes/concert.md': 'The pianist folded the stand after the concert.\n\nI cannot stand this song.\n',
  'notes/unsaved.md': 'Nothing yet.\n',
  'ignored/copy.md': 'A stand that nobody shall find.\n',
  '.gitignore': 'ignored\n',
  'excluded/copy.md': 'A stand that is left out.\n',
  'binary.md': Uint8Array.from([0, 1, 2, 3, 115, 116, 97, 110, 100]),
};

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files, size: { width: 1600, height: 1000 }, settings: { 'headlight.device': 'cpu', 'search.exclude': { '**/excluded': true } } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const rows = (): Locator => workbench.sideBar.locator('.pane').filter({ hasText: 'Sense Search' }).locator('.monaco-list-row');
/** What the rows say, from the top, as a screen reader has it. */
const labels = (): Promise<string[]> => rows().evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''));

test('the senses panel compares occurrences of the workspace, with their files', async () => {
  await workbench.placeCursor('lesson.md', 'stand up when');
  await workbench.command('Headlight: Show Senses of Word');
  const panel = await workbench.panel();
  await panel.locator('[data-sense]').first().waitFor();
  await panel.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
  await panel.getByText(/11.occurrences in 2.files in the workspace/).waitFor();
  expect(await panel.locator('.occurrence .file').allTextContents().then((texts) => texts.filter((text) => text !== 'This document'))).toEqual(['notes/concert.md', 'notes/concert.md']);
  await workbench.screenshot('senses-workspace');
  await panel.locator('button.occurrence').filter({ hasText: 'pianist' }).click();
  await workbench.page.locator('.tab.active[data-resource-name="concert.md"]').waitFor();
  await workbench.selectionStatus.getByText('Ln 1, Col 29 (5 selected)').waitFor();
  await panel.getByLabel('Occurrences in', { exact: true }).selectOption('Open editors');
  await panel.getByText(/11.occurrences in 2.files in the open editors/).waitFor();
});

test('unsaved text counts as it stands in its editor', async () => {
  await workbench.openFile('unsaved.md');
  await workbench.goTo(1, 1);
  await workbench.type('They stand. ');
  const panel = await workbench.panel();
  await panel.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
  await panel.getByText(/12.occurrences in 3.files in the workspace/).waitFor();
  await panel.getByLabel('Occurrences in', { exact: true }).selectOption('This document');
  await workbench.command('File: Revert File');
});

test('the first search offers to build the index, with what that takes', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'stand with his baton');
  await workbench.command('Headlight: Find This Sense');
  const dialog = workbench.page.getByRole('dialog').filter({ hasText: 'Build the sense index of this workspace?' });
  await dialog.waitFor();
  expect(await dialog.innerText()).toMatch(/4 files with about [\d,]+ tokens: about \d+ s on this machine.*0\.1 MB/);
  await workbench.screenshot('sense-index-offer');
  await dialog.getByRole('button', { name: 'Build' }).click();
  await rows().first().waitFor();
  await workbench.screenshot('sense-search');
});

test('the same sense comes first, and a click opens the place', async () => {
  const found = await labels();
  expect(found).toHaveLength(10);
  const music = found.slice(0, 3);
  for (const part of ['music stand', 'folded her music', 'pianist']) expect(music.some((label) => label.includes(part))).toBe(true);
  for (const label of found.slice(3)) expect(label).not.toMatch(/music stand|pianist|baton/);
  // The best of the others lies far behind.
  const likeness = found.map((label) => Number(/used alike by (-?[\d.]+)/.exec(label)![1]));
  expect(likeness).toEqual(likeness.toSorted((a, b) => b - a));
  expect(likeness[2]! - likeness[3]!).toBeGreaterThan(0.2);
  await rows().filter({ hasText: 'pianist' }).click();
  await workbench.page.locator('.tab.active[data-resource-name="concert.md"]').waitFor();
  await workbench.selectionStatus.getByText('Ln 1, Col 29 (5 selected)').waitFor();
});

test('results are grouped by file, and other words are found in the same sense', async () => {
  const pane = workbench.sideBar.locator('.pane').filter({ hasText: 'Sense Search' });
  await pane.hover();
  await pane.getByRole('button', { name: 'Group by File' }).click();
  await pane.locator('.monaco-list-row[aria-expanded="true"]').filter({ hasText: 'concert.md' }).waitFor();
  await workbench.screenshot('sense-search-by-file');
  await pane.hover();
  await pane.getByRole('button', { name: 'List by Likeness' }).click();
  await pane.getByRole('button', { name: 'Show Other Words Used in This Sense' }).click();
  await pane.getByText(/where another word is used most like “stand”/).waitFor();
  expect((await labels()).every((label) => !/(^|\W)stand, used/.test(label))).toBe(true);
  await workbench.screenshot('sense-search-others');
});

test('a file that is written meanwhile is found', async () => {
  await writeFile(join(workbench.server.folder, 'notes', 'later.md'), 'The violinist moved the stand to the left.\n');
  await workbench.openFile('lesson.md');
  const { line } = placeOf(await readFile(join(workbench.server.folder, 'lesson.md'), 'utf8'), 'stand with his baton', 0);
  await workbench.until('the new file', async () => {
    await workbench.goTo(line, 30);
    await workbench.placeCursor('lesson.md', 'stand with his baton');
    await workbench.command('Headlight: Find This Sense');
    await rows().first().waitFor();
    return (await labels()).slice(0, 4).some((label) => label.includes('violinist')) ? true : null;
  });
});
