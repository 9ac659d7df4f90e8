import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { headMetricNames } from '../../src/lenses/attention/contract';
import type { SavedFile } from '../../src/panel/contract';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { attentionOf } from './harness/subjects';

const panels = panelTests();

panels.describe('pictures of attention', () => {
  async function open(): Promise<Page> {
    const page = await panels.open({ subject: attentionOf() });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    return page;
  }

  async function saved(page: Page, list: string, format: string): Promise<SavedFile> {
    const files = (): Promise<SavedFile[]> => calls<SavedFile>(page, 'panel/save');
    const before = (await files()).length;
    await page.getByLabel(list).selectOption(format);
    await expect.poll(async () => (await files()).length).toBe(before + 1);
    return (await files()).at(-1)!;
  }

  /** Width and height of the PNG on the clipboard. */
  function copiedSize(page: Page): Promise<[number, number]> {
    return page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const bitmap = await createImageBitmap(await item!.getType('image/png'));
      return [bitmap.width, bitmap.height];
    });
  }

  describe('of all heads', () => {
    it('are saved as they are ordered', async () => {
      const page = await open();
      const byLayer = await saved(page, 'Save grid as', 'SVG picture');
      expect(byLayer.name).toBe('attention-encoder-grid.svg');
      expect(byLayer.text).toContain('encoder · all heads, rows: layers, columns: heads');
      expect(byLayer.text).toContain('The cow ate her treat');
      expect(byLayer.text!.split('<image ')).toHaveLength(1 + 72 + 1);
      await page.getByText('Saved: papers/attention-encoder-grid.svg').waitFor();

      await page.getByLabel('Order').selectOption('by previous token');
      await page.getByText('72 of 72 heads').waitFor();
      await page.getByLabel('At least').focus();
      for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowRight');
      const [, left] = /^(\d+) of 72/.exec(await page.getByText(/^\d+ of 72 heads/).innerText())!;
      const ranked = await saved(page, 'Save grid as', 'SVG picture');
      const names = [...ranked.text!.matchAll(/<text[^>]*>(\d+)\.(\d+) \d/g)].map(([, layer, head]) => `${layer}.${head}`);
      const shown = await page.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => `${cell.getAttribute('data-layer')}.${cell.getAttribute('data-head')}`));
      expect(names).toEqual(shown);
      expect(ranked.text!.split('opacity="0.3"')).toHaveLength(1 + 72 - Number(left));
    });

    it('are saved as pixels, and what they do as numbers', async () => {
      const page = await open();
      await page.getByRole('gridcell', { name: /: (previous|next|same|first|mixed|broad)/ }).first().waitFor();
      const svg = await saved(page, 'Save grid as', 'SVG picture');
      const png = Buffer.from((await saved(page, 'Save grid as', 'PNG picture')).base64!, 'base64');
      expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text!)![1]));
      const csv = await saved(page, 'Save grid as', 'CSV of what heads do');
      expect(csv.name).toBe('attention-encoder-head-metrics.csv');
      const [header, ...rows] = csv.text!.trim().split('\r\n').map((row) => row.split(','));
      expect(header).toEqual(['layer', 'head', ...headMetricNames]);
      expect(rows).toHaveLength(72);
      // One sentence has no other.
      expect(rows.every((row) => row[2 + headMetricNames.indexOf('crossSentence')] === '')).toBe(true);
      const shown = /previous token ([\d.]+)/.exec(await page.getByRole('gridcell', { name: /: previous token/ }).first().getAttribute('aria-label') ?? '')![1]!;
      expect(rows.map((row) => Number(row[2]).toFixed(2))).toContain(shown);
    });
  });

  describe('on the clipboard', () => {
    it('are what is saved as PNG', async () => {
      const page = await open();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const svg = await saved(page, 'Save as', 'SVG picture');
      await page.getByRole('button', { name: 'Copy picture', exact: true }).click();
      await page.getByText('Picture copied.').waitFor();
      const [width, height] = ['width', 'height'].map((side) => 2 * Number(new RegExp(`${side}="(\\d+)"`).exec(svg.text!)![1]));
      expect(await copiedSize(page)).toEqual([width, height]);
    });

    it('can be the difference of two maps', async () => {
      const page = await open();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Compare…' }).click();
      await page.getByRole('button', { name: 'Copy picture of the difference' }).click();
      await page.locator('headlight-attention-compare').getByText('Picture copied.').waitFor();
      expect((await copiedSize(page))[0]).toBeGreaterThan(400);
    });

    it.each([
      ['refuses', () => { navigator.clipboard.write = () => Promise.reject(new DOMException('Document is not focused.', 'NotAllowedError')); }],
      ['takes no pictures', () => { Object.assign(window, { ClipboardItem: undefined }); }],
      ['is not there', () => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); }],
    ] as const)('a clipboard that %s is named, with what to do', async (_name, spoil) => {
      const page = await open();
      await page.evaluate(spoil);
      await page.getByRole('button', { name: 'Copy picture', exact: true }).click();
      await page.getByText('The clipboard was refused. Click into the panel and try again, or save the picture as PNG.').waitFor();
      expect(await page.locator('[data-side="query"]').count()).toBeGreaterThan(5);
    });
  });
});
