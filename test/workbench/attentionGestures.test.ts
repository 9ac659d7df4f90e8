import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, size: { width: 1700, height: 1200 }, zoom: 1.25 });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.locator('[data-side="query"]').first().waitFor();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const drawing = (name: 'Lines' | 'Matrix' | 'Text'): Promise<void> => panel.getByRole('radio', { name, exact: true }).click();
const token = (side: 'query' | 'key', text: string): Locator =>
  panel.locator(`[data-side="${side}"]`).filter({ has: panel.locator('.source-text').getByText(text, { exact: true }) }).first();
const readout = (): Locator => panel.locator('[data-readout]');
const sideways = (): Promise<number> => panel.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

describe('at 125 % zoom', () => {
  describe.each([
    ['Light Modern', 'vscode-light'],
    ['Dark Modern', 'vscode-dark'],
    ['Default High Contrast', 'vscode-high-contrast'],
    ['Default High Contrast Light', 'vscode-high-contrast-light'],
  ])('%s', (theme, bodyClass) => {
    beforeAll(async () => {
      await workbench.setSettings({ 'workbench.colorTheme': theme });
      await panel.locator(`body.${bodyClass}`).waitFor();
    });

    test('lines: pointing isolates, a click keeps, a second token tells the exact weight, Esc lets go', async () => {
      await drawing('Lines');
      await panel.locator('[data-layer="2"][data-head="5"]').click();
      await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
      await token('query', 'it').click();
      await token('key', 'cow').hover();
      await readout().getByText(/rank \d+ of 18/).waitFor();
      expect(await readout().innerText()).toMatch(/it →\s+cow 0\.\d{4}/);
      expect(await sideways()).toBe(0);
      await workbench.screenshot(`gestures-lines-${bodyClass}`);
      await token('query', 'it').press('Escape');
      await panel.getByRole('heading', { name: 'All heads' }).hover();
      await panel.locator('.followed').waitFor({ state: 'detached' });
    });

    test('matrix: a cell under the pointer tells its weight, a click keeps its row', async () => {
      await drawing('Matrix');
      const matrix = panel.locator('headlight-head-matrix .scroll');
      await matrix.scrollIntoViewIfNeeded();
      const box = (await matrix.boundingBox())!;
      await workbench.page.mouse.click(box.x + box.width * 0.6, box.y + box.height * 0.6);
      await readout().getByText(/rank \d+ of 18/).waitFor();
      expect(await sideways()).toBe(0);
      await workbench.screenshot(`gestures-matrix-${bodyClass}`);
      await matrix.press('Escape');
    });

    test('text: a kept token shows whom it looks at, and turns round', async () => {
      await drawing('Text');
      const own = panel.locator('headlight-head-text [role="option"]').filter({ hasText: /^it$/ });
      await own.click();
      await panel.getByText('what the outlined token looks at').waitFor();
      await panel.getByRole('radio', { name: 'key ← queries' }).click();
      await panel.getByText('who looks at the outlined token').waitFor();
      await panel.getByRole('radio', { name: 'query → keys' }).click();
      expect(await sideways()).toBe(0);
      await workbench.screenshot(`gestures-text-${bodyClass}`);
      await own.press('Escape');
      await panel.getByText('the attention that a token receives').waitFor();
    });

    test('several heads: Shift adds one, its chip takes it out', async () => {
      await drawing('Lines');
      await panel.locator('[data-layer="0"][data-head="3"]').click({ modifiers: ['Shift'] });
      await panel.getByRole('heading', { name: '2 heads together' }).waitFor();
      await token('query', 'it').click();
      await token('key', 'cow').hover();
      await readout().getByText('layer 0, head 3').waitFor();
      expect(await sideways()).toBe(0);
      await workbench.screenshot(`gestures-heads-${bodyClass}`);
      await token('query', 'it').press('Escape');
      await panel.getByRole('button', { name: 'Take out layer 0, head 3' }).click();
      await panel.getByRole('button', { name: 'One head alone' }).click();
      await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
    });
  });

  test('the keyboard alone opens the view, a head, a token and its exact weight', async () => {
    const { keyboard } = workbench.page;
    await workbench.command('Headlight: Focus on Headlight View');
    const grid = panel.locator('[data-layer="2"][data-head="5"]');
    await workbench.until('the grid to have the focus', async () => {
      if (await grid.evaluate((cell) => cell.matches(':focus'))) return true;
      await keyboard.press('Tab');
      return null;
    });
    await keyboard.press('2');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await panel.getByRole('heading', { name: 'Layer 2, head 1', exact: true }).waitFor();
    const first = panel.locator('[data-side="query"][tabindex="0"]');
    await workbench.until('the tokens to have the focus', async () => {
      if (await first.evaluate((row) => row.matches(':focus'))) return true;
      await keyboard.press('Tab');
      return null;
    });
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await keyboard.press('ArrowRight');
    await readout().getByText(/rank \d+ of 18/).waitFor();
    expect(await readout().innerText()).toMatch(/cow →\s+cow 0\.\d{4}/);
    await keyboard.press('Escape');
    expect(await panel.locator('[role="option"][aria-selected="true"]').count()).toBe(0);
  });
});
