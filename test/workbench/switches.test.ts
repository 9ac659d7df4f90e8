import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, maskSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

interface PredictAnswer {
  readonly masks: readonly { readonly predictions: readonly { readonly token: string; readonly probability: number }[] }[];
}

/** What the command line says, which runs the same engine. */
function predict(...options: string[]): PredictAnswer['masks'][0]['predictions'] {
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'predict', maskSentence, '--top', '3', '--json', '--device', 'cpu', ...options]);
  return (JSON.parse(output.toString()) as PredictAnswer).masks[0]!.predictions;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await cell(3, 4).waitFor();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const cell = (layer: number, head: number): Locator => panel.locator(`[role="gridcell"][data-layer="${layer}"][data-head="${head}"]`);
const count = (off: number): Locator => panel.locator(`[data-off-count="${off}"]`);
const item = (): Locator => workbench.page.locator('[id="headlight.headlight.switches"]');

/** A word's probabilities before and after, in percent. */
async function compared(word: string): Promise<readonly number[]> {
  const cells = await panel.locator(`[data-outcome="${word}"]`).first().locator('td').allInnerTexts();
  return [cells[0]!, cells[1]!].map((text) => Number.parseFloat(text));
}

test('a head and a layer are switched off where they are shown, and the status bar counts them', async () => {
  await cell(3, 4).focus();
  await workbench.page.keyboard.press('x');
  await count(1).waitFor();
  await panel.getByRole('button', { name: 'Switch layer 4 off' }).click();
  await count(2).waitFor();
  await item().getByText('2 off').waitFor();
  expect(await cell(4, 7).getAttribute('aria-label')).toContain('off');
  await panel.getByRole('region', { name: 'Before and after' }).locator('[data-outcome]').first().waitFor();
  await workbench.screenshot('what-if-attention');
});

test('the predictions show before and after, as the command line has them', async () => {
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  const [before, after] = [predict(), predict('--off', '3.4', '--off-layer', '4')];
  expect(after).not.toEqual(before);
  await vi.waitFor(async () => {
    expect((await compared(before[0]!.token))[0]).toBeCloseTo(before[0]!.probability * 100, 0);
    expect((await compared(after[0]!.token))[1]).toBeCloseTo(after[0]!.probability * 100, 0);
  }, { timeout: 45_000, interval: 300 });
  await panel.getByText('encoder with head 3.4 and layer 4 off').first().waitFor();
  await workbench.screenshot('what-if-predictions');
});

test('the hover card says what is off', async () => {
  await workbench.placeCursor('lesson.md', 'stand');
  await workbench.hover('with 2 of the model off');
  await workbench.screenshot('what-if-hover');
  await workbench.leaveHover('lesson.md', maskSentence);
});

test('one key in the panel switches all on again', async () => {
  await panel.getByRole('textbox', { name: 'Probability of a word' }).focus();
  await workbench.page.keyboard.press('Alt+Shift+Backspace');
  await panel.getByRole('button', { name: 'What if…' }).waitFor();
  await item().waitFor({ state: 'hidden' });
  expect(await panel.getByRole('region', { name: 'Before and after' }).count()).toBe(0);
});
