import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const music = 'He put the sheet of notes on the music stand.';
const noise = 'I cannot stand the noise of the traffic.';

let workbench: Workbench;
let panel: Frame;
let card: Locator;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', music);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.locator('[data-side="query"]').first().waitFor();
  await panel.getByRole('button', { name: 'Compare…' }).click();
  card = panel.locator('headlight-attention-compare');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('a head stands beside the one before it, with their difference', async () => {
  await card.locator('[data-side="difference"] .scroll').focus();
  await workbench.page.keyboard.press('ArrowDown');
  await workbench.page.keyboard.press('ArrowDown');
  await card.locator('[data-readout]').getByText(/B − A/).waitFor();
  const numbers = (await card.locator('[data-readout] .number').allInnerTexts()).map((text) => Number(text.replaceAll('−', '-').replace(/^(B - A|A|B) /, '')));
  expect(numbers[1]! - numbers[0]!).toBeCloseTo(numbers[2]!, 3);
  await card.scrollIntoViewIfNeeded();
  await workbench.screenshot('compare-heads');
});

test('“stand” in two sentences of the lesson: the cosine falls from layer to layer, and heads that differ are listed', async () => {
  await card.getByRole('radio', { name: 'Text', exact: true }).click();
  const { line, column } = await workbench.placeCursor('lesson.md', noise);
  await workbench.goTo(line, column + noise.indexOf('stand') + 2);
  await card.getByRole('button', { name: /Use the editor.s selection/ }).click();
  await card.getByRole('heading', { name: '“stand” in both texts' }).waitFor();
  expect(await card.getByLabel('Other text').inputValue()).toBe(noise);
  await card.locator('headlight-layer-chart canvas').waitFor();
  await card.locator('headlight-word-comparison').scrollIntoViewIfNeeded();
  await workbench.screenshot('compare-stand');
  await card.getByRole('button', { name: 'Show as table' }).click();
  const cosines = (await card.locator('[data-cosines] td').allInnerTexts()).map(Number);
  expect(cosines).toHaveLength(7);
  expect(cosines.at(-1)!).toBeLessThan(cosines[0]! - 0.05);
  await card.getByRole('button', { name: 'Show as table' }).click();
  expect(await card.locator('[data-heads] tbody tr').count()).toBe(10);
});

test('a head that differs opens in both texts', async () => {
  const first = card.locator('[data-heads] button').first();
  const name = await first.innerText();
  await first.click();
  await card.getByRole('heading', { name: `A: ${name}` }).waitFor();
  await card.getByRole('heading', { name: `B: ${name}` }).waitFor();
});

test('a model without attention says so, and the status bar keeps naming the model in force', async () => {
  await card.getByRole('radio', { name: 'Model', exact: true }).click();
  const list = card.getByLabel('Other model');
  const option = list.locator('option').filter({ hasText: /^static/ });
  await option.waitFor({ state: 'attached' });
  await list.selectOption({ label: await option.innerText() });
  await card.getByText(/no layers and so no attention/).waitFor();
  await workbench.screenshot('compare-static');
  expect(await workbench.statusItem.innerText()).toMatch(/encoder/i);
});

test('another model is compared over the characters that its tokens share with those in force', async () => {
  await workbench.setSettings({ 'headlight.model': join(import.meta.dirname, '..', 'fixtures', 'models', 'roberta-tiny') });
  await panel.locator('[data-headline]').getByText('roberta-tiny').waitFor();
  const list = card.getByLabel('Other model');
  const option = list.locator('option').filter({ hasText: /^encoder/ });
  await option.waitFor({ state: 'attached' });
  await list.selectOption({ label: await option.innerText() });
  await card.getByText('Pieces of a word are taken together.').waitFor();
  await card.locator('[data-side="difference"]').scrollIntoViewIfNeeded();
  await workbench.screenshot('compare-models');
  const labels = [card.getByLabel('Layer of B'), card.getByLabel('Head of B')].map((choice) => choice.locator('option').count());
  expect(await Promise.all(labels)).toEqual([6, 12]);
});
