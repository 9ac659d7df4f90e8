import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Switches } from '../../src/lenses/whatIf/contract';
import type { Subject } from '../../src/panel/contract';
import { changedWords } from '../../webview/whatIf/changedWords';
import { agreement } from '../../webview/whatIf/outcomes/senses';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { attentionOf, nextSentenceOf, predictionsOf, sensesOf, writtenOf } from './harness/subjects';
import type { themeNames } from './harness/themes';

const panels = panelTests();

describe('what is compared', () => {
  it('marks words that the other text lacks', () => {
    const marked = (text: string, other: string) => changedWords(text, other).filter(({ changed }) => changed).map(({ text: word }) => word);
    expect(marked('la vaca saltó alto', 'la luna saltó')).toEqual(['vaca', 'alto']);
    expect(marked('one two', 'one  two')).toEqual([]);
    expect(changedWords('a b', 'a c').map(({ text }) => text).join('')).toBe('a b');
  });

  it('counts pairs that two groupings treat alike', () => {
    const grouped = (...senses: (number | null)[]) => ({ occurrences: senses.map((sense) => (sense === null ? null : { sense, x: 0, y: 0, static: { x: 0, y: 0 } })) });
    expect(agreement(grouped(0, 0, 1), grouped(1, 1, 0))).toBe(1);
    expect(agreement(grouped(0, 0, 1), grouped(0, 0, 0))).toBeCloseTo(1 / 3);
    expect(agreement(grouped(0, null), grouped(0, 1))).toBe(1);
  });
});

type Told = { readonly model: string; readonly off: Switches };

async function open(subject: Subject, theme: (typeof themeNames)[number] = 'dark', width = 900): Promise<Page> {
  return panels.open({ subject, theme, width });
}

const cell = (page: Page, layer: number, head: number) => page.locator(`[role="gridcell"][data-layer="${layer}"][data-head="${head}"]`);

const count = (page: Page, off: number) => page.locator(`[data-off-count="${off}"]`).waitFor();

async function switchThree(page: Page): Promise<void> {
  await cell(page, 3, 4).click({ modifiers: ['Alt'] });
  await cell(page, 1, 2).hover();
  await page.getByRole('button', { name: 'Switch head 1.2 off' }).click();
  await page.getByRole('button', { name: 'Switch layer 2 off' }).click();
  await count(page, 3);
}

panels.describe('switches in the attention view', () => {
  it('switches heads by click, by their own switch and by key, and layers by their number; chips and one button switch on again', async () => {
    const page = await open(attentionOf());
    await cell(page, 3, 4).waitFor();
    await expect.poll(() => cell(page, 3, 4).getAttribute('aria-label')).toMatch(/^Layer 3, head 4/);
    await switchThree(page);
    expect(await cell(page, 3, 4).getAttribute('aria-label')).toContain('Layer 3, head 4, off');
    expect(await cell(page, 2, 9).getAttribute('aria-label')).toContain('Layer 2, head 9, off');
    const told = await heard<Told>(page, 'panel/switch');
    expect(told.at(-1)).toMatchObject({ model: 'encoder', off: { heads: [{ part: 'encoder', layer: 3, head: 4 }, { part: 'encoder', layer: 1, head: 2 }], layers: [{ part: 'encoder', layer: 2 }] } });
    // The map of the open head is asked again, and asked to compare under both.
    const maps = await calls<{ switches?: Switches }>(page, 'attention/map');
    expect(maps.filter(({ switches }) => switches?.heads.length === 0).length).toBeGreaterThan(0);
    await page.getByRole('region', { name: 'Before and after' }).getByRole('columnheader', { name: 'head 3.4, head 1.2 and layer 2 off' }).waitFor();
    expect(await page.getByRole('region', { name: 'Before and after' }).locator('[data-outcome]').count()).toBe(6);
    // Keyboard: the stop of the grid is the open head.
    await cell(page, 5, 0).focus();
    await page.keyboard.press('x');
    await count(page, 4);
    expect(await cell(page, 5, 0).evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element)).toBe(true);
    await page.getByRole('button', { name: 'Switch on: head 1.2' }).click();
    await count(page, 3);
    await page.getByRole('button', { name: 'All on', exact: true }).click();
    await page.getByRole('button', { name: 'What if…' }).waitFor();
    expect(await page.getByRole('region', { name: 'Before and after' }).count()).toBe(0);
    expect((await heard<Told>(page, 'panel/switch')).at(-1)!.off.heads).toEqual([]);
  });

  it('hides, deletes and replaces a token, and cuts its edges, with words for all of it', async () => {
    const page = await open(attentionOf('The cow jumped over the moon.'));
    const lines = page.locator('headlight-head-lines');
    await lines.locator('[data-side="query"][data-token-index="2"]').click();
    const group = page.getByRole('group', { name: 'What if', exact: true });
    await group.getByRole('button', { name: 'Nobody looks at it' }).click();
    await page.getByRole('button', { name: 'Switch on: “cow” hidden' }).waitFor();
    await group.getByRole('button', { name: 'It is not there' }).click();
    await page.getByRole('button', { name: 'Switch on: “cow” deleted' }).waitFor();
    await group.getByRole('textbox').fill('grandmother of all');
    await group.getByRole('textbox').press('Enter');
    await group.getByText('entries of the vocabulary').waitFor();
    await group.getByRole('textbox').fill('dog');
    await group.getByRole('textbox').press('Enter');
    await page.getByRole('button', { name: 'Switch on: “cow” replaced by “dog”' }).waitFor();
    await count(page, 1);
    expect(await lines.locator('[data-side="key"][data-token-index="2"]').getAttribute('class')).toContain('struck');
    const edges = async () => (await heard<Told>(page, 'panel/switch')).at(-1)!.off.edges;
    await group.getByRole('combobox', { name: 'did not look at' }).selectOption({ index: 1 });
    await group.getByRole('combobox', { name: 'in' }).selectOption('every head');
    await group.getByRole('button', { name: 'Cut this edge' }).click();
    await count(page, 2);
    expect(await edges()).toEqual([expect.objectContaining({ part: 'encoder', layer: null, head: null, query: 2 })]);
    await group.getByRole('button', { name: 'Join again' }).click();
    await count(page, 1);
    // By the keyboard: from the kept query to a key, in this head alone.
    await lines.locator('[data-side="query"][data-token-index="2"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await page.getByRole('button', { name: 'Switch on: edge “cow” → “jumped” in head 5.0' }).waitFor();
    expect(await edges()).toEqual([{ part: 'encoder', layer: 5, head: 0, query: 2, key: 3 }]);
    await page.screenshot({ path: 'out/screenshots/switches-edges.png', fullPage: true });
    await page.getByRole('radio', { name: 'Matrix' }).click();
    const matrix = page.locator('headlight-head-matrix').getByRole('application');
    await matrix.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await count(page, 3);
    await page.screenshot({ path: 'out/screenshots/switches-matrix.png', fullPage: true });
    // Over running text: what is cut from the kept token is struck out, and the same key cuts or joins.
    await page.getByRole('radio', { name: 'Text' }).click();
    const text = page.locator('headlight-head-text');
    const jumped = text.locator('[data-token-index="3"]');
    await text.locator('.cut').first().waitFor();
    expect(await jumped.getAttribute('aria-description')).toBe('edge cut');
    expect(await text.locator('[data-token-index="2"]').getAttribute('class')).toContain('struck');
    await page.screenshot({ path: 'out/screenshots/switches-text.png', fullPage: true });
    await page.getByRole('button', { name: 'Show as table' }).click();
    expect(await page.locator('td.number', { hasText: 'cut' }).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await text.locator('[data-token-index="2"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('x');
    await expect.poll(async () => (await edges()).some((edge) => (edge as { key: number }).key === 3)).toBe(false);
    expect(await panels.seriousViolations(page)).toEqual([]);
  });

  it.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('is drawn and named in %s', async (theme) => {
    const page = await open(attentionOf(), theme);
    await cell(page, 3, 4).waitFor();
    await switchThree(page);
    await page.getByRole('region', { name: 'Before and after' }).getByRole('columnheader', { name: 'head 3.4, head 1.2 and layer 2 off' }).waitFor();
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `out/screenshots/switches-${theme}.png`, fullPage: true });
    expect(await panels.seriousViolations(page)).toEqual([]);
  });
});

panels.describe('before and after', () => {
  const off = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('button', { name: 'What if…' }).click();
    const field = page.getByRole('textbox', { name: 'Switch off heads' });
    await field.fill(text);
    await field.press('Enter');
    await page.getByRole('region', { name: 'Before and after' }).first().waitFor();
  };
  const row = (page: Page, label: string) => page.locator(`[data-outcome="${label}"]`);

  it('tells of each word what it was, is, and by how much it differs, in place too', async () => {
    const page = await open(predictionsOf('The cow jumped over the moon.', 'moon'));
    await page.getByText('entropy').first().waitFor();
    await off(page, '3.4');
    await row(page, 'moon').first().waitFor();
    expect(await row(page, 'moon').allInnerTexts()).toEqual([expect.stringMatching(/41\.2\s*%.*below place/s), expect.stringMatching(/stood here.*1\.2\s*%.*\(9\.\).*4\.0\s*%.*\(3\.\).*\+2\.8\spp, 9 → 3/s)]);
    expect(await row(page, 'fence').innerText()).toMatch(/25\.5\s*%.*\(2\.\).*27\.5\s*%.*\(1\.\).*\+1\.9\spp, 2 → 1/s);
    await page.getByText('encoder with head 3.4 off').first().waitFor();
    await page.getByLabel('Save as', { exact: true }).selectOption('JSON numbers');
    const saved = (): Promise<{ name: string; text: string }[]> => calls(page, 'panel/save');
    await expect.poll(async () => (await saved()).length).toBe(1);
    const [{ name, text }] = (await saved()) as [{ name: string; text: string }];
    expect(name).toBe('predictions-encoder-with-head-3-4-off.json');
    expect((JSON.parse(text) as object)).toMatchObject({ model: 'encoder', switches: { heads: [{ part: 'encoder', layer: 3, head: 4 }], ablation: 'zero' } });
    await page.screenshot({ path: 'out/screenshots/switches-predictions.png', fullPage: true });
    expect(await panels.seriousViolations(page)).toEqual([]);
  });

  it('tells what is not understood', async () => {
    const page = await open(predictionsOf());
    await page.getByRole('button', { name: 'What if…' }).click();
    const field = page.getByRole('textbox', { name: 'Switch off heads' });
    await field.fill('nose');
    await field.press('Enter');
    await page.getByText('“nose” is neither a head such as 3.4 nor a layer such as 2.').waitFor();
  });

  it('compares pairs of sentences, senses, and what is written', async () => {
    const pair = await open(nextSentenceOf());
    await pair.getByRole('region', { name: 'Next sentence' }).getByText('A, then B').waitFor();
    await off(pair, '3');
    expect(await row(pair, 'B follows A').innerText()).toMatch(/45\.4\s*%.*30\.3\s*%.*−15\.1\spp/s);
    await pair.close();
    const senses = await open(sensesOf());
    await senses.getByRole('heading', { name: /3 senses/ }).waitFor();
    await off(senses, '3.4');
    expect(await row(senses, 'how far senses lie apart').innerText()).toMatch(/0\.322.*0\.073.*−0\.249/s);
    await senses.close();
    const written = await open(writtenOf('translation'));
    await written.getByText('What if…').waitFor();
    await off(written, '2.1');
    expect((await heard<Told>(written, 'panel/switch')).at(-1)).toMatchObject({ model: 'translator', off: { heads: [{ part: 'cross', layer: 2, head: 1 }] } });
    await written.locator('mark').first().waitFor();
    expect(await written.locator('mark').allInnerTexts()).toContain('Algo');
    await written.screenshot({ path: 'out/screenshots/switches-translation.png', fullPage: true });
  });

  it('keeps sets under names, takes them up, compares, renames and deletes them', async () => {
    const page = await open(predictionsOf('The cow jumped over the moon.', 'moon'));
    await page.getByText('entropy').first().waitFor();
    await off(page, '3.4, 5.1');
    const name = page.getByRole('textbox', { name: 'Keep what is off under a name' });
    await name.fill('two <b>heads</b>');
    await name.press('Enter');
    const kept = page.locator('[data-set]');
    await kept.waitFor();
    expect(await kept.innerText()).toContain('two <b>heads</b>');
    await page.getByRole('button', { name: 'All on', exact: true }).click();
    await kept.getByRole('checkbox', { name: 'Compare' }).click();
    await page.getByRole('region', { name: 'Before and after' }).getByRole('columnheader', { name: 'two <b>heads</b>' }).waitFor();
    await page.screenshot({ path: 'out/screenshots/switches-sets.png', fullPage: true });
    await kept.getByRole('button', { name: /^Rename/ }).click();
    const renamed = kept.getByRole('textbox');
    await renamed.fill('copying');
    await renamed.press('Enter');
    await page.locator('[data-set="copying"]').waitFor();
    await page.locator('[data-set="copying"]').getByRole('button', { name: 'Use copying' }).click();
    await count(page, 2);
    await page.getByRole('button', { name: 'Delete copying' }).click();
    await page.locator('[data-set]').waitFor({ state: 'detached' });
    expect((await heard<{ named: unknown[] }>(page, 'panel/keepSwitches')).at(-1)!.named).toEqual([]);
  });
});
