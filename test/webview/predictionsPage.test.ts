import type * as Axe from 'axe-core';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { out, root } from '../../scripts/steps/paths.mjs';
import type { Predictions } from '../../src/lenses/predictions/contract';
import { predictionsPage } from '../../src/standalone/predictionsPage';
import { answer } from './harness/fakeModel';
import { chromium } from './harness/page';
import { savedPages } from './harness/savedPage';

const present = existsSync(chromium);
if (!present) console.warn(`Skipped: pages are tested in ${chromium}, which is not installed (apt-get install chromium).`);

const text = 'The cow jumped </style><script>alert(1)</script><img src=x onerror=alert(2)> over the [MASK].';

describe.skipIf(!present)('the page of predictions', () => {
  const { open, write } = savedPages({ viewport: { width: 900, height: 1000 }, own: /^file:/ });
  beforeAll(() => {
    const predictions = answer('predictions/predict', { text, top: 8, maskTokens: [2], candidates: ['treehouse'] }) as Predictions;
    write('page.html', predictionsPage({ answer: predictions, text, temperature: 0.7, label: 'lesson.md:3', made: new Date() }));
  });

  it('shows text, masks, bars and settings offline, and runs nothing', async () => {
    const page = await open();
    expect(await page.locator('.source').innerText()).toBe(text.replace('cow', '1▁▁▁').replace('[MASK]', '2▁▁▁'));
    expect(await page.locator('section').count()).toBe(2);
    expect(await page.getByRole('row', { name: /moon/ }).first().innerText()).toMatch(/1\s+moon\s+41\.2/);
    const bars = await page.locator('rect').evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(bars).toHaveLength(16);
    expect(bars[0]).toBeGreaterThan(200);
    expect(bars[1]! / bars[0]!).toBeCloseTo(0.62, 2);
    expect(await page.getByText('stood here').count()).toBe(1);
    expect(await page.locator('dd').allInnerTexts()).toEqual(expect.arrayContaining(['lesson.md:3', '0.7']));
    expect(await page.locator('img, script').count()).toBe(0);
  });

  it.each([
    ['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['forced-colors', { forcedColors: 'active' }], ['narrow', { viewport: { width: 320, height: 800 } }],
  ] as const)('%s: readable, and nothing beside the page', async (name, options) => {
    const page = await open({ ...options, bypassCSP: true });
    await page.evaluate(readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof Axe };
      return (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.failureSummary ?? ''}`);
    });
    expect(violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `predictions-page-${name}.png`), fullPage: true });
  });

  it('is printed dark on white, whatever the screen is', async () => {
    const page = await open({ colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colors = await page.evaluate(() => ({ page: getComputedStyle(document.body).backgroundColor, text: getComputedStyle(document.body).color }));
    expect(colors).toEqual({ page: 'rgb(255, 255, 255)', text: 'rgb(0, 0, 0)' });
  });
});
