import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, placeOf, Workbench } from '../support/workbench';

const lesson = lessonFile['lesson.md'];

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

const column = (side: 'query' | 'key'): Locator => panel.locator(`[data-side="${side}"]`);
const token = (side: 'query' | 'key', text: string): Locator =>
  column(side).filter({ has: panel.locator('.source-text').getByText(text, { exact: true }) }).first();
const texts = (side: 'query' | 'key'): Promise<string[]> => column(side).locator('.source-text').allInnerTexts();

test('all layers and heads stand in one grid, and the tokens keep their true text', async () => {
  expect(await panel.getByRole('gridcell').count()).toBe(6 * 12);
  const words = await texts('query');
  expect(words[0]).toBe('[CLS]');
  expect(words.at(-1)).toBe('[SEP]');
  expect(words.slice(1, -1).join('')).toBe(treatSentence.replaceAll(' ', ''));
  expect(await texts('key')).toEqual(words);
  expect(await panel.locator('[data-headline]').innerText()).toMatch(/lesson\.md:\d+ · layer \d+, head \d+/);
  await workbench.screenshot('attention-grid');
});

test('thumbnails are drawn', async () => {
  const colours = await panel.locator('headlight-head-grid canvas').evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  expect(colours).toBeGreaterThan(50);
});

test('a head is opened from its thumbnail and with the arrow keys', async () => {
  await panel.locator('[data-layer="3"][data-head="5"]').click();
  await panel.getByRole('heading', { name: 'Layer 3, head 5' }).waitFor();
  await panel.locator('[data-layer="3"][data-head="5"]').focus();
  await workbench.page.keyboard.press('ArrowRight');
  await workbench.page.keyboard.press('Enter');
  await panel.getByRole('heading', { name: 'Layer 3, head 6' }).waitFor();
});

test('pointing at "it" isolates it, with weights that sum to one', async () => {
  await token('query', 'it').hover();
  await panel.locator('[data-side="query"].followed').waitFor();
  expect(await panel.locator('.followed .source-text').innerText()).toBe('it');
  const weights = (await column('key').locator('.value').allInnerTexts()).map((text) => (text.includes('<') ? 0 : Number(text)));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 1);
  await workbench.screenshot('attention-it');
  await panel.getByRole('heading', { name: 'All heads' }).hover();
  await panel.locator('.followed').waitFor({ state: 'detached' });
});

describe('pinning', () => {
  test('a click keeps a token and selects it in the editor', async () => {
    await token('query', 'Sally').click();
    await panel.getByRole('heading', { name: 'All heads' }).hover();
    expect(await panel.locator('.followed .source-text').innerText()).toBe('Sally');
    const { line, column: at } = placeOf(lesson, 'Sally gave', 0);
    await workbench.selectionStatus.getByText(`Ln ${line}, Col ${at + 5} (5 selected)`).waitFor();
  });

  test('selecting in the editor follows the token in the view', async () => {
    await workbench.select('lesson.md', 'treat', 1);
    await panel.locator('[data-side="query"].followed').filter({ hasText: 'treat' }).waitFor();
    expect(await panel.locator('[data-side="key"].selected .source-text').allInnerTexts()).toEqual(['treat']);
  });

  test('a second click lets it go', async () => {
    await token('query', 'treat').click();
    await panel.getByRole('heading', { name: 'All heads' }).hover();
    await panel.locator('.followed').waitFor({ state: 'detached' });
  });
});

test('special tokens can be hidden, and the view says that weights were renormalised', async () => {
  const box = panel.getByRole('checkbox', { name: 'Hide special tokens' });
  await box.click();
  await panel.getByText(/renormalised without special tokens/).waitFor();
  expect(await texts('query')).not.toContain('[CLS]');
  await token('query', 'it').hover();
  const weights = (await column('key').locator('.value').allInnerTexts()).map((text) => (text.includes('<') ? 0 : Number(text)));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 1);
  await workbench.screenshot('attention-without-special');
  await box.click();
  await token('query', '[CLS]').waitFor();
});

test('the matrix tells the weight under the pointer', async () => {
  await panel.getByRole('radio', { name: 'Matrix' }).click();
  const matrix = panel.locator('headlight-head-matrix .scroll');
  await matrix.scrollIntoViewIfNeeded();
  const box = (await matrix.boundingBox())!;
  await workbench.page.mouse.move(box.x + box.width / 2, box.y + 120);
  await panel.locator('[data-readout]').getByText(/→/).waitFor();
  expect(await panel.locator('[data-readout]').innerText()).toMatch(/\S+ → \S+.*0?\.?\d/s);
  await workbench.screenshot('attention-matrix');
  await panel.getByRole('radio', { name: 'Lines' }).click();
});

test('the numbers are there as a table', async () => {
  await panel.getByRole('button', { name: 'Show as table' }).click();
  const rows = panel.locator('tbody tr');
  await rows.first().waitFor();
  const weights = (await rows.locator('.number').allInnerTexts()).map(Number);
  expect(weights.length).toBeGreaterThan(10);
  expect(weights).toEqual([...weights].sort((a, b) => b - a));
  await panel.getByRole('button', { name: 'Show as table' }).click();
});

test('heads are labelled by what they do, and ordered by it', async () => {
  await panel.getByLabel('Order').selectOption('by first token');
  await panel.getByText('Clark et al. 2019').waitFor();
  const labels = await panel.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('aria-label')!));
  const shares = labels.map((label) => Number(/, first token ([\d.]+)/.exec(label)![1]));
  expect(shares).toHaveLength(72);
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(labels[0]).toMatch(/: first token 0\.\d\d/);
  await workbench.screenshot('attention-ordered');
  await panel.getByLabel('Order').selectOption('by layer');
});

test('the sum goes from query to output in the numbers of the run', async () => {
  await panel.locator('[data-layer="2"][data-head="5"]').click();
  await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
  await token('query', 'it').click();
  const beside = (await column('key').locator('.value').allInnerTexts()).map((text) => (text.includes('<') ? 0 : Number(text)));
  await panel.getByRole('button', { name: 'Show', exact: true }).click();
  await panel.getByText('it, layer 2, head 5').waitFor();
  await panel.getByRole('button', { name: '6', exact: true }).click();
  const rows = panel.locator('headlight-attention-sum table').first().locator('tbody tr');
  const weights = (await rows.locator('td.number').last().evaluate((cell) => {
    const numbers = cell.closest('tbody')!.querySelectorAll('tr td:last-child');
    return Array.from(numbers, (number) => number.textContent.trim());
  })).map((text) => (text.includes('<') ? 0 : Number(text)));
  expect(weights).toEqual(beside);
  await workbench.screenshot('attention-sum');
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  await token('query', 'it').click();
});

test('the map is saved where the reader says', async () => {
  await panel.locator('[data-layer="2"][data-head="5"]').click();
  await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
  await panel.getByLabel('Save as').selectOption('SVG picture');
  const name = 'attention-encoder-layer-2-head-5.svg';
  const input = workbench.page.locator('.quick-input-widget input.input');
  await workbench.until('the save dialog', async () => ((await input.inputValue().catch(() => '')).endsWith(name) ? true : null));
  await workbench.page.keyboard.press('Enter');
  await panel.getByText(`Saved: ${name}`).waitFor();
  expect(readFileSync(join(workbench.server.folder, name), 'utf8')).toMatch(/^<\?xml[^]*Layer 2, head 5[^]*>moon</);
});

test('all heads are saved as a page that any browser opens', async () => {
  await panel.getByLabel('Save as').selectOption('HTML page, interactive');
  const name = /attention-encoder-lesson\.md-\d+\.html$/;
  const input = workbench.page.locator('.quick-input-widget input.input');
  const path = await workbench.until('the save dialog', async () => name.exec(await input.inputValue().catch(() => '')));
  await workbench.page.keyboard.press('Enter');
  await panel.getByText(`Saved: ${path[0]}`).waitFor();
  const context = await workbench.page.context().browser()!.newContext({ offline: true });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(workbench.server.folder, path[0])).href);
    await page.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
    expect(await page.locator('[data-side="query"] .source-text').allInnerTexts()).toEqual(await texts('query'));
    await page.screenshot({ path: join(out, 'screenshots', 'attention-page.png'), fullPage: true });
  } finally {
    await context.close();
  }
});

describe('a sentence pair', () => {
  const pair = 'The cow jumped over the moon.\n- The dish ran away';
  beforeAll(async () => {
    await workbench.selectLines(placeOf(lesson, pair, 0), 2);
    await workbench.command('Headlight: Show Attention');
    await panel.getByRole('radiogroup', { name: 'Sentence pair' }).waitFor();
  });

  test('two selections are read as a pair', async () => {
    // The view before stays until the answer is there.
    await token('query', 'dish').waitFor();
    const words = await texts('query');
    expect(words.filter((word) => word === '[SEP]')).toHaveLength(2);
    expect(words).toContain('cow');
    await workbench.screenshot('attention-pair');
  });

  test.each([
    ['A→A', 'cow', 'cow'],
    ['A→B', 'cow', 'dish'],
    ['B→A', 'dish', 'cow'],
    ['B→B', 'dish', 'dish'],
  ])('%s shows its part', async (filter, query, key) => {
    await panel.getByRole('radio', { name: filter, exact: true }).click();
    await token('query', query).waitFor();
    await token('key', key).waitFor();
    const other = (word: string): string => (word === 'cow' ? 'dish' : 'cow');
    expect(await texts('query')).not.toContain(other(query));
    expect(await texts('key')).not.toContain(other(key));
  });
});

test('the view comes back as it was after the panel was hidden and the page reloaded', async () => {
  await panel.getByRole('radio', { name: 'All', exact: true }).click();
  await panel.locator('[data-layer="2"][data-head="7"]').click();
  await panel.getByRole('heading', { name: 'Layer 2, head 7' }).waitFor();
  await workbench.command('View: Toggle Secondary Side Bar Visibility');
  await panel.locator('headlight-app').waitFor({ state: 'hidden' }).catch(() => undefined);
  await workbench.command('View: Toggle Secondary Side Bar Visibility');
  panel = await workbench.panel();
  await panel.getByRole('heading', { name: 'Layer 2, head 7' }).waitFor();
  await workbench.reload();
  panel = await workbench.panel();
  await panel.getByRole('heading', { name: 'Layer 2, head 7' }).waitFor();
  await token('query', 'dish').waitFor();
});

test('the context menu shows attention too', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'Clouds hid the moon');
  await workbench.contextMenu('Show Attention');
  panel = await workbench.panel();
  await token('query', 'Clouds').waitFor();
});
