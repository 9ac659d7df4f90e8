import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { mostHues } from '../../src/picture/hues';
import { keptOfParts, shownEdges, strongestEdges } from '../../webview/lenses/attention/edges';
import { headView } from '../../webview/lenses/attention/headView';
import { labelPlaces } from '../../webview/lenses/attention/partLabels';
import { received } from '../../webview/lenses/attention/runningText';
import { colorsOf, mostHeads, partViews, strongestPart, togetherView, toggled } from '../../webview/lenses/attention/severalHeads';
import { tokensOf, weightsOf } from './harness/fakeModel';
import { panelTests } from './harness/panelTests';
import { attentionOf, cow } from './harness/subjects';
import type { themeNames } from './harness/themes';

const panels = panelTests();

const all = { hideSpecial: false, pairs: 'all' } as const;
const tokens = tokensOf('cow ran');
const one = Float32Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0));
const other = new Float32Array(16).fill(0.25);
const together = togetherView([
  { map: { kind: 'head', layer: 3, head: 1 }, view: headView(one, tokens, all) },
  { map: { kind: 'head', layer: 0, head: 2 }, view: headView(other, tokens, all) },
]);

describe('heads drawn together', () => {
  it('keep their own weights beside the largest of them', () => {
    expect(Array.from(together.weights.subarray(0, 4))).toEqual([1, 0.25, 0.25, 0.25]);
    expect(together.max).toBe(1);
    expect(together.parts!.map(({ layer, head }) => [layer, head])).toEqual([[3, 1], [0, 2]]);
    expect(partViews(together).map(({ weights }) => weights[1])).toEqual([0, 0.25]);
    expect(strongestPart(together.parts!, 0)).toBe(0);
    expect(strongestPart(together.parts!, 1)).toBe(1);
    expect(Array.from(received(together))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('are a plain map where there is one', () => {
    const single = togetherView([{ map: { kind: 'head', layer: 3, head: 1 }, view: headView(one, tokens, all) }]);
    expect(single.parts).toBeUndefined();
    expect(partViews(single)).toEqual([single]);
  });

  it('share out edges by head: each row of each head keeps its share', () => {
    const kept = keptOfParts(together, 0.5);
    const edges = shownEdges(together, kept, { side: 'query', at: 1 });
    expect(edges.filter(({ part }) => part === 0)).toEqual([{ query: 1, key: 1, weight: 1, part: 0 }]);
    expect(edges.filter(({ part }) => part === 1)).toHaveLength(2);
    expect(edges.at(-1)!.weight).toBe(1);
    expect(shownEdges(together, keptOfParts(together, 1), null)).toHaveLength(4 + 16);
    expect(strongestEdges(together, 5).map(({ part }) => part)).toEqual([0, 0, 0, 0, 1]);
  });

  it('are added and taken out, never all, never too many', () => {
    const first = { layer: 0, head: 0 };
    expect(toggled([first], first)).toEqual([first]);
    expect(toggled([first], { layer: 1, head: 2 })).toEqual([first, { layer: 1, head: 2 }]);
    expect(toggled([first, { layer: 1, head: 2 }], first)).toEqual([{ layer: 1, head: 2 }]);
    const many = Array.from({ length: mostHeads }, (_, head) => ({ layer: 2, head }));
    expect(toggled(many, first)).toHaveLength(mostHeads);
    expect(toggled(many, first).at(-1)).toEqual(first);
  });

  it('have hues of their own up to eight, and one beyond', () => {
    const theme = { dark: true, data: '#3794ff' };
    expect(new Set(colorsOf(mostHues, theme)).size).toBe(8);
    expect(new Set(colorsOf(mostHues + 1, theme))).toEqual(new Set(['#3794ff']));
    expect(colorsOf(1, theme)).toEqual(['#3794ff']);
  });

  it('are named once each, on the strongest edge with room', () => {
    const places = [{ part: 0, x: 50, y: 10 }, { part: 1, x: 50, y: 60 }, { part: 1, x: 50, y: 101 }, { part: 0, x: 50, y: 100 }];
    expect(labelPlaces(places, 10)).toEqual([places[3], places[1]]);
    expect(labelPlaces([{ part: 1, x: 50, y: 101 }, { part: 0, x: 50, y: 100 }], 10)).toHaveLength(1);
  });
});

panels.describe('several heads in the panel', () => {
  async function open(theme: (typeof themeNames)[number] = 'dark'): Promise<Page> {
    const page = await panels.open({ subject: attentionOf(), theme });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    return page;
  }
  const cell = (page: Page, layer: number, head: number) => page.locator(`[data-layer="${layer}"][data-head="${head}"]`);
  /** The colours of a canvas, each by how many opaque pixels are near to it. */
  const coloured = (page: Page, selector: string, color: string): Promise<number> =>
    page.locator(selector).evaluate((canvas: HTMLCanvasElement, wanted) => {
      const pen = canvas.getContext('2d')!;
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16)) as [number, number, number];
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        const near = Math.abs(data[at]! - r) + Math.abs(data[at + 1]! - g) + Math.abs(data[at + 2]! - b) < 40;
        if (data[at + 3]! > 100 && near) count++;
      }
      return count;
    }, color);

  it('are chosen by a visible box and by Shift, drawn in their hues and read out one by one', async () => {
    const page = await open();
    await page.getByRole('checkbox', { name: 'Draw several heads together' }).click();
    await page.getByText('Choose more heads in the grid.').waitFor();
    await cell(page, 3, 1).click();
    await page.getByRole('heading', { name: '2 heads together' }).waitFor();
    expect(await page.locator('[role="gridcell"][aria-selected="true"]').count()).toBe(2);
    await expect.poll(() => coloured(page, 'headlight-head-lines canvas', '#e69f00')).toBeGreaterThan(50);
    await expect.poll(() => coloured(page, 'headlight-head-lines canvas', '#56b4e9')).toBeGreaterThan(50);
    await page.locator('[data-side="query"]', { hasText: 'jumped' }).click();
    await page.locator('[data-side="key"]', { hasText: 'moon' }).hover();
    const own = tokensOf(cow);
    const at = 12 * own.length + own.findIndex(({ text }) => text === 'moon');
    const read = await page.locator('[data-readout] li').allTextContents();
    for (const [layer, head] of [[5, 0], [3, 1]] as const) {
      const line = read.find((text) => text.includes(`layer ${layer}, head ${head}`));
      expect(line).toContain(weightsOf(own, layer, head)[at]!.toFixed(4));
    }
    await page.getByRole('button', { name: 'Take out layer 5, head 0' }).click();
    await page.getByRole('heading', { name: 'Layer 3, head 1' }).waitFor();
    await page.getByRole('button', { name: 'One head alone' }).click();
    await cell(page, 3, 1).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Enter');
    await page.getByRole('heading', { name: '2 heads together' }).waitFor();
    expect(await page.getByRole('checkbox', { name: 'Draw several heads together' }).isChecked()).toBe(true);
  });

  it('share one colour beyond eight, and say so', async () => {
    const page = await open('light');
    for (let head = 1; head <= 8; head++) await cell(page, 1, head).click({ modifiers: ['Shift'] });
    await page.getByRole('heading', { name: '9 heads together' }).waitFor();
    await page.getByText('More than 8 heads share one colour').waitFor();
    expect(await coloured(page, 'headlight-head-lines canvas', '#b87700')).toBe(0);
  });

  it('stand in matrix, text and table too', async () => {
    const page = await open();
    await cell(page, 3, 1).click({ modifiers: ['Shift'] });
    await page.getByRole('radio', { name: 'Matrix', exact: true }).click();
    await expect.poll(() => coloured(page, 'headlight-head-matrix canvas', '#56b4e9')).toBeGreaterThan(20);
    await page.getByRole('radio', { name: 'Text', exact: true }).click();
    await page.locator('headlight-head-text [role="option"]', { hasText: 'jumped' }).click();
    await expect.poll(() => coloured(page, 'headlight-head-text canvas', '#56b4e9')).toBeGreaterThan(5);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('columnheader', { name: 'Head', exact: true }).waitFor();
    expect(new Set(await page.locator('tbody td:nth-child(3)').allTextContents())).toEqual(new Set(['layer 5, head 0', 'layer 3, head 1']));
  });
});
