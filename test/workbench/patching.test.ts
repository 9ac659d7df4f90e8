import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const corrupted = 'The cow jumped over the moon.';
const clean = 'The horse jumped over the moon.';

interface Patched {
  readonly effect: readonly (readonly number[])[];
  readonly cell: Readonly<Record<'before' | 'patched' | 'source', readonly { readonly token: string }[]>>;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1500, height: 1300 } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const card = (): Locator => panel.locator('headlight-evidence').getByRole('region', { name: 'Patching' });
const cell = (place: string): Locator => card().locator(`[data-cell="${place}"]`);

test('a sentence patched into that of the lesson is the map of the command line, and a cell says what the model predicts there', async () => {
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.command('Headlight: Show Evidence');
  panel = await workbench.panel();
  await card().getByRole('button', { name: 'Begin with this sentence' }).click();
  const field = card().getByRole('textbox', { name: 'Clean sentence' });
  expect(await field.inputValue()).toBe(corrupted);
  await field.fill(clean);
  await card().getByRole('button', { name: 'Patch', exact: true }).click();
  await cell('0.2').click();
  await card().locator('[data-answers]').waitFor();
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'patch', clean, corrupted, '--word', 'moon', '--cell', '0.2', '--top', '6', '--json', '--device', 'cpu']);
  const { cell: { before, patched, source }, effect } = JSON.parse(output.toString()) as Patched;
  expect(await cell('0.2').innerText()).toBe('1.00');
  const shown = await card().locator('[data-cell]').evaluateAll((cells) => cells.map((one) => Number(one.textContent.replace('−', '-'))));
  effect.flat().forEach((share, at) => { expect(shown[at]).toBeCloseTo(share, 1); });
  const tokens = (await card().locator('[data-answers] tbody tr td').allInnerTexts()).map((text) => text.split(/\s/)[0]);
  expect(tokens).toEqual(before.flatMap(({ token }, rank) => [token, patched[rank]!.token, source[rank]!.token]));
  await workbench.screenshot('patching');
});

test('the shipped example is one click away: the word’s sense and its substitutes move', async () => {
  // Another sentence first, as of an empty card.
  await workbench.placeCursor('lesson.md', 'spoon.');
  await workbench.command('Headlight: Show Evidence');
  await card().getByRole('button', { name: 'Try:' }).click();
  await card().locator('[data-senses]').waitFor();
  expect(await card().locator('[data-moved]').innerText()).toContain('The word’s sense moves from “put up with something or somebody unpleasant” to “a support or foundation”. The most probable substitute goes from “hear” to “speaker”.');
  expect((await card().locator('[data-senses] td').allInnerTexts()).map((text) => text.split(' (')[0])).toEqual(['put up with something or somebody unpleasant', 'a support or foundation', 'a support or foundation']);
  await workbench.screenshot('patching-example');
});

test('choices are there after the window was loaded anew', async () => {
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.command('Headlight: Show Evidence');
  const field = card().getByRole('textbox', { name: 'Clean sentence' });
  await field.fill(clean);
  await card().getByRole('radio', { name: 'Heads' }).click();
  await card().getByRole('radio', { name: 'Corrupted into clean' }).click();
  await workbench.reload();
  panel = await workbench.panel();
  await expect.poll(() => card().getByRole('textbox', { name: 'Clean sentence' }).inputValue(), { timeout: 45_000 }).toBe(clean);
  for (const name of ['Heads', 'Corrupted into clean']) expect(await card().getByRole('radio', { name }).getAttribute('aria-checked')).toBe('true');
});

test('a command of the palette opens the lesson and runs the example', async () => {
  await workbench.command('View: Close All Editors');
  await workbench.command('Headlight: Try Patching: “stand” of One Sentence in Another');
  await workbench.page.locator('.tab.active[data-resource-name="lesson.md"]').waitFor();
  panel = await workbench.panel();
  await card().locator('[data-moved]').getByText('to “a support or foundation”').waitFor();
});
