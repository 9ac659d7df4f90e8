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

interface Ranked {
  readonly head: string;
  readonly effect: number;
}

const numberIn = (text: string): number => Number.parseFloat(text.replace('−', '-'));

/** What the evidence view measures of the senses now. */
const separation = async (): Promise<number> => numberIn(await view().locator('[data-value] .value').innerText());

test('one click in the senses view ranks the heads that tell its groups apart, and one switches the strongest off, which draws them together as the weakest do not', async () => {
  await workbench.placeCursor('lesson.md', 'stand.');
  await workbench.command('Headlight: Show Senses of Word');
  panel = await workbench.panel();
  await panel.getByRole('region', { name: 'Groups' }).waitFor();
  // A run before may have ended with some off.
  if ((await panel.getByRole('button', { name: 'All on', exact: true }).count()) > 0) await panel.getByRole('button', { name: 'All on', exact: true }).click();
  await panel.getByRole('button', { name: 'What if…' }).waitFor();
  await panel.getByRole('button', { name: 'Which heads tell these senses apart?' }).click();
  await card().getByLabel('Save effects as').waitFor();
  expect(await view().locator('[data-groups]').innerText()).toMatch(/^“stand”: 9.occurrences in 3.senses/);
  const whole = await separation();
  await card().getByRole('button', { name: 'Mute the strongest 8' }).click();
  const [, before, muted] = /(-?[\d.]+) → ([−\d.]+)/.exec(await card().locator('[data-together]').innerText())!.map(numberIn) as [number, number, number];
  expect(before).toBeCloseTo(whole, 2);
  expect(whole - muted).toBeGreaterThan(0.05);
  await workbench.screenshot('evidence-senses');

  await card().getByRole('button', { name: 'Show as table' }).click();
  const ranked = await card().locator('[data-ranked]').evaluateAll((rows): Ranked[] =>
    rows.map((row) => ({ head: row.getAttribute('data-ranked')!, effect: Number.parseFloat(row.querySelector('td')!.textContent.replace('−', '-').replace(/[^\d.-]/g, '')) })));
  expect(ranked).toHaveLength(72);
  await view().getByRole('button', { name: 'What if…' }).click();
  const places = view().getByRole('textbox', { name: 'Switch off heads (3.4) or layers (2)' });
  await places.fill(ranked.slice(-8).map(({ head }) => head).join(', '));
  await places.press('Enter');
  await view().locator('[data-off-count="8"]').waitFor();
  await view().locator('[data-headline]').getByText('8 off').waitFor();
  expect(await card().locator('[data-ranked]').count()).toBe(0);
  const weakest = await separation();
  expect(Math.abs(whole - weakest)).toBeLessThan((whole - muted) / 2);
  await view().getByRole('button', { name: 'All on', exact: true }).click();
  // What was ranked with all on is known.
  await expect.poll(() => card().locator('[data-ranked]').count()).toBe(72);

  await view().getByRole('button', { name: 'Close what if' }).click();
  await card().getByRole('button', { name: 'Show as table' }).click();
  await card().getByRole('button', { name: 'Switch off and look at the senses' }).click();
  const change = panel.getByRole('region', { name: 'How far senses stand apart' });
  await change.locator('[data-separation-change]').waitFor();
  const [, was, now] = /(-?[\d.]+) → (−?[\d.]+)/.exec(await change.locator('[data-separation-change]').innerText())!.map(numberIn) as [number, number, number];
  expect([was, now]).toEqual([before, muted]);
  expect(await change.locator('headlight-sense-map').count()).toBe(2);
  await panel.getByRole('region', { name: 'Before and after', exact: true }).locator('[data-outcome="senses found"]').waitFor();
  expect(await panel.locator('[data-off-count="8"]').count()).toBe(1);
  await workbench.screenshot('evidence-senses-after');
  for (const [theme, name] of [['Light Modern', 'light'], ['Default High Contrast', 'high-contrast']] as const) {
    await workbench.setSettings({ 'headlight.device': 'cpu', 'workbench.colorTheme': theme });
    await workbench.page.locator(`.monaco-workbench.${name === 'light' ? 'vs' : 'hc-black'}`).first().waitFor();
    await workbench.screenshot(`evidence-senses-after-${name}`);
  }
  await panel.getByRole('button', { name: 'All on', exact: true }).click();
  await expect.poll(() => change.count()).toBe(0);
}, 180_000);

test('what was measured of a sentence stands below its thumbnails in the attention view', async () => {
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  const effects = panel.getByRole('group', { name: 'Measured effects' });
  await effects.getByText('P(moon)').waitFor();
  expect(await panel.locator('[role="gridcell"][title*="P(moon)"]').count()).toBe(72);
  await panel.getByLabel('Order', { exact: true }).selectOption('by effect on P(moon)');
  await panel.getByRole('grid', { name: 'Attention heads by effect, the largest first' }).waitFor();
  await workbench.screenshot('evidence-thumbnails');
  await effects.getByRole('button', { name: 'Open in Evidence' }).click();
  await card().locator('[data-ranked]').first().waitFor();
});
