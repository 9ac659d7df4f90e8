import { readFileSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { keepFailures, Workbench } from '../support/workbench';

const sentiment = readFileSync(join(root, 'media', 'sentiment.tsv'), 'utf8');
let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({
    files: { 'reviews.tsv': `${sentiment}no tab in this one\n`, 'one.tsv': 'a\tcow\na\tmoon\n' },
    settings: { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Dark Modern', 'files.simpleDialog.enable': true },
  });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('the palette trains on the open file, and says how good it is', async () => {
  await workbench.openFile('reviews.tsv');
  await workbench.command('Headlight: Train a Classifier on This File');
  const panel = await workbench.panel();
  const figures = panel.locator('[data-figures]');
  await figures.waitFor({ timeout: 80_000 });
  expect((await figures.innerText()).replace(/\s+/g, ' ')).toMatch(/On 12 held-out examples.*accuracy.*always “negative”.*Trained on 52 examples/);
  const leftOut = panel.locator('details');
  await workbench.until('the lines that were left out', async () => {
    // On a busy machine a click may be lost while charts are still drawn.
    if (!(await leftOut.evaluate((details: HTMLDetailsElement) => details.open))) await panel.locator('summary').press('Enter');
    return /line 66 has 1 field, while the header names 2/.test(await leftOut.innerText()) ? true : null;
  });
  expect(await panel.locator('headlight-confusion td').count()).toBe(4);
  await workbench.screenshot('training');
});

test('a wrong example is shown where it stands', async () => {
  const panel = await workbench.panel();
  // The embeddings alone tell too little to be right everywhere.
  await panel.getByRole('radio', { name: '[CLS]' }).click();
  await panel.getByRole('combobox', { name: 'Hidden state' }).selectOption('Embeddings');
  await panel.getByRole('button', { name: 'Train again' }).click();
  const wrong = panel.locator('[data-line]').first();
  await wrong.waitFor();
  const line = await wrong.getAttribute('data-line');
  await wrong.click();
  await workbench.page.locator('.statusbar-item').filter({ hasText: new RegExp(`Ln ${line!}, `) }).waitFor();
});

test('it is saved as a model, which is listed and can be used', async () => {
  const panel = await workbench.panel();
  const folder = join(workbench.server.folder, 'reviews-classifier');
  rmSync(folder, { recursive: true, force: true });
  await panel.getByRole('combobox', { name: 'Hidden state' }).selectOption('Last layer');
  await panel.getByRole('radio', { name: 'Mean' }).click();
  await panel.getByRole('button', { name: 'Train again' }).click();
  await panel.locator('[data-headline]').filter({ hasText: 'last layer · Mean' }).waitFor();
  await panel.getByRole('button', { name: 'Save as a model…' }).click();
  const field = workbench.page.locator('.quick-input-widget:visible input.input');
  await workbench.until('the save dialog', async () => ((await field.inputValue().catch(() => '')).includes('reviews-classifier') ? true : null));
  await field.press('Enter');
  const use = panel.getByRole('button', { name: 'Use it' });
  await use.waitFor();
  expect((await readdir(folder)).sort()).toEqual(expect.arrayContaining(['README.md', 'config.json', 'model.onnx', 'tokenizer.json']));
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ id2label: { 0: 'negative', 1: 'positive' } });
  await use.click();
  await workbench.statusItem.filter({ hasText: 'reviews-classifier' }).waitFor();
  await workbench.screenshot('training-saved');
});

test('a file that cannot be used is told why, in words', async () => {
  await workbench.openFile('one.tsv');
  await workbench.command('Headlight: Train a Classifier on This File');
  const panel = await workbench.panel();
  await panel.getByText(/All 2 examples of one\.tsv have the label “a”/).waitFor();
});
