import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Attended, SavedFile } from '../../src/panel/contract';
import { out } from '../../scripts/steps/paths.mjs';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { hostile, writtenOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();

const view = (page: Page): Locator => page.locator('headlight-translation');
const card = (page: Page, name: string): Locator => view(page).getByRole('region', { name, exact: true });
const words = (page: Page): Locator => view(page).getByRole('group', { name: 'Translation, token by token' }).getByRole('button');
const current = (page: Page): Promise<string> => card(page, 'One step').getByRole('heading').innerText();
const screenshots = join(out, 'screenshots');

panels.describe('the translation view', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: writtenOf('translation'), ...options });
    await card(page, 'Alignment').waitFor();
    return page;
  }
  /** Without playing: at the last step. */
  async function openAtRest(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await open(options);
    await words(page).last().click();
    await card(page, 'One step').getByText('Step 4').waitFor();
    return page;
  }

  it('has the translator write, whichever model the settings name, and plays the steps to the stop token', async () => {
    const page = await open();
    expect(await calls(page, 'translation/translate')).toMatchObject([{ text: 'The cow jumped over the moon.', choice: { kind: 'greedy' }, alternatives: 10, inModel: 'translator' }]);
    // Reduced motion: whole at once.
    expect(await current(page)).toBe('Step 4: </s>');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    // Each step as it comes, however slowly this is looked at: its heading, and how many words are still to be written.
    const seen = await page.evaluateHandle(() => {
      const { shadowRoot } = document.querySelector('headlight-app')!.shadowRoot!.querySelector('headlight-translation')!;
      const steps: [string, number][] = [];
      new MutationObserver(() => {
        const heading = shadowRoot!.querySelector<HTMLElement>('[aria-label="One step"] h2')?.innerText ?? '';
        if (heading !== steps.at(-1)?.[0]) steps.push([heading, shadowRoot!.querySelectorAll('.later').length]);
      }).observe(shadowRoot!, { subtree: true, childList: true, characterData: true });
      return steps;
    });
    const other = writtenOf('translation', 'The dish ran.');
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, { ...other, source: { ...other.source, label: 'lesson.md:14' } });
    const played: [string, number][] = [['Step 1: La', 3], ['Step 2: vaca', 2], ['Step 3: saltó', 1], ['Step 4: </s>', 0]];
    await expect.poll(async () => (await seen.jsonValue()).slice(-4), { timeout: 15_000 }).toEqual(played);
    expect(await view(page).locator('[data-ending]').innerText()).toMatch(/^Ended by its stop token after 4 tokens\. Log-probability -2\.68\.$/);
    expect(await view(page).locator('[data-output]').innerText()).toBe('La vaca saltó');
    await view(page).getByRole('button', { name: 'Play' }).click();
    await words(page).nth(1).click();
    await page.waitForTimeout(1600);
    expect(await current(page)).toBe('Step 2: vaca');
  });

  it('offers translators only, and asks the one that is chosen', async () => {
    const page = await openAtRest();
    const models = view(page).getByRole('combobox', { name: 'Model' });
    expect(await models.locator('option').allInnerTexts()).toEqual(['translator · PegasusForConditionalGeneration', 'rnn · LstmEncoderDecoder', 'rnn-attention · LstmEncoderDecoder']);
    await models.selectOption({ label: 'rnn · LstmEncoderDecoder' });
    await expect.poll(() => calls(page, 'translation/translate')).toHaveLength(2);
    expect((await calls(page, 'translation/translate'))[1]).toMatchObject({ inModel: 'rnn' });
  });

  it('walks by keyboard, and shades in the document what each step looked at', async () => {
    const page = await openAtRest();
    await view(page).getByRole('slider', { name: 'Steps of the translation' }).press('ArrowLeft');
    expect(await current(page)).toBe('Step 3: saltó');
    await view(page).getByRole('button', { name: 'Previous step' }).click();
    expect(await current(page)).toBe('Step 2: vaca');
    const shaded = (await heard<Attended>(page, 'panel/attended')).at(-1)!;
    expect(shaded).toMatchObject({ uri: 'file:///lesson.md', version: 1, label: 'vaca', map: 'cross-attention, the mean of all 8 heads', kept: { side: 'query', range: null } });
    // Head h of step 1 is surest of token 1 + h, in tokens of which the first and last are special.
    expect(shaded.words.map(({ start, end }) => [start, end])[0]).toEqual([100, 103]);
    const weights = shaded.words.map(({ weight }) => weight);
    expect(weights[0]!).toBeGreaterThan(weights[5]!);
    const bars = await view(page).getByRole('list', { name: 'Source' }).locator('.word').evaluateAll((all) => all.map((one) => Number((one as HTMLElement).style.getPropertyValue('--share'))));
    expect(bars.reduce((sum, bar) => sum + bar, 0)).toBeCloseTo(1, 5);
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await heard<Attended | null>(page, 'panel/attended')).at(-1)).toEqual([null]);
  });

  it('writes another word where one is pressed, goes on from there, and lets that be undone', async () => {
    const page = await openAtRest();
    await words(page).nth(1).click();
    await card(page, 'One step').getByRole('button', { name: /^<b>otra<\/b>, .* write this instead$/ }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ prefix: { ids: [10, 91] } });
    await expect.poll(() => words(page).nth(1).innerText()).toBe('<b>otra</b>');
    expect(await current(page)).toBe('Step 2: <b>otra</b>');
    expect(await view(page).getByText('Its first 2 tokens were given').innerText()).toContain('La <b>otra</b>');
    await view(page).getByRole('button', { name: 'Write freely' }).click();
    await expect.poll(() => words(page).nth(1).innerText()).toBe('vaca');
    expect((await calls(page, 'translation/translate')).at(-1)).not.toHaveProperty('prefix');
  });

  it('follows beams, greys what was given up, and begins with what is pressed', async () => {
    const page = await openAtRest();
    await view(page).getByRole('radio', { name: 'Beams' }).click();
    const beams = card(page, 'Beams');
    await beams.waitFor();
    expect((await calls(page, 'translation/translate')).at(-1)).toMatchObject({ choice: { kind: 'beams', beams: 4 } });
    expect(await beams.locator('.node.pruned').innerText()).toBe('Una');
    expect(await beams.locator('.node.best').allInnerTexts()).toEqual(['La', '</s>']);
    expect(await beams.locator('.node.finished').getAttribute('aria-label')).toContain('ended here');
    await beams.locator('.node').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ prefix: { ids: [91] }, choice: { kind: 'beams' } });
  });

  it('draws with a seed that is told', async () => {
    const page = await openAtRest();
    await view(page).getByRole('radio', { name: 'Drawn' }).click();
    await view(page).getByRole('slider', { name: 'Top k' }).fill('12');
    await view(page).getByRole('button', { name: 'Draw again' }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ choice: { kind: 'sample', seed: 2, temperature: 1, topK: 12 } });
    expect((await calls(page, 'translation/translate')).at(-1)!['choice']).not.toHaveProperty('topP');
  });

  it('draws the alignment as a matrix or as lines, of any heads, and its numbers as a table', async () => {
    const page = await openAtRest();
    const alignment = card(page, 'Alignment');
    await alignment.getByRole('combobox', { name: 'Heads' }).selectOption('layer 1, head 2');
    expect(await alignment.getByRole('heading').innerText()).toBe('Alignment: layer 1, head 2');
    await alignment.getByRole('radio', { name: 'Lines' }).click();
    await alignment.locator('headlight-head-lines').waitFor();
    await alignment.getByRole('button', { name: 'Show as table' }).click();
    // Of nine tokens, the seventh of all heads is surest at the fourth step of token (3 + 6) mod 9.
    expect(await alignment.getByRole('row').nth(1).innerText()).toMatch(/^<\/s>\s+\[CLS\]\s+0\.70/);
    await alignment.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    expect(await alignment.getByText('Weights renormalised').isVisible()).toBe(true);
  });

  it('shows every head at one step, and the triangle of what is written', async () => {
    const page = await openAtRest();
    const step = card(page, 'One step');
    const matrix = step.getByRole('application');
    expect(await matrix.getAttribute('aria-label')).toContain('Every head’s look at the source');
    await matrix.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    expect(await card(page, 'Alignment').getByRole('heading').innerText()).toBe('Alignment: layer 0, head 1');
    await step.getByRole('radio', { name: 'Back' }).click();
    await page.waitForFunction(() => document.querySelector('headlight-app')?.shadowRoot?.querySelector('headlight-translation') !== null);
    expect(await step.getByRole('application').getAttribute('aria-label')).toContain('look back at what is written');
    await step.getByRole('application').focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await step.locator('[data-readout]').innerText()).toContain('not yet written: masked');
  });

  it('opens the same translation in the attention lens, with the head that is chosen', async () => {
    const page = await openAtRest();
    await card(page, 'Alignment').getByRole('combobox', { name: 'Heads' }).selectOption('layer 1, head 2');
    await card(page, 'Alignment').getByRole('button', { name: 'Open in the Attention Lens' }).click();
    expect(await heard(page, 'panel/openWritten')).toEqual([
      { text: 'The cow jumped over the moon.', model: 'translator', written: { ids: [10, 11, 12, 13] }, part: 'cross', layer: 1, head: 2 },
    ]);
  });

  it('scores the reader’s own translation and shows it in the same cards', async () => {
    const page = await openAtRest();
    const own = card(page, 'Your own translation');
    await own.getByRole('textbox', { name: 'Translation' }).fill('La vaca brincó.');
    await page.keyboard.press('Enter');
    await own.locator('[data-score]').waitFor();
    expect(await calls(page, 'translation/score')).toMatchObject([{ translation: 'La vaca brincó.', inModel: 'translator' }]);
    expect(await own.locator('[data-score]').innerText()).toMatch(/perplexity \d+\.\d\d\s+\(\d\.\d\d bits a token\)/);
    expect(await view(page).locator('[data-output]').innerText()).toBe('La vaca brincó.');
    await view(page).getByRole('radio', { name: 'The model’s' }).click();
    expect(await view(page).locator('[data-output]').innerText()).toBe('La vaca saltó');
    await own.getByRole('button', { name: 'Forget it' }).click();
    expect(await view(page).getByRole('radio', { name: 'Yours' }).count()).toBe(0);
  });

  it('keeps its last translation when a call fails, and offers a retry', async () => {
    const page = await openAtRest();
    await page.evaluate(() => { window.harness.fail = 'The text has 900 tokens, but translator reads 128 at most.'; });
    await view(page).getByRole('radio', { name: 'Beams' }).click();
    await view(page).getByText('The text has 900 tokens').waitFor();
    expect(await view(page).locator('[data-output]').innerText()).toBe('La vaca saltó');
    await page.evaluate(() => { window.harness.fail = null; });
    await view(page).getByRole('button', { name: 'Retry' }).click();
    await card(page, 'Beams').waitFor();
  });

  it('shows what is written so far, and keeps it when the reader stops the model', async () => {
    const page = await openAtRest();
    await page.evaluate(() => { window.harness.delays = [60_000]; });
    await view(page).getByRole('radio', { name: 'Beams' }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ choice: { kind: 'beams' } });
    const call = (await calls(page, 'translation/translate')).at(-1)!['call'] as number;
    await page.evaluate((of) => {
      const step = { token: 'La', startsWord: true, special: false, start: 0, end: 2, probability: 0.5, logProbability: -0.7, rank: 1, drawnWith: null, forced: false, entropy: 1, alternatives: [], selfAttention: null, crossAttention: null, lens: null };
      const progress = { method: 'translation/translate', message: 'Writing', call: of } as const;
      window.harness.notify('editor/progress', { ...progress, written: { keep: 0, steps: [{ ...step, id: 10 }], output: 'La' } });
      window.harness.notify('editor/progress', { ...progress, written: { keep: 1, steps: [{ ...step, id: 11, token: 'vaca' }], output: 'La vaca' } });
      // Of a call that is over.
      window.harness.notify('editor/progress', { ...progress, call: of - 1, written: { keep: 0, steps: [{ ...step, id: 99 }], output: 'Vieja' } });
    }, call);
    await view(page).getByText('2 tokens so far').waitFor();
    expect(await view(page).locator('[data-partial]').innerText()).toBe('La vaca');
    await view(page).getByRole('button', { name: 'Stop' }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ choice: { kind: 'greedy' }, prefix: { ids: [10, 11] }, maxTokens: 2 });
    await view(page).getByText('Stopped by you after 2 tokens.').waitFor();
    await view(page).getByRole('button', { name: 'Go on' }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).at(-1)).toMatchObject({ prefix: { ids: [10, 11] }, maxTokens: 66 });
  });

  it('saves the alignment as a picture and everything as numbers', async () => {
    const page = await openAtRest();
    const saves = view(page).getByRole('combobox', { name: 'Save' });
    for (const format of ['SVG picture', 'PNG picture', 'CSV numbers', 'JSON numbers']) {
      await saves.selectOption({ label: format });
      await view(page).getByText(`Saved: papers/translation-translator.${format.slice(0, 3).toLowerCase()}`).or(view(page).getByText('Saved: papers/translation-translator.json')).first().waitFor();
    }
    const files = (await calls(page, 'panel/save')) as unknown as SavedFile[];
    expect(files.map(({ name }) => name.split('.').at(-1))).toEqual(['svg', 'png', 'csv', 'json']);
    expect(files[0]!.text).toContain('cross-attention, the mean of all 8 heads');
    expect(files[2]!.text!.split('\r\n')[2]).toMatch(/^1,vaca,0\.4,1,2\.5,/);
    const json = JSON.parse(files[3]!.text!) as { output: string; crossAttention: number[][][][] };
    expect(json.output).toBe('La vaca saltó');
    expect([json.crossAttention.length, json.crossAttention[0]!.length, json.crossAttention[0]![0]!.length, json.crossAttention[0]![0]![0]!.length]).toEqual([2, 4, 4, 9]);
  });

  it('survives a reload with what was chosen, at rest', async () => {
    const page = await openAtRest();
    await words(page).nth(2).click();
    await card(page, 'Alignment').getByRole('combobox', { name: 'Heads' }).selectOption('layer 1, mean of 4 heads');
    await page.reload();
    await card(page, 'Alignment').waitFor();
    expect(await current(page)).toBe('Step 3: saltó');
    expect(await card(page, 'Alignment').getByRole('heading').innerText()).toBe('Alignment: the mean of layer 1');
  });

  it('shows hostile text as text', async () => {
    const page = await openAtRest({ subject: writtenOf('translation', hostile) });
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it.each(themeNames)('stays within a panel of 300 px, and fills a wide one, without serious violations: %s', async (theme) => {
    const page = await openAtRest({ theme, width: 300, height: 1400 });
    await view(page).getByRole('radio', { name: 'Beams' }).click();
    await card(page, 'Beams').waitFor();
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `translation-${theme}-300.png`), fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
    expect(await panels.seriousViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 1000, height: 1200 });
    await words(page).nth(2).click();
    await page.screenshot({ path: join(screenshots, `translation-${theme}-1000.png`), fullPage: true });
  });
});
