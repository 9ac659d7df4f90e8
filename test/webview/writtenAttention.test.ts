import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Subject } from '../../src/panel/contract';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import type { PageOptions } from './harness/page';
import { attentionOf, hostile } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
interface Asked {
  readonly part?: string;
  readonly written?: object;
  readonly inModel?: string;
  readonly map?: { readonly kind: string };
}
const source = 'The cow jumped over the moon.';
const screenshots = join(import.meta.dirname, '../../out/screenshots');

/** As another view opens the lens on a translator. */
const opened = (state: object = {}, text = source): Subject =>
  ({ ...attentionOf(text), opened: { id: 'a', state: { part: 'cross', inModel: 'translator', layer: 1, head: 3, written: null, ...state } } }) as Subject;

panels.describe('attention of what is written', () => {
  async function open(state: object = {}, options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: opened(state), ...options });
    await page.getByRole('heading', { name: 'Layer 1, head 3', exact: true }).waitFor();
    return page;
  }
  const labels = (page: Page, side: 'query' | 'key'): Promise<string[]> => page.locator(`[data-side="${side}"] .source-text`).allInnerTexts();
  const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  it('has what is written in rows, the stop token last, and the source in columns', async () => {
    const page = await open();
    expect(await labels(page, 'query')).toEqual(['La', 'vaca', 'saltó', 'sobre', 'la', 'luna', '.', '</s>']);
    expect(await labels(page, 'key')).toEqual(['[CLS]', 'The', 'cow', 'jumped', 'over', 'the', 'moon', '.', '[SEP]']);
    await page.getByText('a row for each token, named by the token that is found there').waitFor();
    expect(await page.locator('[data-written]').innerText()).toBe('La vaca saltó sobre la luna.');
    // What means nothing across is not offered.
    expect(await page.getByLabel('Show', { exact: true }).locator('option').allInnerTexts()).not.toContain('Rollout through the layers');
    await expect.poll(() => page.getByLabel('Order').locator('option').allInnerTexts()).toEqual(['by layer', 'by first token', 'by separator', 'by punctuation', 'by entropy']);
    for (const method of ['attention/overview', 'attention/map', 'attention/metrics']) {
      expect(await calls<Asked>(page, method)).toMatchObject([{ part: 'cross', inModel: 'translator' }]);
    }
  });

  it('chooses among the three by the keyboard', async () => {
    const page = await open();
    const chosen = page.getByRole('radiogroup', { name: 'Which attention' }).getByRole('radio', { checked: true });
    expect(await chosen.innerText()).toBe('Across');
    await chosen.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => labels(page, 'key')).toEqual(['<pad>', 'La', 'vaca', 'saltó', 'sobre', 'la', 'luna', '.']);
    expect(await labels(page, 'query')).toEqual(await labels(page, 'key'));
    await page.getByText('In the row of a token the decoder finds the one after it').waitFor();
    expect(await page.getByText('The document shades').count()).toBe(0);
    await page.keyboard.press('ArrowLeft');
    await page.getByText('The encoder, which reads').waitFor();
    expect(await labels(page, 'query')).toHaveLength(9);
    expect(await page.locator('[data-written]').count()).toBe(0);
    // As the reader left it, after the page is loaded anew.
    await page.getByRole('radio', { name: 'Written', exact: true }).click();
    await expect.poll(() => labels(page, 'query')).toHaveLength(8);
    await page.reload();
    await expect.poll(() => labels(page, 'query')).toHaveLength(8);
  });

  it('says at a weight what is found there', async () => {
    const page = await open();
    await page.locator('[data-side="query"]').nth(2).click();
    await page.locator('[data-side="key"]').nth(3).hover();
    await expect.poll(() => page.locator('[data-readout]').textContent()).toMatch(/saltó → jumped\s+0\.\d{4}\s+rank \d of 9 · found after “vaca”/);
    await page.getByRole('radio', { name: 'Written', exact: true }).click();
    await expect.poll(() => labels(page, 'key')).toHaveLength(8);
    await page.locator('[data-side="query"]').nth(3).click();
    await page.locator('[data-side="key"]').nth(1).hover();
    await expect.poll(() => page.locator('[data-readout]').textContent()).toMatch(/saltó → La\s+0\.\d{4}\s+rank \d of 4 · here “sobre” is found/);
  });

  it('shades the source words of a written token, and keeps the source token that the document selects', async () => {
    const page = await open();
    const told = (): Promise<unknown[]> => heard(page, 'panel/attended');
    await page.locator('[data-side="query"]').nth(1).click();
    await expect.poll(async () => (await told()).at(-1)).toMatchObject({
      label: 'vaca',
      kept: { side: 'query', range: null },
      words: source.match(/\w+|\./g)!.map((word) => ({ start: 100 + source.indexOf(word), end: 100 + source.indexOf(word) + word.length })),
    });
    await page.keyboard.press('Escape');
    await page.evaluate(() => { window.harness.notify('editor/selection', { uri: 'file:///lesson.md', start: 104, end: 107 }); });
    await page.locator('[data-side="key"].followed').waitFor();
    expect(await page.locator('[data-side="key"].followed .source-text').innerText()).toBe('cow');
    expect(await page.locator('.selected .source-text').allInnerTexts()).toEqual(['cow']);
    // Written tokens stand in no document.
    expect(await heard(page, 'panel/reveal')).toEqual([]);
  });

  it('looks into another translation, and back into the model’s own', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Another translation…' }).click();
    const field = page.getByRole('textbox', { name: 'Another translation' });
    await expect.poll(() => field.inputValue()).toBe('La vaca saltó sobre la luna.');
    await field.fill('El toro voló.');
    await field.press('Enter');
    await expect.poll(() => labels(page, 'query')).toEqual(['El', 'toro', 'voló', '.', '</s>']);
    expect((await calls<Asked>(page, 'attention/map')).at(-1)).toMatchObject({ part: 'cross', written: { text: 'El toro voló.' } });
    await page.getByRole('button', { name: 'The model’s own translation' }).click();
    await expect.poll(() => labels(page, 'query')).toHaveLength(8);
    expect((await calls<Asked>(page, 'attention/map')).at(-1)!.written).toBeUndefined();
  });

  it('walks through the sum of a written token', async () => {
    const page = await open();
    await page.locator('[data-side="query"]').nth(2).click();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('The decoder’s state where “saltó” is found').waitFor();
    await page.getByText('What went in for “vaca”').waitFor();
    await page.getByRole('button', { name: 'Next step' }).click();
    await page.getByText('The encoder’s last state of every source token').waitFor();
    expect(await page.locator('headlight-attention-sum tbody').first().locator('th').allInnerTexts()).toEqual(['[CLS]', 'The', 'cow', 'jumped', 'over', 'the', 'moon', '.', '[SEP]']);
    expect(await calls<Asked>(page, 'attention/sum')).toMatchObject([{ query: 2, part: 'cross', inModel: 'translator' }]);
  });

  it('compares with another head, another source and another model', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Compare…' }).click();
    const compare = page.getByRole('region', { name: 'Compare' });
    await compare.locator('[data-side="difference"]').waitFor();
    await compare.getByText('Every token has its counterpart.').waitFor();
    await compare.getByRole('radio', { name: 'Text' }).click();
    await compare.getByRole('textbox', { name: 'Other text' }).fill('The dog jumped over the moon.');
    await compare.getByRole('textbox', { name: 'Other text' }).press('Enter');
    await compare.locator('[data-side="difference"]').waitFor();
    expect((await calls<Asked>(page, 'attention/textMap')).at(-1)).toMatchObject({ part: 'cross', inModel: 'translator' });
    // A word's own comparison is of what reads.
    expect(await page.locator('headlight-word-comparison').count()).toBe(0);
  });

  it('saves rows and columns as they are called', async () => {
    const page = await open({ drawing: 'matrix' });
    const saved = async (format: string): Promise<{ readonly name: string; readonly text: string }> => {
      await page.getByLabel('Save as').selectOption(format);
      await expect.poll(async () => (await calls<Asked>(page, 'panel/save')).length).toBeGreaterThan(0);
      return (await calls<Asked>(page, 'panel/save')).at(-1) as unknown as { name: string; text: string };
    };
    const json = JSON.parse((await saved('JSON numbers')).text) as { part: string; written: string; queries: { text: string }[]; keys: { text: string }[]; weights: number[][] };
    expect([json.part, json.written, json.queries.length, json.keys.length]).toEqual(['cross', 'La vaca saltó sobre la luna.', 8, 9]);
    expect(json.queries.at(-1)!.text).toBe('</s>');
    expect([json.weights.length, json.weights[0]!.length]).toEqual([8, 9]);
    await page.getByLabel('Save as').selectOption('SVG picture');
    await expect.poll(async () => (await calls<Asked>(page, 'panel/save')).length).toBe(2);
    const { text } = (await calls<Asked>(page, 'panel/save')).at(-1) as unknown as { text: string };
    expect(text).toContain('translator · cross-attention · Layer 1, head 3');
    for (const label of ['saltó', '&lt;/s&gt;', 'jumped']) expect(text).toContain(label);
    await page.getByLabel('Save as').selectOption('HTML page, interactive');
    await expect.poll(() => calls<Asked>(page, 'panel/savePage')).toMatchObject([{ asked: { part: 'cross', inModel: 'translator' }, state: { inModel: null } }]);
  });

  it('belongs to its text: for another the model in use is asked, and nothing given is kept', async () => {
    const page = await open({ written: { ids: [7, 8] } });
    expect(await page.locator('[data-written]').innerText()).toBe('ids 7 8');
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, attentionOf('Another text.'));
    await expect.poll(async () => (await calls<Asked>(page, 'attention/overview')).length).toBe(2);
    const asked = (await calls<Asked>(page, 'attention/overview')).at(-1)!;
    // The encoder in use has one stack only, which need not be named.
    expect([asked.part, asked.written, asked.inModel]).toEqual([undefined, undefined, undefined]);
    await expect.poll(() => page.getByRole('region', { name: 'Which attention' }).count()).toBe(0);
  });

  it('leaves the other model where the reader says so', async () => {
    const page = await open();
    await page.getByText('With translator, not the model in use.').waitFor();
    await page.getByRole('button', { name: 'Show with the model in use' }).click();
    await expect.poll(() => page.getByRole('region', { name: 'Which attention' }).count()).toBe(0);
    expect((await calls<Asked>(page, 'attention/overview')).at(-1)!.inModel).toBeUndefined();
  });

  it('offers of a pair the source only, and says why', async () => {
    const subject = { ...attentionOf(source, 'It was full.'), opened: { id: 'a', state: { part: 'cross', inModel: 'translator', layer: 1, head: 3 } } } as Subject;
    const page = await panels.open({ subject });
    const across = page.getByRole('radio', { name: 'Across' });
    await across.waitFor();
    expect(await across.getAttribute('aria-disabled')).toBe('true');
    expect(await across.getAttribute('title')).toContain('Select one text alone');
    expect((await calls<Asked>(page, 'attention/overview'))[0]!.part).toBeUndefined();
  });

  it('offers a way back where a part cannot be shown', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.fail = 'In the decoder no attention was found.'; });
    await page.getByRole('radio', { name: 'Written', exact: true }).click();
    await page.getByText('In the decoder no attention was found.').first().waitFor();
    await page.evaluate(() => { window.harness.fail = null; });
    await page.getByRole('radio', { name: 'Across', exact: true }).click();
    await expect.poll(() => page.getByText('no attention was found').count()).toBe(0);
    expect(await labels(page, 'query')).toContain('saltó');
  });

  it('shows text that would harm as text', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Another translation…' }).click();
    await page.getByRole('textbox', { name: 'Another translation' }).fill(hostile);
    await page.getByRole('button', { name: 'Look into it' }).click();
    await page.getByRole('button', { name: 'The model’s own translation' }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await sideways(page)).toBe(0);
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 375], [theme, 1.25, 1100]] as const))('%s at %d, %d px wide: readable, however it is drawn', async (theme, zoom, width) => {
    mkdirSync(screenshots, { recursive: true });
    for (const part of ['cross', 'decoder'] as const) {
      const page = await open({ part }, { theme, zoom, width, height: 1500 });
      await page.locator('[data-side="query"]').nth(3).click();
      for (const drawing of ['Lines', 'Matrix', 'Text']) {
        await page.getByRole('radio', { name: drawing, exact: true }).click();
        expect([drawing, await sideways(page)]).toEqual([drawing, 0]);
        expect([drawing, await panels.seriousViolations(page)]).toEqual([drawing, []]);
        await page.screenshot({ path: join(screenshots, `written-${part}-${drawing.toLowerCase()}-${theme}-${width}.png`) });
      }
      await page.getByRole('button', { name: 'Another translation…' }).click();
      await page.getByRole('button', { name: 'Show as table' }).click();
      expect(await panels.seriousViolations(page)).toEqual([]);
      await page.screenshot({ path: join(screenshots, `written-${part}-table-${theme}-${width}.png`) });
    }
  }, 120_000);
});
