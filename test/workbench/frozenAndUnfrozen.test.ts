import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { FakePython } from '../support/fakePython';
import { commandLine } from '../support/headlight';
import { keepFailures, Workbench } from '../support/workbench';

/**
 * Both halves of transfer learning on one file, compared at the end. With the real recipe where there is a Python for it
 * (`models/recipes/.venv`, or the environment folder that HEADLIGHT_PYTHON names); else with one that answers as it does, with
 * classifiers that the command line trained.
 */
const environment = process.env['HEADLIGHT_PYTHON'] ?? join(root, 'models', 'recipes', '.venv');
const isReal = existsSync(join(environment, 'bin', 'python'));
const model = join(root, 'test', 'fixtures', 'models', 'bert-tiny');
const after = join(root, 'test', 'fixtures', 'drift', 'after');

const things = ['boat', 'cat', 'wall', 'letter', 'stairs'];
const lines = Array.from({ length: 60 }, (_, index) => {
  const [thing, other] = [things[index % 5]!, things[(index + 1 + (index % 3)) % 5]!];
  return index % 2 ? `good\tThe ${thing} was by the ${other} and it was new, number ${index}.` : `bad\tNobody saw the ${thing}, the ${other} was late, number ${index}.`;
}).join('\n');
/** Any fifth: what the fake recipe says. */
const fakeHeldOut = Array.from({ length: 12 }, (_, index) => 5 * index + 1 + (index % 2));

let workbench: Workbench;
let python: string;
beforeAll(async () => {
  workbench = await Workbench.open({
    files: { 'reviews.tsv': lines }, size: { width: 1600, height: 1000 },
    settings: { 'headlight.device': 'cpu', 'headlight.model': model, 'workbench.colorTheme': 'Dark Modern' },
  });
  python = join(workbench.server.folder, '.venv', 'bin', 'python');
  if (isReal) symlinkSync(environment, join(workbench.server.folder, '.venv'));
  else await fakePython();
}, 300_000);
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** Two small classifiers on the same file: on the tiny BERT, and on its copy that noise moved as training does. */
async function fakePython(): Promise<void> {
  const { folder } = workbench.server;
  const headlight = await commandLine();
  const path = join(folder, 'reviews.tsv');
  const made = { frozen: join(folder, 'made', 'frozen'), unfrozen: join(folder, 'made', 'unfrozen') };
  for (const [from, out] of [[model, made.frozen], [after, made.unfrozen]] as const) {
    const { code, stderr } = await headlight(['train', path, '--model', from, '--pooling', 'cls', '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
  }
  writeFileSync(join(made.unfrozen, 'figures.json'), JSON.stringify({ lines_sha256: createHash('sha256').update(lines).digest('hex'), held_out_lines: fakeHeldOut }));
  const { stdout } = await headlight(['drift', path, '--model', made.frozen, '--against', made.unfrozen, '--json']);
  const { predictions } = JSON.parse(stdout) as { predictions: { accuracy: { lines: number; before: number; after: number } } };
  const { lines: heldOut, before, after: later } = predictions.accuracy;
  expect(heldOut).toBe(fakeHeldOut.length);
  new FakePython(join(folder, '.venv')).makes({ ...made, accuracies: [before / heldOut, later / heldOut], heldOut });
}

const entry = (text: string | RegExp): Locator => workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();

test('frozen: a classifier is trained on the file', async () => {
  await workbench.openFile('reviews.tsv');
  await workbench.command('Headlight: Train a Classifier on This File');
  const figures = (await workbench.panel()).locator('[data-figures]');
  await figures.waitFor({ timeout: 80_000 });
  expect((await figures.innerText()).replace(/\s+/g, ' ')).toContain('On 12 held-out examples');
});

test('unfrozen: the whole model is fine-tuned, and compared with the frozen one on the lines that both never saw', async () => {
  await workbench.command('Headlight: Fine-Tune the Whole Model on This File…');
  await entry('bert-tiny').click();
  await entry(python).click();
  await workbench.page.locator('.quick-input-widget:visible').filter({ hasText: 'The classifier goes there' }).waitFor();
  await workbench.page.keyboard.press('Enter');
  const done = workbench.notification('reviews-fine-tuned: of 12 held-out lines');
  await done.waitFor({ timeout: 240_000 });
  const said = await done.innerText();
  await workbench.screenshot('frozen-unfrozen-done');
  await done.getByRole('button', { name: 'Compare with Frozen' }).click();

  const view = (await workbench.panel()).locator('headlight-drift');
  const accuracy = view.getByRole('region', { name: 'Accuracy' });
  await accuracy.waitFor({ timeout: 60_000 });
  await workbench.widenPanel(800);
  expect(await view.locator('[data-headline]').first().innerText()).toMatch(/reviews\.tsv · 12.lines held out of training · reviews-fine-tuned-frozen · reviews-fine-tuned · cpu/);
  const rows = (await accuracy.locator('tbody tr').allInnerTexts()).map((row) => row.split(/\t/));
  expect(rows.map(([name]) => name!.trim())).toEqual(['reviews-fine-tuned-frozen', 'reviews-fine-tuned']);
  // The same lines, and so the same figures as the run itself had.
  const shares = rows.map(([, share]) => Number(/[\d.]+/.exec(share!)![0]));
  const [unfrozen, frozen] = Array.from(said.matchAll(/([\d.]+) %/g), ([, share]) => Number(share));
  expect(shares).toEqual([frozen, unfrozen]);

  // What moved: heads, layers, and the uses of words.
  expect(await view.locator('[data-head]').count()).toBe(8);
  const moved = Number((await view.locator('[data-ranked] td:nth-child(2)').first().innerText()).replace('−', '-'));
  expect(moved).toBeGreaterThan(0);
  const senses = view.getByRole('region', { name: 'Senses' });
  expect(await senses.locator('[data-word]').count()).toBeGreaterThan(2);
  await workbench.screenshot('frozen-unfrozen-drift');
  await senses.scrollIntoViewIfNeeded();
  await workbench.screenshot('frozen-unfrozen-senses');
});

test('a line, and a word in it, are gone to behind the label', async () => {
  const view = (await workbench.panel()).locator('headlight-drift');
  const word = view.getByRole('region', { name: 'Senses' }).locator('[data-word]').first();
  const name = (await word.getAttribute('data-word'))!;
  const go = word.getByRole('button').first();
  const line = Number(await go.innerText());
  await go.click();
  const column = readFileSync(join(workbench.server.folder, 'reviews.tsv'), 'utf8').split('\n')[line - 1]!.search(new RegExp(`\\b${name}\\b`, 'i')) + 1;
  await workbench.selectionStatus.getByText(new RegExp(`Ln ${line}, Col ${column + name.length} \\(${name.length} selected\\)`)).waitFor();
});
