import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { panelTests } from './harness/panelTests';
import { attentionOf, evidenceOf } from './harness/subjects';

const panels = panelTests();

panels.describe('a narrow panel', () => {
  const labels = ['Attention', 'Predictions', 'Senses', 'Translation', 'Lineage', 'Generation', 'Classes', 'Evidence', 'Training', 'Drift'];

  /** Tabs of which something is cut off or covered, and labels of the open tab that are. */
  const cut = (page: Page): Promise<string[]> => page.evaluate(() => {
    const tabs = document.querySelector('headlight-app')!.shadowRoot!.querySelector('headlight-tabs')!.shadowRoot!;
    const help = document.querySelector('headlight-app')!.shadowRoot!.querySelector('header > .icon-button')!.getBoundingClientRect();
    return Array.from(tabs.querySelectorAll('button')).filter((tab) => {
      const label = tab.querySelector('span:last-child')!;
      const box = tab.getBoundingClientRect();
      const text = label.getBoundingClientRect();
      const isOpen = tab.getAttribute('aria-selected') === 'true';
      return box.left < 0 || box.right > help.left || box.top < 0 || (isOpen && (text.width < 20 || text.right > box.right || label.scrollWidth > Math.ceil(text.width)));
    }).map((tab) => tab.title);
  });

  it('has room for every tab and the whole label of the open one, at any width and zoom', async () => {
    for (const zoom of [1, 1.25]) {
      const page = await panels.open({ subject: null, width: 300, zoom });
      for (const width of [300, 340, 480, 640, 760, 900, 1400]) {
        await page.setViewportSize({ width: Math.round(width / zoom), height: 700 });
        for (const label of labels) {
          await page.getByRole('tab', { name: label }).click();
          await page.getByRole('tab', { name: label, selected: true }).waitFor();
          expect([label, width, zoom, await cut(page)]).toEqual([label, width, zoom, []]);
        }
      }
      await page.close();
    }
  });

  it('walks its tabs by arrows, from end to end, and opens none before Enter', async () => {
    const page = await panels.open({ subject: null, width: 300 });
    const focused = (): Promise<string | null> => page.evaluate(() => {
      const { activeElement } = document.querySelector('headlight-app')!.shadowRoot!.querySelector('headlight-tabs')!.shadowRoot!;
      return activeElement?.getAttribute('aria-label') ?? null;
    });
    await page.getByRole('tab', { name: 'Attention' }).focus();
    const walked: (string | null)[] = [];
    for (const key of ['ArrowRight', 'End', 'ArrowRight', 'ArrowLeft', 'Home', 'End']) {
      await page.keyboard.press(key);
      walked.push(await focused());
    }
    expect(walked).toEqual(['Predictions', 'Drift', 'Attention', 'Drift', 'Attention', 'Drift']);
    await page.getByRole('tab', { name: 'Attention', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Drift', selected: true }).waitFor();
    expect(await focused()).toBe('Drift');
  });

  it.each([['300', 1], ['300-zoomed', 1.25]] as const)('puts what a scale means below it where there is no room beside (%s)', async (name, zoom) => {
    const page = await panels.open({ subject: evidenceOf(), width: 300, height: 1500, zoom });
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.getByRole('button', { name: 'Measure each head' }).click();
    await card.getByLabel('Save effects as').waitFor();
    const legend = card.locator('.legend');
    const [scale, text] = [await legend.locator('.scale').boundingBox(), await legend.locator('span:last-child').boundingBox()];
    expect(text!.y).toBeGreaterThan(scale!.y + scale!.height);
    // In as few lines as the panel's width has room for.
    expect(text!.height).toBeLessThan(40);
    const [inside, open] = [await card.boundingBox(), await card.locator('[data-ranked] .icon-button').first().boundingBox()];
    expect(open!.x + open!.width).toBeLessThan(inside!.x + inside!.width);
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `narrow-evidence-${name}.png`) });
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, attentionOf('The cow jumped over the moon.'));
    await page.getByRole('group', { name: 'Measured effects' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(await panels.seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: join(out, 'screenshots', `narrow-attention-${name}.png`) });
  });
});
