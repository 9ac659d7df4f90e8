import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { tokensOf, weightsOf } from './harness/fakeModel';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { attentionOf, hostile } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();

const music = 'He put the sheet of notes on the music stand.';
const noise = 'I cannot stand the noise of the traffic.';

/** The panel with the comparison open. */
async function compared(options: Partial<PageOptions> = {}): Promise<Page> {
  const page = await panels.open({ subject: attentionOf(music), ...options });
  await page.getByRole('button', { name: 'Compare…' }).click();
  await matrix(page, 'difference').waitFor();
  return page;
}

const card = (page: Page): Locator => page.locator('headlight-attention-compare');
const matrix = (page: Page, side: 'a' | 'b' | 'difference'): Locator => card(page).locator(`headlight-head-matrix[data-side="${side}"] .scroll`);
const readout = (page: Page): Locator => card(page).locator('[data-readout]');
const choose = (page: Page, name: 'Head' | 'Text' | 'Model'): Promise<void> => card(page).getByRole('radio', { name, exact: true }).click();

async function otherText(page: Page, text = noise): Promise<void> {
  await choose(page, 'Text');
  await card(page).getByLabel('Other text').fill(text);
  await page.keyboard.press('Enter');
}

/** Colour of a matrix's cell at its edge, where no mark is drawn. */
const colourOf = (page: Page, side: 'a' | 'b' | 'difference', row: number, column: number, size: number): Promise<number[]> =>
  matrix(page, side).locator('canvas').evaluate((canvas: HTMLCanvasElement, at) => {
    const label = canvas.closest('.scroll')!.firstElementChild!;
    const [width, height] = [label.clientWidth, label.clientHeight];
    // All cells are squares at the lower right.
    const cell = [...Array(60).keys()].find((side) => width - at.size * side < 90 && height - at.size * side < 90 && side > 12)!;
    const [x, y] = [width - (at.size - at.column) * cell + 2, height - (at.size - at.row) * cell + 2];
    return [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data];
  }, { row, column, size });

panels.describe('comparing', () => {
  it('opens beside the shown head and closes again, from both of its buttons', async () => {
    const page = await compared();
    await card(page).getByRole('heading', { name: 'A: Layer 5, head 0' }).waitFor();
    await card(page).getByRole('heading', { name: 'B: Layer 4, head 0' }).waitFor();
    await card(page).getByRole('button', { name: 'Close comparison' }).click();
    await card(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Compare…' }).click();
    await page.locator('section[aria-label="One head"]').getByRole('button', { name: 'Close comparison' }).click();
    await card(page).waitFor({ state: 'detached' });
  });

  it('follows the head that is opened, and another layer and head of B', async () => {
    const page = await compared();
    await card(page).getByLabel('Layer of B').selectOption('2');
    await card(page).getByLabel('Head of B').selectOption('7');
    await card(page).getByRole('heading', { name: 'B: Layer 2, head 7' }).waitFor();
    await page.getByRole('button', { name: 'Next head' }).click();
    await card(page).getByRole('heading', { name: 'A: Layer 5, head 1' }).waitFor();
    expect((await calls(page, 'attention/textMap')).at(-1)).toMatchObject({ text: music, map: { kind: 'head', layer: 2, head: 7 } });
  });

  it('tells both weights and their difference for the cell that the keys reach, in numbers of the maps', async () => {
    const page = await compared();
    await matrix(page, 'difference').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    const tokens = tokensOf(music);
    const at = 1 * tokens.length + 1;
    const [a, b] = [weightsOf(tokens, 5, 0)[at]!, weightsOf(tokens, 4, 0)[at]!];
    const difference = `${b < a ? '−' : '+'}${Math.abs(b - a).toFixed(4)}`;
    await expect.poll(async () => (await readout(page).innerText()).replace(/\s+/g, ' ')).toBe(`He → He · A ${a.toFixed(4)} · B ${b.toFixed(4)} · B − A ${difference}`);
  });

  it('paints more in B in another hue than less, and nothing where both are the same', async () => {
    const page = await compared();
    const tokens = tokensOf(music);
    const [a, b] = [weightsOf(tokens, 5, 0), weightsOf(tokens, 4, 0)];
    const differences = Array.from(a, (weight, at) => b[at]! - weight);
    const [most, least] = [Math.max(...differences), Math.min(...differences)].map((value) => differences.indexOf(value)) as [number, number];
    const colour = (at: number): Promise<number[]> => colourOf(page, 'difference', Math.floor(at / tokens.length), at % tokens.length, tokens.length);
    const [red, , blue] = await colour(most);
    expect(blue! - red!).toBeGreaterThan(40);
    const [redder, , lessBlue] = await colour(least);
    expect(redder! - lessBlue!).toBeGreaterThan(40);
    await card(page).getByLabel('Layer of B').selectOption('5');
    await card(page).getByRole('heading', { name: 'B: Layer 5, head 0' }).waitFor();
    await expect.poll(() => colour(most)).toEqual(await colour(least));
    await card(page).getByRole('button', { name: 'Show as table' }).click();
    await card(page).getByText('No weight differs.').waitFor();
  });

  it('lists the differences as a table, the largest first', async () => {
    const page = await compared();
    await card(page).getByRole('button', { name: 'Show as table' }).click();
    const numbers = await card(page).locator('[data-differences] tbody td:last-child').allInnerTexts();
    expect(numbers).toHaveLength(40);
    const sizes = numbers.map((text) => Math.abs(Number(text.replace('−', '-'))));
    expect(sizes).toEqual([...sizes].sort((x, y) => y - x));
  });

  it('saves the difference as a picture and as numbers, named by what it is of', async () => {
    const page = await compared();
    const saved = async (label: string): Promise<{ name: string; text?: string; base64?: string }> => {
      const before = (await calls(page, 'panel/save')).length;
      await card(page).getByLabel('Save difference as').selectOption({ label });
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as { name: string; text?: string; base64?: string };
    };
    const tokens = tokensOf(music);
    const [a, b] = [weightsOf(tokens, 5, 0), weightsOf(tokens, 4, 0)];
    const json = await saved('JSON numbers');
    expect(json.name).toBe('difference-encoder-layer-4-head-0-encoder-layer-5-head-0.json');
    const { queries, difference } = JSON.parse(json.text!) as { queries: string[]; difference: number[][] };
    expect(queries).toEqual(tokens.map(({ text }) => text));
    difference.flat().forEach((value, at) => { expect(value).toBeCloseTo(b[at]! - a[at]!, 6); });
    const svg = (await saved('SVG picture')).text!;
    expect(svg.match(/<rect/g)).toHaveLength(tokens.length ** 2 + 1);
    expect((await saved('PNG picture')).base64).toMatch(/^iVBORw0KGgo/);
    await card(page).getByText('Saved: papers/difference-encoder').waitFor();
  });

  it('compares with a text that is typed, over the words that both have', async () => {
    const page = await compared();
    await otherText(page);
    await card(page).getByText('are left out: they have no counterpart').waitFor();
    expect((await calls(page, 'attention/textMap')).at(-1)).toMatchObject({ text: noise, map: { kind: 'head', layer: 5, head: 0 } });
    await card(page).getByRole('button', { name: 'Show as table' }).click();
    const words = new Set(await card(page).locator('[data-differences] tbody td:first-child').allInnerTexts());
    expect(words).toEqual(new Set(['[CLS]', 'stand', '.', '[SEP]']));
  });

  it('says so where nothing is shared', async () => {
    const page = await compared();
    await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    await otherText(page, 'Moon hides cloud');
    await card(page).locator('[data-unaligned]').waitFor();
    await card(page).getByText('share no word').waitFor();
    expect(await card(page).locator('headlight-head-matrix').count()).toBe(2);
  });

  it('takes the editor’s selection with its word, and tells that word layer by layer and head by head', async () => {
    const page = await compared();
    await choose(page, 'Text');
    await card(page).getByRole('button', { name: /Use the editor.s selection/ }).click();
    await card(page).locator('headlight-layer-chart canvas').waitFor();
    await card(page).getByText('they are least alike after layer 4').waitFor();
    const at = (text: string) => ({ start: text.indexOf('stand'), end: text.indexOf('stand') + 5 });
    expect((await calls(page, 'attention/compareWords')).at(-1)).toMatchObject({ text: music, word: at(music), other: { text: noise, word: at(noise) } });
    expect(await card(page).locator('[data-heads] tbody tr').count()).toBe(10);
    const distances = (await card(page).locator('[data-heads] tbody .number:last-child').allInnerTexts()).map(Number).filter((value) => !Number.isNaN(value));
    expect(distances).toEqual([...distances].sort((x, y) => y - x));
    await card(page).getByRole('button', { name: 'Show as table' }).click();
    expect(await card(page).locator('[data-cosines] td').allInnerTexts()).toEqual(['0.98', '0.90', '0.84', '0.77', '0.61', '0.55', '0.59']);
  });

  it('opens a head that differs in both texts', async () => {
    const page = await compared();
    await otherText(page);
    const first = card(page).locator('[data-heads] button').first();
    const name = await first.innerText();
    await first.click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await card(page).getByRole('heading', { name: `A: ${name}` }).waitFor();
    await card(page).getByRole('heading', { name: `B: ${name}` }).waitFor();
  });

  it('follows another shared word, by the list or by the token that is kept', async () => {
    const page = await compared();
    await otherText(page);
    await card(page).getByLabel('Word', { exact: true }).selectOption('the');
    await card(page).getByRole('heading', { name: '“the” in both texts' }).waitFor();
    await page.locator('[data-side="query"]', { hasText: 'stand' }).first().click();
    await card(page).getByRole('heading', { name: '“stand” in both texts' }).waitFor();
  });

  it('compares with another model over what both read, and only with listed ones', async () => {
    const page = await compared();
    await choose(page, 'Model');
    await card(page).getByLabel('Other model').selectOption({ label: 'small · RobertaForMaskedLM' });
    await card(page).getByText('Small model').waitFor();
    await card(page).getByText('Pieces of a word are taken together.').waitFor();
    expect((await calls(page, 'attention/textMap')).at(-1)).toMatchObject({ text: music, inModel: 'small', map: { layer: 1, head: 0 } });
    expect(await card(page).getByLabel('Head of B').locator('option').count()).toBe(4);
  });

  it('says plainly that a model has no attention, and goes on', async () => {
    const page = await compared();
    await choose(page, 'Model');
    await card(page).getByLabel('Other model').selectOption({ label: 'static · Word2Vec' });
    await card(page).getByText('no layers and so no attention').waitFor();
    await choose(page, 'Head');
    await card(page).getByRole('heading', { name: 'B: Layer 4, head 0' }).waitFor();
    expect(await card(page).getByText('no layers').count()).toBe(0);
  });

  it('keeps its last answer when a call fails, and offers a retry', async () => {
    const page = await compared();
    await page.evaluate(() => { window.harness.fail = 'The engine stopped.'; });
    await card(page).getByLabel('Layer of B').selectOption('1');
    await card(page).getByText('The engine stopped.').waitFor();
    expect(await matrix(page, 'b').count()).toBe(1);
    await page.evaluate(() => { window.harness.fail = null; });
    await card(page).getByRole('button', { name: 'Retry' }).click();
    await card(page).getByRole('heading', { name: 'B: Layer 1, head 0' }).waitFor();
  });

  it('survives a reload of the page', async () => {
    const page = await compared();
    await otherText(page);
    await card(page).locator('[data-heads]').waitFor();
    await page.reload();
    await card(page).locator('[data-heads]').waitFor();
    expect(await card(page).getByLabel('Other text').inputValue()).toBe(noise);
  });

  it('shows hostile text as text', async () => {
    const page = await compared({ subject: attentionOf(hostile) });
    await otherText(page, `stand ${hostile}`);
    await card(page).locator('[data-heads]').waitFor();
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  });

  it.each(themeNames)('stays within a panel of 300 px, without serious violations: %s', async (theme) => {
    const page = await compared({ theme, width: 300 });
    await otherText(page);
    await card(page).locator('[data-heads]').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
    expect(await panels.seriousViolations(page)).toEqual([]);
  });
});
