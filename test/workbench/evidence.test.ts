import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const cow = 'The cow jumped over the moon.';

interface Effects {
  readonly value: number;
  readonly heads: readonly { readonly layer: number; readonly head: number; readonly effect: number }[];
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1400, height: 1300 } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const view = (): Locator => panel.locator('headlight-evidence');
const card = (): Locator => view().getByRole('region', { name: 'Effect of each head' });

test('the command measures the word at the cursor, and each head as the command line does', async () => {
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.command('Headlight: Show Evidence');
  panel = await workbench.panel();
  await view().getByRole('region', { name: 'Outcome' }).locator('[data-value]').waitFor();
  await card().getByRole('button', { name: 'Measure each head' }).click();
  await card().getByLabel('Save effects as').waitFor();
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'effects', cow, '--word', 'moon', '--top', '8', '--json', '--device', 'cpu']);
  const { heads, value } = JSON.parse(output.toString()) as Effects;
  expect(Number.parseFloat((await view().getByRole('region', { name: 'Outcome' }).locator('[data-value] .value').innerText()))).toBeCloseTo(100 * value, 0);
  expect(await card().locator('[data-ranked]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-ranked')))).toEqual(heads.map(({ head, layer }) => `${layer}.${head}`));
  await workbench.screenshot('evidence');
});

test('one of its heads opens in the attention view', async () => {
  const [, layer, head] = /Layer (\d), head (\d+)/.exec(await card().locator('[data-chosen]').innerText())!;
  await card().getByRole('button', { name: 'Open in the attention view', exact: true }).click();
  await panel.getByRole('heading', { name: `Layer ${layer}, head ${head}`, exact: true }).waitFor();
});

test('the senses view asks which heads tell its groups apart', async () => {
  await workbench.placeCursor('lesson.md', 'stand.');
  await workbench.command('Headlight: Show Senses of Word');
  panel = await workbench.panel();
  await panel.getByRole('button', { name: 'Which heads tell these senses apart?' }).click();
  await view().locator('[data-groups]').waitFor();
  expect(await view().locator('[data-groups]').innerText()).toMatch(/^“stand”: \d+.occurrences in [23].senses/);
  await card().getByRole('button', { name: 'Measure each head' }).click();
  await card().getByRole('button', { name: /^Mute the strongest/ }).click();
  const [, before, after] = /(-?[\d.]+) → ([−\d.]+)/.exec(await card().locator('[data-together]').innerText())!;
  expect(Number(after!.replace('−', '-'))).toBeLessThan(Number(before));
  await workbench.screenshot('evidence-senses');
});
