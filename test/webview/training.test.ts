import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { SavedFile } from '../../src/panel/contract';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { trainingOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();

const calls = (page: Page, method: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => window.harness.calls.filter((call) => call.method === wanted).map(({ request }) => request as Record<string, unknown>), method);
const heard = (page: Page, wanted: string): Promise<unknown[]> =>
  page.evaluate((name) => window.harness.heard.filter((one) => one.name === name).map(({ value }) => value), wanted);
const figures = (page: Page): Locator => page.locator('[data-figures]');
const wrong = (page: Page): Locator => page.getByRole('region', { name: 'Wrong examples' });

panels.describe('training', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: trainingOf('a'), ...options });
    await figures(page).waitFor();
    return page;
  }

  it('begins at once when the command says so, once, and keeps what came of it', async () => {
    const page = await open();
    expect(await calls(page, 'panel/train')).toEqual([{ pooling: 'mean', layer: -1, seed: 1 }]);
    expect((await figures(page).innerText()).replace(/\s+/g, ' ')).toMatch(/On 120 held-out examples.* 82\.5 % accuracy 95 % confidence: 74\.6 % to 88\.3 % 33\.3 % always “negative”.*0\.823 macro-F1.*Trained on 480 examples, each label in proportion, seed 1; nothing was trained or chosen on those held out\. Penalty C.=.0\.01, chosen by 5-fold cross-validation/);
    expect(await page.locator('[data-headline]').innerText()).toBe('reviews.tsv · last layer · Mean · encoder · cpu');
    await page.reload();
    await figures(page).waitFor();
    expect(await calls(page, 'panel/train')).toEqual([]);
  });

  it('opened without the command waits for the reader, who says how', async () => {
    const page = await panels.open({ subject: trainingOf() });
    await page.getByText(/one linear layer learns to tell the labels apart/).waitFor();
    expect(await calls(page, 'panel/train')).toEqual([]);
    await page.getByRole('radio', { name: '[CLS]' }).click();
    await page.getByRole('combobox', { name: 'Hidden state' }).selectOption('Layer 2');
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
    await page.getByRole('button', { name: 'Train' }).click();
    await figures(page).waitFor();
    expect(await calls(page, 'panel/train')).toEqual([{ pooling: 'cls', layer: 3, seed: 7 }]);
    expect(await page.locator('[data-headline]').innerText()).toBe('reviews.tsv · Layer 2 · [CLS] · encoder · cpu');
  });

  it('draws the loss while it is fitted, and stops when told to; what was trained before stays', async () => {
    const page = await panels.open({ subject: trainingOf() });
    await page.evaluate(() => { window.harness.trainingStep = 60; });
    await page.getByRole('button', { name: 'Train' }).click();
    await page.locator('[data-progress]').getByText('Reading the examples 80 of 120').waitFor();
    const seen = new Set<string>();
    await expect.poll(async () => seen.add((await page.locator('[data-loss]').getAttribute('data-loss'))!).size, { timeout: 10_000 }).toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped before there was an answer.').waitFor();
    await page.evaluate(() => { window.harness.trainingStep = 0; });
    await page.getByRole('button', { name: 'Retry' }).click();
    await figures(page).waitFor();
    expect(await page.locator('[data-loss]').getAttribute('data-loss')).toBe('30');
    await page.evaluate(() => {
      window.harness.fail = 'All 5 examples of reviews.tsv have the label “a”. A classifier tells labels apart: add examples of another.';
      window.harness.failCode = 'data-unusable';
      window.harness.failOf = 'panel/train';
    });
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.getByText(/add examples of another/).waitFor();
    await page.getByText(/nothing that was trained before is lost/).waitFor();
    expect(await figures(page).isVisible()).toBe(true);
  });

  it('walks the matrix by keys, reads it out, and lists the examples of a cell', async () => {
    const page = await open();
    const readout = page.locator('headlight-confusion [data-readout]');
    await page.locator('[data-cell="0-0"]').focus();
    await expect.poll(() => readout.innerText()).toMatch(/^34 of 40 of “negative” \(85\.0.%\) are told right$/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout.innerText()).toMatch(/^4 of 40 of “negative” \(10\.0.%\) are said to be “<b>neutral<\/b>/);
    expect(await wrong(page).getByRole('listitem').count()).toBe(10);
    await page.keyboard.press('Enter');
    await expect.poll(() => wrong(page).getByRole('heading').innerText()).toMatch(/“negative” said to be “<b>neutral/);
    const some = await wrong(page).locator('[data-line]').count();
    expect(some).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await wrong(page).getByRole('button', { name: 'Show all 21' }).click();
    expect(await wrong(page).locator('[data-line]').count()).toBe(21);
    expect(some).toBeLessThan(21);
  });

  it('goes to the line of a wrong example, whose text is text', async () => {
    const page = await open();
    const first = wrong(page).locator('[data-line]').first();
    expect(await first.innerText()).toContain('<img src=x onerror=');
    await first.click();
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 1000, end: 1040 }]);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('has tables in place of curves, and a layer of the curve can be chosen', async () => {
    const page = await open();
    await page.locator('headlight-layer-chart canvas').waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const learning = await page.locator('[data-learning] tbody tr').allInnerTexts();
    expect(learning).toHaveLength(8);
    expect(learning.at(-1)!.split(/\s+/).join(' ')).toBe('480 82.5 % 82.5 % 82.5 % 1');
    expect((await page.locator('[data-states] tbody tr').first().innerText()).replace(/\s+/g, ' ')).toBe('Embeddings 33.3 % 60.0 %');
  });

  it('makes a model of it, which can be used', async () => {
    const page = await open();
    expect(await page.getByRole('button', { name: 'Use it' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Save as a model…' }).click();
    await page.getByText('Saved: reviews-classifier').waitFor();
    const [saved] = await calls(page, 'panel/saveClassifier');
    expect((saved as { classifier: { head: unknown } }).classifier.head).toEqual({ weights: [1, 2, 3], bias: [0, 0, 0] });
    await page.getByRole('button', { name: 'Use it' }).click();
    await expect.poll(() => heard(page, 'panel/useModel')).toEqual([{ id: '/models/reviews-classifier' }]);
    await page.evaluate(() => {
      window.harness.fail = 'The model could not be saved: the disk is full. Make room; what was trained is kept.';
      window.harness.failOf = 'panel/saveClassifier';
    });
    await page.getByRole('button', { name: 'Save as a model…' }).click();
    await page.getByText(/the disk is full/).waitFor();
    expect(await figures(page).isVisible()).toBe(true);
  });

  it('gives its numbers away as files', async () => {
    const page = await open();
    const file = async (): Promise<SavedFile> => (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    await page.getByRole('combobox', { name: 'Save as' }).selectOption('JSON numbers');
    await page.getByText('Saved: papers/training-reviews-tsv.json').waitFor();
    const json = JSON.parse((await file()).text!) as Record<string, unknown>;
    expect(json).toMatchObject({ labels: ['negative', '<b>neutral</b>\u202e', 'positive'], seed: 1 });
    expect(json).not.toHaveProperty('head');
    await page.getByRole('combobox', { name: 'Save as' }).selectOption('CSV of wrong examples');
    await page.getByText('Saved: papers/training-reviews-tsv.csv').waitFor();
    expect((await file()).text!.split('\r\n')[2]).toBe('17,<b>neutral</b>\u202e,0.025,negative,0.935,"Not what I had hoped for, but number 1 of these was quite all right in the end."');
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 340], [theme, 1.25, 1000]] as const))('is readable and accessible in %s at zoom %d and width %d', async (theme, zoom, width) => {
    const page = await panels.open({ subject: trainingOf(), theme, zoom, width });
    if (width === 340) await page.evaluate(() => { window.harness.manyLabels = true; });
    await page.getByRole('button', { name: 'Train' }).click();
    await figures(page).waitFor();
    const check = async (state: string): Promise<void> => {
      expect([state, await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)]).toEqual([state, true]);
      expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
      mkdirSync(join(out, 'screenshots'), { recursive: true });
      await page.screenshot({ path: join(out, 'screenshots', `training-${state}-${theme}-${zoom}-${width}.png`), fullPage: true });
    };
    await check('drawing');
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByText('3 lines left out').click();
    await check('table');
  });
});
