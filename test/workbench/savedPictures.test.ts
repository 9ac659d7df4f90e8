import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.locator('[data-side="query"]').first().waitFor();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('all heads are saved as one picture where the reader says', async () => {
  await panel.getByLabel('Save grid as').selectOption('SVG picture');
  const name = 'attention-encoder-grid.svg';
  const input = workbench.page.locator('.quick-input-widget input.input');
  await workbench.until('the save dialog', async () => ((await input.inputValue().catch(() => '')).endsWith(name) ? true : null));
  await workbench.page.keyboard.press('Enter');
  await panel.getByText(`Saved: ${name}`).waitFor();
  const svg = readFileSync(join(workbench.server.folder, name), 'utf8');
  expect(svg.split('<image ')).toHaveLength(1 + 72 + 1);
  expect(svg).toContain(treatSentence);
});

test('the shown head is copied as a picture', async () => {
  await panel.getByRole('button', { name: 'Copy picture', exact: true }).click();
  await panel.getByText('Picture copied.').waitFor();
  const [width, height] = await panel.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const bitmap = await createImageBitmap(await item!.getType('image/png'));
    return [bitmap.width, bitmap.height];
  });
  expect(width).toBeGreaterThan(400);
  expect(height).toBeGreaterThan(400);
  await panel.getByRole('button', { name: 'Copy picture', exact: true }).scrollIntoViewIfNeeded();
  await workbench.screenshot('saved-pictures');
});
