import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { SavedFile } from '../../src/panel/contract';
import { themeNames } from './harness/themes';
import { attentionOf, cow, hostile, longText, predictionsOf, sensesOf } from './harness/subjects';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';

const panels = panelTests();
const { open } = panels;

const notify = (page: Page, name: string, value: unknown): Promise<void> =>
  page.evaluate((message) => { window.harness.notify(message.name, message.value); }, { name, value });

/** Numbers beside the tokens of one side that are shown now. */
const values = (page: Page, side: 'query' | 'key'): Promise<number[]> =>
  page.locator(`[data-side="${side}"] .value`).allTextContents().then((texts) => texts.filter(Boolean).map(Number));

/** How many pixels of a canvas differ from its first one. */
const inked = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 4; at < data.length; at += 4) if (data[at] !== data[0] || data[at + 3] !== data[3]) count++;
    return count;
  });

panels.describe('panel', () => {
  describe('attention', () => {
    it('isolates a token under the pointer, with numbers that sum to one', async () => {
      const page = await open({ subject: attentionOf() });
      expect(await page.getByRole('gridcell').count()).toBe(72);
      expect(await inked(page, 'headlight-head-grid canvas')).toBeGreaterThan(1000);
      const lines = await inked(page, 'headlight-head-lines canvas');
      expect(lines).toBeGreaterThan(1000);
      await page.locator('[data-side="query"][data-token-index="12"]').hover();
      const numbers = await values(page, 'key');
      expect(numbers).toHaveLength(18);
      expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 1);
      expect(await inked(page, 'headlight-head-lines canvas')).toBeLessThan(lines);
      await page.locator('[data-headline]').hover();
      expect(await values(page, 'key')).toEqual([]);
    });

    it('pins a token by click, reveals it in the editor and lets it go by Esc', async () => {
      const page = await open({ subject: attentionOf() });
      const token = page.locator('[data-side="query"]', { hasText: 'jumped' });
      await token.click();
      await page.locator('[data-headline]').hover();
      expect(await token.getAttribute('aria-selected')).toBe('true');
      expect(await values(page, 'key')).toHaveLength(18);
      const start = 100 + cow.indexOf('jumped');
      await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start, end: start + 6 }]);
      await page.keyboard.press('Escape');
      expect(await values(page, 'key')).toEqual([]);
    });

    it('is walked by keyboard: heads with arrows and Enter, tokens with arrows', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('gridcell', { selected: true }).focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('[data-grid-caption]').textContent()).toMatch(/^Layer 4, head 1: .+, strongest: .+ → .+ 0\.\d+$/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Layer 4, head 1' }).waitFor();
      await expect.poll(async () => (await calls(page, 'attention/map')).at(-1)).toMatchObject({ text: cow, map: { kind: 'head', layer: 4, head: 1 } });
      await page.getByRole('button', { name: 'Next head' }).click();
      await page.getByRole('heading', { name: 'Layer 4, head 2' }).waitFor();
      await page.locator('[data-side="query"][data-token-index="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      expect(await values(page, 'query')).toHaveLength(18);
      await page.keyboard.press('Enter');
      expect(await page.locator('[data-side="key"][data-token-index="1"]').getAttribute('aria-selected')).toBe('true');
    });

    it('hides special tokens and says that weights were renormalised', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
      await page.getByText('Weights renormalised without special tokens').waitFor();
      const texts = await page.locator('[data-side="key"] .source-text').allTextContents();
      expect(texts).toHaveLength(16);
      expect(texts).not.toContain('[SEP]');
    });

    it('shows the matrix with the weight under the pointer, and a table', async () => {
      const page = await open({ subject: attentionOf(), width: 900 });
      await page.getByRole('radio', { name: 'Matrix' }).click();
      const canvas = page.locator('headlight-head-matrix canvas');
      expect(await inked(page, 'headlight-head-matrix canvas')).toBeGreaterThan(1000);
      const box = (await canvas.boundingBox())!;
      await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
      expect(await page.locator('[data-readout]').textContent()).toMatch(/\[SEP\] → \[SEP\]\s+0\.\d+/);
      await page.getByRole('button', { name: 'Show as table' }).click();
      const row = page.locator('tbody tr').first();
      expect(Number(await row.locator('td').last().textContent())).toBeGreaterThan(0.3);
    });

    it('filters a sentence pair', async () => {
      const page = await open({ subject: attentionOf(cow, 'It landed in the field.') });
      await page.getByRole('radio', { name: 'A→B' }).click();
      const keys = await page.locator('[data-side="key"] .source-text').allTextContents();
      expect(keys).toEqual(['It', 'landed', 'in', 'the', 'field', '.', '[SEP]']);
      expect(await page.locator('[data-side="query"]').count()).toBe(18);
      await expect.poll(async () => (await calls(page, 'attention/overview'))[0]).toMatchObject({ pair: 'It landed in the field.' });
    });

    it('follows the selection in the editor', async () => {
      const page = await open({ subject: attentionOf() });
      await page.locator('[data-side="query"]').first().waitFor();
      const start = 100 + cow.indexOf('moon');
      await notify(page, 'editor/selection', { uri: 'file:///lesson.md', start, end: start + 4 });
      const token = page.locator('[data-side="query"]', { hasText: 'moon' });
      await expect.poll(() => token.getAttribute('aria-selected')).toBe('true');
      expect(await heard(page, 'panel/reveal')).toEqual([]);
    });

    it('orders heads by a metric, dims those below a value and says how many are left', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByLabel('Order').selectOption('by previous token');
      await page.getByText('Weight that a token gives to the token before it.').waitFor();
      const cells = page.getByRole('gridcell');
      expect(await cells.count()).toBe(72);
      const values = await cells.evaluateAll((all) => all.map((cell) => Number(/, previous token ([\d.]+)/.exec(cell.getAttribute('aria-label')!)![1])));
      expect(values).toEqual([...values].sort((a, b) => b - a));
      await page.getByRole('slider', { name: 'At least' }).fill('0.4');
      const left = values.filter((value) => value >= 0.405).length;
      const said = Number((await page.getByText(/\d+ of 72 heads/).textContent())!.split(' ')[0]);
      expect(said).toBeGreaterThanOrEqual(left);
      expect(said).toBeLessThan(30);
      expect(await page.locator('[role="gridcell"].below').count()).toBe(72 - said);
      await page.getByLabel('Order').selectOption('by layer');
      expect(await page.locator('[role="gridcell"].below').count()).toBe(0);
    });

    it('labels heads by what they do, and jumps to a layer by its digit', async () => {
      const page = await open({ subject: attentionOf() });
      await expect.poll(() => page.locator('[data-grid-caption]').textContent()).toMatch(/^Layer 5, head 0: next token 0\.\d\d, strongest/);
      await page.getByRole('gridcell', { selected: true }).focus();
      await page.keyboard.press('2');
      expect(await page.locator('[data-grid-caption]').textContent()).toMatch(/^Layer 2, head 0: /);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Layer 2, head 0' }).waitFor();
    });

    it('shows averages, rollout and norms, and says what they are', async () => {
      const page = await open({ subject: attentionOf() });
      const shown = page.getByLabel('Show', { exact: true });
      for (const [label, heading, map] of [
        ['Rollout through the layers', 'Rollout up to layer 5', { kind: 'rollout', layer: 5 }],
        ['Mean of all heads', 'Mean of all heads', { kind: 'model' }],
        ['Weights × length of values (norms)', 'Layer 5, head 0, by norms', { kind: 'norms', layer: 5, head: 0 }],
      ] as const) {
        await shown.selectOption(label);
        await page.getByRole('heading', { name: heading }).waitFor();
        await expect.poll(async () => (await calls(page, 'attention/map')).at(-1)).toMatchObject({ map });
      }
      await page.getByText('Kobayashi et al. 2020').waitFor();
    });

    it('keeps of each row what the reader asks for', async () => {
      const page = await open({ subject: attentionOf() });
      await expect.poll(() => inked(page, 'headlight-head-lines canvas')).toBeGreaterThan(1000);
      const all = await inked(page, 'headlight-head-lines canvas');
      await page.getByRole('slider', { name: 'Keep of each row' }).fill('0.2');
      await page.getByText(/up to 20/).waitFor();
      await expect.poll(() => inked(page, 'headlight-head-lines canvas')).toBeLessThan(all / 2);
    });

    it('merges the pieces of words where there are any', async () => {
      const page = await open({ subject: attentionOf('The elephants jumped.') });
      await page.locator('[data-side="query"]').first().waitFor();
      expect(await page.locator('[data-side="query"]').count()).toBe(7);
      await page.getByRole('checkbox', { name: 'Merge word pieces' }).click();
      const texts = await page.locator('[data-side="query"] .source-text').allTextContents();
      expect(texts).toEqual(['[CLS]', 'The', 'elephants', 'jumped', '.', '[SEP]']);
      await page.locator('[data-side="query"]', { hasText: 'elephants' }).click();
      await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 104, end: 113 }]);
    });

    it('saves what is shown as picture and numbers, and says where', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
      const saved = async (label: string): Promise<{ name: string; text: string; base64: string }> => {
        const before = (await calls(page, 'panel/save')).length;
        await page.getByLabel('Save as').selectOption(label);
        await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
        return (await calls(page, 'panel/save')).at(-1) as { name: string; text: string; base64: string };
      };
      const svg = await saved('SVG picture');
      expect(svg.name).toBe('attention-encoder-layer-5-head-0.svg');
      expect(svg.text).toMatch(/rows renormalised[^]*<path [^]*>moon</);
      await page.getByText('Saved: papers/attention-encoder-layer-5-head-0.svg').waitFor();
      expect(await page.getByLabel('Save as').inputValue()).toBe('choose…');
      const rows = (await saved('CSV numbers')).text.trim().split('\r\n');
      expect(rows).toHaveLength(17);
      const png = Buffer.from((await saved('PNG picture')).base64, 'base64');
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text)![1]));
      const json = JSON.parse((await saved('JSON numbers')).text) as { queries: { text: string }[]; weights: number[][] };
      expect(json.queries.map(({ text }) => text).join(' ')).toMatch(/^The cow ate/);
      for (const row of json.weights) expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    });

    it('asks for a page with what it remembers', async () => {
      const page = await open({ subject: attentionOf() });
      await page.locator('[data-layer="3"][data-head="2"]').click();
      await page.getByLabel('Save as').selectOption('HTML page, interactive');
      await page.getByText('Saved: papers/page.html').waitFor();
      const [asked] = await calls(page, 'panel/savePage');
      expect(asked).toMatchObject({ source: attentionOf().source, state: { layer: 3, head: 2 } });
    });

    it('keeps the choice and says why when a file could not be written', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByLabel('Save as').waitFor();
      await page.evaluate(() => { window.harness.fail = 'a.svg could not be written: the disk is full.'; });
      await page.getByLabel('Save as').selectOption('SVG picture');
      await page.getByText('the disk is full').waitFor();
    });

    it('walks through the sum of the token that is kept', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.getByText('1. q: what the token asks for').waitFor();
      await page.locator('[data-side="query"]', { hasText: 'jumped' }).click();
      await expect.poll(async () => (await calls(page, 'attention/sum')).at(-1)).toMatchObject({ layer: 5, head: 0, query: 12 });
      await page.getByRole('button', { name: 'Next step' }).click();
      await page.getByText('2. k: what each token offers').waitFor();
      expect(await page.locator('headlight-attention-sum canvas').count()).toBe(18 + 4);
      expect(await inked(page, 'headlight-attention-sum table:has(caption) tbody tr:nth-child(3) canvas')).toBeGreaterThan(500);
      await page.getByRole('button', { name: '6', exact: true }).click();
      const weights = await page.locator('headlight-attention-sum table').first().locator('td.number:last-child').allTextContents();
      expect(weights.map(Number).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 1);
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('headlight-attention-sum').count()).toBe(0);
    });

    it('draws long texts in part and says what was left out', async () => {
      const page = await open({ subject: attentionOf(longText(400)) });
      await page.getByText('largest weights are drawn, up to 70').waitFor({ timeout: 30_000 });
      await page.getByText('Weights rounded to steps of 1/65,535.').waitFor();
      await page.getByRole('radio', { name: 'Lines' }).click();
      const height = await page.locator('headlight-head-lines canvas').evaluate((canvas: HTMLCanvasElement) => canvas.height);
      expect(height).toBeLessThan(1500);
      await page.locator('headlight-head-lines .scroll').evaluate((element) => { element.scrollTop = 4000; });
      await expect.poll(() => inked(page, 'headlight-head-lines canvas')).toBeGreaterThan(1000);
      // Numbers stand beside the keys in view, wherever that is.
      const numbers = (row: number): Promise<string> => page.locator(`[data-side="key"][data-row="${row}"] .value`).innerText();
      await page.locator('[data-side="query"][data-row="205"]').hover();
      await expect.poll(() => numbers(205)).not.toBe('');
      expect(await numbers(2)).toBe('');
      await page.locator('[data-side="query"][data-row="205"]').click();
      await page.locator('headlight-head-lines .scroll').evaluate((element) => { element.scrollTop = 0; });
      await expect.poll(() => numbers(2)).not.toBe('');
    });
  });

  describe('predictions', () => {
    it('masks tokens by click and by key, several at once; typed masks stay', async () => {
      const page = await open({ subject: predictionsOf() });
      await page.locator('[data-mask-index]').waitFor();
      const typed = page.getByRole('button', { name: '[MASK]' });
      expect(await typed.getAttribute('aria-disabled')).toBe('true');
      await page.getByRole('button', { name: 'cow' }).click();
      await page.locator('[data-mask-index="2"]').waitFor();
      expect(await page.locator('[data-mask-index]').count()).toBe(2);
      expect(await page.locator('[data-original]').textContent()).toMatch(/cow\s*· stood here\s*1\.2.%\s*9/);
      await page.getByRole('button', { name: 'over' }).focus();
      await page.keyboard.press('Space');
      await expect.poll(() => page.locator('[data-mask-index]').count()).toBe(3);
      await expect.poll(async () => (await calls(page, 'predictions/predict')).at(-1)).toMatchObject({ maskTokens: [2, 4], top: 10 });
      await typed.click({ force: true });
      expect(await page.locator('[data-mask-index]').count()).toBe(3);
    });

    it('starts from the range that the editor masked', async () => {
      const page = await open({ subject: predictionsOf('The cow jumped over the moon.', 'moon') });
      await page.locator('[data-mask-index="6"]').waitFor();
      expect(await page.getByRole('button', { name: 'moon' }).getAttribute('aria-pressed')).toBe('true');
      await expect.poll(async () => (await calls(page, 'predictions/predict'))[0]).toMatchObject({ maskRange: { start: 24, end: 28 } });
      await page.getByRole('button', { name: 'moon' }).click();
      await page.getByText('Nothing is masked yet.').waitFor();
    });

    it('answers for words that the reader types', async () => {
      const page = await open({ subject: predictionsOf() });
      const field = page.getByRole('textbox', { name: /^Probability of a word/ });
      await field.fill('treehouse');
      await field.press('Enter');
      await page.getByText('tree ##house: 2 pieces').waitFor();
      await field.fill('☃');
      await field.press('Enter');
      await page.getByText('characters that the vocabulary does not know').waitFor();
      await page.getByRole('button', { name: 'Remove treehouse' }).click();
      await expect.poll(() => page.getByText('tree ##house').count()).toBe(0);
      await expect.poll(async () => (await calls(page, 'predictions/predict')).at(-1)).toMatchObject({ candidates: ['☃'] });
    });

    it('plays BERT’s training: guess first, then the model’s guess and the score', async () => {
      const page = await open({ subject: predictionsOf('The cow jumped over the moon and the little dog laughed.') });
      await page.getByRole('button', { name: 'Train like BERT' }).click();
      const game = page.locator('headlight-predictions-training');
      // Tokens 1, 6 and 11 of the first round.
      await expect.poll(() => game.locator('.place').allInnerTexts()).toEqual(['1[MASK]', '2<b>any</b>', '3laughed']);
      const guess = game.getByRole('textbox', { name: /^What stood at 1/ });
      await guess.fill('the ');
      await game.getByRole('textbox', { name: /^What stood at 2/ }).fill('spoon');
      await guess.press('Enter');
      expect(await game.locator('[data-score]').innerText()).toMatch(/You had 1 of 3 right, the model 2\./);
      expect(await game.locator('[data-answer="1"]').innerText()).toMatch(/1\. the\s+the ✓\s+the, fence, hill ✓ 60\.0.% for the right one\s+masked/);
      expect(await game.locator('[data-answer="6"]').innerText()).toMatch(/2\. moon\s+spoon\s+moon, fence, hill\s+1\.0.% for the right one\s+replaced/);
      await game.getByRole('button', { name: 'Another round' }).click();
      await expect.poll(async () => (await calls(page, 'predictions/trainingExample')).at(-1)).toMatchObject({ seed: 2 });
      await game.getByRole('button', { name: 'Show answers' }).waitFor();
      await page.getByRole('button', { name: 'Hide the game' }).click();
      await game.waitFor({ state: 'detached' });
    });

    it('is saved as a picture and as numbers', async () => {
      const page = await open({ subject: predictionsOf() });
      const field = page.getByRole('textbox', { name: /^Probability of a word/ });
      await field.fill('treehouse');
      await field.press('Enter');
      await page.getByText('tree ##house: 2 pieces').waitFor();
      const saved = async (format: string): Promise<SavedFile> => {
        const before = (await calls(page, 'panel/save')).length;
        await page.getByLabel('Save as').selectOption(format);
        await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
        return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
      };
      const svg = await saved('SVG picture');
      expect(svg.name).toBe('predictions-encoder.svg');
      expect(svg.text!.split('height="14"')).toHaveLength(1 + 10);
      expect(svg.text).toContain('&lt;b&gt;bold&lt;/b&gt;');
      await page.getByText('Saved: papers/predictions-encoder.svg').waitFor();
      const png = Buffer.from((await saved('PNG picture')).base64!, 'base64');
      expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text!)![1]));
      const rows = (await saved('CSV numbers')).text!.trim().split('\r\n');
      expect(rows[0]).toBe('token,entropy,what,word,probability,rank');
      expect(rows[1]).toBe('6,4.37,predicted,moon,0.412,1');
      expect(rows.at(-1)).toBe('6,4.37,asked,treehouse,0.00042,');
      const html = await saved('HTML page');
      expect(html.name).toBe('predictions-encoder.html');
      for (const part of ['<dd>lesson.md:12</dd>', '&lt;b&gt;bold&lt;/b&gt;', 'treehouse']) expect(html.text).toContain(part);
      const { masks, temperature } = JSON.parse((await saved('JSON numbers')).text!) as { masks: unknown[]; temperature: number };
      expect([masks.length, temperature]).toEqual([1, 1]);
    });

    it('asks again at another temperature, and remembers it', async () => {
      const page = await open({ subject: predictionsOf() });
      const temperature = page.getByRole('slider', { name: 'Temperature' });
      await page.getByText('as the model says').waitFor();
      await temperature.press('Home');
      await page.getByText('surer than the model').waitFor();
      await expect.poll(async () => (await calls(page, 'predictions/predict')).at(-1)).toMatchObject({ temperature: 0.1 });
      await page.reload();
      await expect.poll(() => temperature.inputValue()).toBe('0.1');
    });

    it('shows what each layer would say, place by place', async () => {
      const page = await open({ subject: predictionsOf() });
      await page.getByRole('button', { name: 'By layer' }).click();
      const depth = page.locator('headlight-predictions-depth');
      await depth.getByRole('heading', { name: 'At ▁▁▁, token 6' }).waitFor();
      // Seven tokens and the row's name, after the embeddings and each of six layers.
      expect(await depth.locator('[data-state]').count()).toBe(7);
      expect(await depth.locator('[data-state="2"] td').first().textContent()).toBe('<i>wall</i>');
      expect(await depth.locator('[data-state="6"]').innerText()).toMatch(/Layer 5\s+moon/);
      const shades = await depth.locator('[data-state] td:nth-child(2)').evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor));
      expect(new Set(shades).size).toBe(7);
      await expect.poll(() => inked(page, 'headlight-predictions-depth headlight-layer-chart canvas')).toBeGreaterThan(200);
      const mask = depth.locator('[data-place="6"]');
      await mask.focus();
      await page.keyboard.press('Home');
      await depth.getByRole('heading', { name: 'At The, token 1' }).waitFor();
      await expect.poll(() => depth.locator('[data-place="1"]').evaluate((place) => place.matches(':focus'))).toBe(true);
      await page.keyboard.press('ArrowRight');
      await depth.getByRole('heading', { name: 'At cow, token 2' }).waitFor();
      await page.getByRole('button', { name: 'Show as table' }).click();
      expect(await depth.locator('[data-followed]').innerText()).toMatch(/cow\s+stood here/);
      expect(await depth.getByRole('row', { name: 'Layer 5' }).last().innerText()).toMatch(/80\.0/);
      // It follows what is masked and asked.
      const field = page.getByRole('textbox', { name: /^Probability of a word/ });
      await field.fill('treehouse');
      await field.press('Enter');
      await depth.getByText('is not a single entry of the vocabulary').waitFor();
      await page.reload();
      await depth.getByRole('heading', { name: /^At/ }).waitFor();
      await page.getByRole('button', { name: 'Hide layers' }).click();
      await depth.waitFor({ state: 'detached' });
    });

    it('draws bars, names them for screen readers and has a table', async () => {
      const page = await open({ subject: predictionsOf() });
      const chart = page.getByRole('img', { name: /^Probabilities: moon 41\.2.%, fence/ });
      await chart.waitFor();
      await expect.poll(() => inked(page, 'headlight-prediction-bars canvas')).toBeGreaterThan(1000);
      await page.getByRole('button', { name: 'Show as table' }).click();
      expect(await page.getByRole('row', { name: /moon/ }).textContent()).toMatch(/41\.2/);
    });
  });

  describe('senses', () => {
    it('lists occurrences by sense and goes to them', async () => {
      const page = await open({ subject: sensesOf() });
      await page.getByRole('heading', { name: /^3.senses/ }).waitFor();
      expect(await page.locator('[data-sense="1"] [data-occurrence]').count()).toBe(3);
      expect(await page.locator('[data-sense="1"] [data-means]').innerText()).toMatch(/^put up with something or somebody unpleasant\s+verb, 81.*\s*next: be in some specified state/);
      expect(await page.locator('[data-sense="2"] [data-means]').innerText()).toMatch(/^not clear; at most: be standing; be upright\s+verb, 41/);
      expect(await page.locator('[data-occurrence="1"] .own-name').innerText()).toContain('be standing; be upright');
      expect(await page.locator('.own-name').count()).toBe(1);
      expect(await page.locator('[aria-current="true"]').getAttribute('data-occurrence')).toBe('3');
      expect(await page.locator('[data-occurrence="0"] strong').textContent()).toBe('stand');
      await page.getByText('Compared are the 9 occurrences nearest to the cursor, of 21').waitFor();
      await page.locator('[data-occurrence="1"]').click();
      await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 1004, end: 1009 }]);
    });

    it('goes from the static vector to the last layer, with the slider, the curve and by itself', async () => {
      const page = await open({ subject: sensesOf() });
      const canvas = page.locator('headlight-sense-map canvas');
      await expect.poll(() => inked(page, 'headlight-sense-map canvas')).toBeGreaterThan(300);
      const apart = await inked(page, 'headlight-sense-map canvas');
      await page.getByRole('radio', { name: 'By layer' }).click();
      // All points on one: less is inked than by nine of them.
      await expect.poll(() => inked(page, 'headlight-sense-map canvas')).toBeLessThan(apart / 2);
      expect(await canvas.getAttribute('aria-label')).toContain('embeddings');
      await page.getByText('its points all but coincide').waitFor();
      await expect.poll(() => inked(page, 'headlight-layer-chart canvas')).toBeGreaterThan(300);
      const slider = page.getByRole('slider', { name: 'After' });
      await slider.press('End');
      expect(await slider.getAttribute('aria-valuetext')).toBe('Layer 5');
      await page.getByText('After layer 5 the senses lie apart by a silhouette of 0.70, farther than after any other.').waitFor();
      await expect.poll(() => inked(page, 'headlight-sense-map canvas')).toBeGreaterThan(apart / 2);
      await page.getByRole('button', { name: 'Play the layers' }).click();
      expect(await slider.getAttribute('aria-valuetext')).toBe('Embeddings');
      await page.getByText('After layer 0 the senses').waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Show as table' }).click();
      expect(await page.getByRole('row', { name: 'Layer 5' }).innerText()).toMatch(/0\.70\s+0\.90\s+0\.40/);
      await page.getByRole('radio', { name: 'All evidence' }).click();
      expect(await canvas.getAttribute('aria-label')).toContain('all evidence');
    });

    it('are saved as the map shows them, and as a table', async () => {
      const page = await open({ subject: sensesOf() });
      await page.getByRole('heading', { name: /^3.senses/ }).waitFor();
      const saved = async (format: string): Promise<SavedFile> => {
        const before = (await calls(page, 'panel/save')).length;
        await page.getByLabel('Save as').selectOption(format);
        await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
        return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
      };
      const svg = await saved('SVG picture');
      expect(svg.name).toBe('senses-stand-encoder.svg');
      // Nine points, and a marker for each of three senses.
      expect(svg.text!.split('<path ')).toHaveLength(1 + 9 + 3);
      expect(svg.text).toContain('3×, like rack, table, case');
      expect(svg.text).toContain('>all evidence<');
      const png = Buffer.from((await saved('PNG picture')).base64!, 'base64');
      expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text!)![1]));
      const rows = (await saved('CSV numbers')).text!.trim().split('\r\n');
      expect(rows[0]).toBe('file,line,start,end,sense,x,y,sentence');
      expect(rows).toHaveLength(1 + 9);
      expect(rows[1]).toMatch(/^,\d+,\d+,\d+,0,-?[\d.]+,-?[\d.]+,/);
      const { occurrences, sameSense } = JSON.parse((await saved('JSON numbers')).text!) as { occurrences: { sense: number }[]; sameSense: number[][] };
      expect(occurrences.map(({ sense }) => sense)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      expect(sameSense).toHaveLength(9);
      await page.getByRole('radio', { name: 'By layer' }).click();
      await page.getByText('its points all but coincide').waitFor();
      expect((await saved('SVG picture')).text).toContain('own vector, embeddings');
    });

    it('compares two occurrences: by layer, and by the words that move them', async () => {
      const page = await open({ subject: sensesOf() });
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      const comparison = page.locator('headlight-occurrence-comparison');
      await expect.poll(() => inked(page, 'headlight-occurrence-comparison headlight-layer-chart canvas')).toBeGreaterThan(300);
      // The occurrence at the cursor, and the first of those least likely to mean the same.
      await comparison.locator('[data-side="A"]').getByText('line').waitFor();
      const asked = await calls(page, 'senses/compareOccurrences');
      const { pair } = asked[0] as { pair: { sentence: string }[] };
      expect(pair[0]!.sentence).not.toBe(pair[1]!.sentence);
      const moved = await comparison.locator('[data-side="A"] tbody tr td:nth-child(2)').allInnerTexts();
      expect(moved.length).toBeGreaterThan(1);
      expect(moved.map(Number)).toEqual(moved.map(Number).sort((a, b) => b - a));
      expect(await comparison.locator('[data-side="B"]').innerText()).toContain('<b>rack</b>, case');
      // Choosing the other one swaps the two.
      const [a, b] = [comparison.getByLabel('A', { exact: true }), comparison.getByLabel('B', { exact: true })];
      const before = await Promise.all([a.inputValue(), b.inputValue()]);
      await b.selectOption(before[0]);
      expect(await Promise.all([a.inputValue(), b.inputValue()])).toEqual(before.reverse());
      await expect.poll(async () => (await calls(page, 'senses/compareOccurrences')).length).toBe(2);
      await page.getByRole('button', { name: 'Show as table' }).click();
      expect(await comparison.getByRole('row', { name: 'Layer 5' }).innerText()).toContain('0.40');
      await page.reload();
      await comparison.locator('[data-cosines]').waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await comparison.waitFor({ state: 'detached' });
    });
  });

  describe('shell', () => {
    it('asks for another lens and shows what the editor answers', async () => {
      const page = await open({ subject: null });
      await page.getByRole('button', { name: 'Open the Lesson' }).click();
      await expect.poll(() => heard(page, 'panel/command')).toEqual([{ command: 'openSample' }]);
      await page.getByRole('tab', { name: 'Predictions' }).click();
      await expect.poll(() => heard(page, 'panel/openLens')).toEqual([{ lens: 'predictions' }]);
      await notify(page, 'editor/show', predictionsOf());
      await page.locator('[data-mask-index]').waitFor();
      expect(await page.getByRole('tab', { name: 'Predictions' }).getAttribute('aria-selected')).toBe('true');
    });

    it('keeps the last good view under a failure, and retries', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('heading', { name: 'Layer 5, head 0' }).waitFor();
      await page.evaluate(() => { window.harness.fail = 'The model file is cut off: fetch it again.'; });
      await notify(page, 'editor/show', attentionOf('Another text.'));
      await page.getByRole('alert').getByText('The model file is cut off').waitFor();
      expect(await page.locator('[data-side="query"]').count()).toBe(18);
      await page.evaluate(() => { window.harness.fail = null; });
      await page.getByRole('button', { name: 'Retry' }).click();
      await expect.poll(() => page.locator('[data-side="query"]').count()).toBe(5);
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    it('says that the reader stopped a call, without calling it a failure', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('heading', { name: 'Layer 5, head 0' }).waitFor();
      await page.evaluate(() => { Object.assign(window.harness, { fail: 'Cancelled.', failCode: 'cancelled' }); });
      await page.getByRole('gridcell', { name: /^Layer 0, head 0/ }).click();
      await page.getByText('Stopped before there was an answer').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    it('drops answers that come too late', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('heading', { name: 'Layer 5, head 0' }).waitFor();
      await page.evaluate(() => { window.harness.delays = [600, 0]; });
      await notify(page, 'editor/show', attentionOf('The slow one is long.'));
      await notify(page, 'editor/show', attentionOf('Quick.'));
      await expect.poll(() => page.locator('[data-side="query"]').count()).toBe(4);
      await page.waitForTimeout(700);
      expect(await page.locator('[data-side="query"]').count()).toBe(4);
    });

    it('says that the document has changed', async () => {
      const page = await open({ subject: attentionOf() });
      await page.locator('[data-headline]').waitFor();
      await notify(page, 'editor/stale', { uri: 'file:///lesson.md', version: 2 });
      await page.getByText('The document has changed').waitFor();
      await page.getByRole('button', { name: 'Refresh' }).click();
      await expect.poll(() => heard(page, 'panel/openLens')).toEqual([{ lens: 'attention' }]);
    });

    it('explains the lens with its source', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('button', { name: 'What does this show?' }).click();
      await page.getByText('Jain & Wallace 2019').waitFor();
    });

    it('remembers text and view state over a reload', async () => {
      const page = await open({ subject: attentionOf() });
      await page.getByRole('gridcell', { name: /^Layer 2, head 3/ }).click();
      await page.getByRole('radio', { name: 'Matrix' }).click();
      await page.evaluate(() => { sessionStorage.setItem('kept', 'yes'); });
      await page.addInitScript(() => { window.harnessSubject = null; });
      await page.reload();
      await page.getByRole('heading', { name: 'Layer 2, head 3' }).waitFor();
      expect(await page.getByRole('radio', { name: 'Matrix' }).getAttribute('aria-checked')).toBe('true');
      await expect.poll(async () => (await calls(page, 'attention/overview'))[0]).toMatchObject({ text: cow });
    });
  });

  it('shows hostile text as text', async () => {
    const page = await open({ subject: attentionOf(hostile) });
    await page.locator('[data-side="query"] .source-text').first().waitFor();
    const tokens = await page.locator('[data-side="query"] .source-text').allTextContents();
    expect(tokens).toContain('onerror');
    expect(tokens).toContain('a⟨U+200B⟩b');
    expect(tokens).toContain('שלום');
    expect(tokens).toContain('👩‍👩‍👧');
    await notify(page, 'editor/show', predictionsOf(hostile, 'img'));
    await page.locator('[data-mask-index]').waitFor();
    await notify(page, 'editor/show', sensesOf([`stand ${hostile}`, 'We stand <b>here</b>.', 'A stand.']));
    await page.getByText('<img src=x onerror="window.hacked=1">').first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it.each(themeNames)('%s: no accessibility violation and no sideways scrolling in any view', async (theme) => {
    const page = await open({ subject: null, theme });
    await page.getByRole('button', { name: 'What does this show?' }).click();
    const views = [attentionOf(cow, 'It landed.'), predictionsOf('The cow jumped over the [MASK].', 'cow'), sensesOf()];
    for (const subject of views) {
      await notify(page, 'editor/show', subject);
      await page.getByRole('tab', { selected: true, name: new RegExp(subject.lens, 'i') }).waitFor();
      await page.locator(subject.lens === 'attention' ? 'headlight-head-lines' : '.card').nth(subject.lens === 'attention' ? 0 : 1).waitFor();
      if (subject.lens === 'attention') {
        await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
        await page.getByLabel('Order').selectOption('by entropy');
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await page.getByText('1. q: what the token asks for').waitFor();
      }
      if (subject.lens === 'senses') {
        await page.getByRole('radio', { name: 'By layer' }).click();
        await page.getByRole('button', { name: 'Compare', exact: true }).click();
        await page.locator('headlight-occurrence-comparison headlight-layer-chart').waitFor();
      }
      expect(await panels.seriousViolations(page)).toEqual([]);
      const sliders = page.locator('.slider input');
      for (const [accent, behind] of await sliders.evaluateAll((inputs) => inputs.map((input) => [getComputedStyle(input).accentColor, getComputedStyle(document.body).backgroundColor]))) {
        expect(accent).not.toBe(behind);
      }
      for (const width of [300, 900, 340]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      }
    }
  });
});
