import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakePython } from '../support/fakePython';
import { testExtensions } from '../support/server';
import { keepFailures, Workbench } from '../support/workbench';

const lines = Array.from({ length: 20 }, (_, index) => `${index % 2 ? 'good\ta warm' : 'bad\ta cold'} soup, number ${index}\n`).join('');

let workbench: Workbench;
let python: FakePython;
beforeAll(async () => {
  workbench = await Workbench.open({ files: { 'lines.tsv': lines }, settings: { 'headlight.device': 'cpu' } });
  python = new FakePython(join(workbench.server.folder, '.venv'));
  await workbench.openFile('lines.tsv');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const entry = (text: string | RegExp): Locator => workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
const made = (path: string): Promise<boolean> => access(join(workbench.server.folder, path)).then(() => true, () => false);

/** Answers what the command asks, up to the Python. */
async function startWithPython(): Promise<void> {
  await workbench.command('Headlight: Fine-Tune the Whole Model on This File…');
  await entry('encoder').click();
  await entry(python.path).click();
}

/** Says which folder to make. */
const nameFolder = (name: string): Promise<void> => workbench.answer('The classifier goes there', join(workbench.server.folder, name));

test('a Python that lacks packages gets the command that installs them', async () => {
  python.has({ python: [3, 12, 1], packages: { torch: '2.13.0', transformers: '5.23.0' } });
  await workbench.command('Headlight: Fine-Tune the Whole Model on This File…');
  await entry('A Folder…').waitFor();
  await workbench.screenshot('fine-tune-start');
  await entry('encoder').click();
  await entry(python.path).filter({ hasText: 'environment of this workspace' }).waitFor();
  await workbench.screenshot('fine-tune-python');
  await entry(python.path).click();
  const lacks = workbench.notification('lacks onnx, onnxruntime');
  await lacks.waitFor();
  await workbench.screenshot('fine-tune-lacks');
  await lacks.getByRole('button', { name: 'Copy the Command' }).click();
  await workbench.until('the command in the clipboard', async () => ((await workbench.page.evaluate(() => navigator.clipboard.readText())) === `${python.path} -m pip install onnx onnxruntime` ? true : null));
  python.has();
});

test('a run goes to its end, and its model can be used', async () => {
  await startWithPython();
  const folder = workbench.asked('Folder to Make').locator('input.input');
  expect(await folder.inputValue()).toBe(join(workbench.server.folder, 'lines-fine-tuned'));
  await workbench.screenshot('fine-tune-folder');
  await folder.press('Enter');
  await workbench.notification('all layers: step 1 of 2, loss 0.402').waitFor();
  await workbench.screenshot('fine-tune-running');
  const done = workbench.notification('lines-fine-tuned: of 16 held-out lines, 87.5 % are right with all layers trained, 75.0 % with the encoder frozen.');
  await done.waitFor();
  await workbench.screenshot('fine-tune-done');
  await done.getByRole('button', { name: 'Use' }).click();
  await workbench.statusItem.filter({ hasText: 'lines-fine-tuned' }).waitFor();
  expect(await made('lines-fine-tuned-frozen/model.onnx')).toBe(true);
});

test('what is wrong with the lines is said as the recipe says it, and all of it is in the output', async () => {
  python.runs('broken lines');
  await startWithPython();
  await nameFolder('broken');
  await workbench.notification('have the label “good”. Add examples of another.').waitFor();
  await workbench.page.locator('.part.panel').filter({ hasText: 'fine_tune.py' }).waitFor();
  await workbench.screenshot('fine-tune-failed');
  expect(await made('broken')).toBe(false);
  await workbench.command('Notifications: Clear All Notifications');
});

test('a run that is cancelled keeps what it learnt, which becomes a model when asked for', async () => {
  python.runs('endless');
  await startWithPython();
  await nameFolder('stopped');
  const running = workbench.notification('all layers: step 3 of 9');
  await running.waitFor();
  await running.getByRole('button', { name: 'Cancel' }).click();
  const stopped = workbench.notification('Fine-tuning was stopped; what was learnt is kept in');
  await stopped.waitFor();
  await workbench.screenshot('fine-tune-stopped');
  await workbench.command('Notifications: Clear All Notifications');
  expect(await made('stopped.work/checkpoint.pt')).toBe(true);
  // Later, too: the same folder is asked about.
  await startWithPython();
  await nameFolder('stopped');
  await entry('Go On').waitFor();
  await workbench.screenshot('fine-tune-unfinished');
  await entry('Make a Model of It').click();
  await workbench.notification('stopped: of 16 held-out lines').waitFor();
  expect(await made('stopped/model.onnx')).toBe(true);
});

test('the recipe of the package runs on a Python without any package', () => {
  const extension = readdirSync(testExtensions).find((name) => name.startsWith('headlight.headlight'))!;
  const printed = execFileSync('python3', ['-B', join(testExtensions, extension, 'models', 'recipes', 'fine_tune.py'), '--help'], { encoding: 'utf8' });
  expect(printed).toContain('Fine-tunes a classifier of texts');
});
