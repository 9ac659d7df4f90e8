import type * as Axe from 'axe-core';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectAttention, type AskAttention } from '../../src/standalone/collect';
import { standalonePage } from '../../src/standalone/page';
import { encoderInfo } from '../support/encoderInfo';
import { answer, tokensOf, weightsOf } from './harness/fakeModel';
import { chromium } from './harness/page';
import { savedPages } from './harness/savedPage';

const present = existsSync(chromium);
if (!present) console.warn(`Skipped: pages are tested in ${chromium}, which is not installed (apt-get install chromium).`);

const root = join(import.meta.dirname, '../..');
const text = 'The cow jumped </script><img src=x onerror=alert(1)> over it.';

const ask = (async (method, request) => answer(method, request)) as AskAttention;

describe.skipIf(!present)('the page of its own', () => {
  const { open, write } = savedPages({ viewport: { width: 1280, height: 900 }, own: /^(file|data|blob):/ });
  beforeAll(async () => {
    const state = { layer: 2, head: 4, map: 'norms', compare: { kind: 'head', layer: 1, head: 1 }, pinned: { side: 'query', token: 2, kept: true }, text: 'elsewhere' };
    const collected = await collectAttention(ask, { text }, { label: 'lesson.md:3', state });
    write('page.html', await standalonePage(collected, root));
    write('damaged.html', (await standalonePage({ ...collected, weights: collected.weights.slice(0, 4000) }, root)));
    const across = { text: 'The cow jumped over the moon.', part: 'cross', inModel: 'translator' } as const;
    write('across.html', await standalonePage(await collectAttention(ask, across, { label: '', state: { layer: 1, head: 3, part: 'cross', drawing: 'matrix' } }), root));
  });

  const token = (page: Page, side: 'query' | 'key', index: number) => page.locator(`[data-side="${side}"]`).nth(index);

  it('opens offline as the view was left, with the numbers of the model', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'Layer 2, head 4', exact: true }).waitFor();
    await page.getByText(text, { exact: true }).waitFor();
    expect(await page.getByRole('gridcell').count()).toBe(encoderInfo.layers * encoderInfo.heads);
    await page.locator('[data-side="query"].followed').waitFor();
    expect(await page.locator('[data-side="query"].followed .source-text').innerText()).toBe('cow');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const tokens = tokensOf(text);
    const weights = weightsOf(tokens, 2, 4);
    const rows = await page.locator('table').last().locator('tbody tr').allInnerTexts();
    const expected = Array.from(tokens, ({ text: key }, at) => ({ key, weight: weights[2 * tokens.length + at]! })).sort((a, b) => b.weight - a.weight);
    const shown = rows.map((row) => row.split('\t')).filter(([query]) => query === 'cow');
    expect(shown.map(([, key]) => key)).toEqual(expected.map(({ key }) => key));
    shown.forEach(([, , weight], at) => { expect(Number(weight)).toBeCloseTo(expected[at]!.weight, 2); });
  });

  it('draws other heads, averages, rollout and metrics', async () => {
    const page = await open();
    await page.locator('[data-layer="1"][data-head="0"]').click();
    await page.getByRole('heading', { name: 'Layer 1, head 0', exact: true }).waitFor();
    for (const [map, title] of [['Mean of the layer’s heads', /^Layer 1, mean/], ['Mean of all heads', /^Mean of all/], ['Rollout through the layers', /^Rollout/]] as const) {
      await page.getByLabel('Show', { exact: true }).selectOption(map);
      await page.getByRole('heading', { name: title }).waitFor();
    }
    await page.getByLabel('Order').selectOption('by previous token');
    await page.getByText('Clark et al. 2019').waitFor();
    await page.locator('[data-layer="0"][data-head="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Matrix', exact: true }).click();
    await page.locator('headlight-head-matrix canvas').waitFor();
  });

  it('shows what is written and the source apart', async () => {
    const page = await open({}, 'across.html');
    await page.getByRole('heading', { name: 'Layer 1, head 3', exact: true }).waitFor();
    expect(await page.locator('[data-written]').innerText()).toBe('La vaca saltó sobre la luna.');
    expect(await page.getByRole('radiogroup', { name: 'Which attention' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /translation/ }).count()).toBe(0);
    await page.getByRole('radio', { name: 'Lines', exact: true }).click();
    expect(await page.locator('[data-side="query"] .source-text').allInnerTexts()).toEqual(['La', 'vaca', 'saltó', 'sobre', 'la', 'luna', '.', '</s>']);
    expect(await page.locator('[data-side="key"]').count()).toBe(9);
    await page.getByLabel('Show', { exact: true }).selectOption('Mean of the layer’s heads');
    await page.getByRole('heading', { name: /^Layer 1, mean/ }).waitFor();
    await page.getByLabel('Order').selectOption('by entropy');
    await page.getByText('How evenly a token spreads its weight').waitFor();
  });

  it('offers nothing that needs the model', async () => {
    const page = await open();
    await token(page, 'query', 1).waitFor();
    expect(await page.getByRole('button', { name: /Compare|comparison/ }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'The sum, step by step' }).count()).toBe(0);
    expect(await page.locator('headlight-attention-compare').count()).toBe(0);
    expect(await page.getByRole('option', { name: /norm/i, includeHidden: true }).count()).toBe(0);
    expect(await page.getByRole('option', { name: /HTML/, includeHidden: true }).count()).toBe(0);
  });

  it('saves what it shows through the browser', async () => {
    const page = await open();
    await token(page, 'query', 1).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByLabel('Save as').selectOption('CSV numbers');
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('attention-encoder-layer-2-head-4.csv');
    const [header] = readFileSync(await download.path(), 'utf8').split('\n');
    expect(header).toContain('[CLS]');
    await page.getByText('Saved: attention-encoder-layer-2-head-4.csv').waitFor();
  });

  it.each([
    ['light', { colorScheme: 'light' }, 'vscode-light'],
    ['dark', { colorScheme: 'dark' }, 'vscode-dark'],
    ['dark of high contrast', { colorScheme: 'dark', contrast: 'more' }, 'vscode-high-contrast'],
    ['light of high contrast, 320 px wide', { colorScheme: 'light', contrast: 'more', viewport: { width: 320, height: 700 } }, 'vscode-high-contrast-light'],
  ] as const)('%s', async (_name, options, bodyClass) => {
    const page = await open({ ...options, bypassCSP: true });
    await token(page, 'query', 1).waitFor();
    expect(await page.evaluate(() => document.body.className)).toContain(bodyClass);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.addScriptTag({ path: join(root, 'node_modules/axe-core/axe.min.js') });
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof Axe };
      const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] });
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''}`);
    });
    expect(violations).toEqual([]);
  });

  it('says so when the file was cut', async () => {
    const page = await open({}, 'damaged.html');
    await page.getByText(/This file is damaged: .*Save it again from Headlight\./).waitFor();
  });
});
