import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { arcMark, arcPoint, type Box } from '../../webview/draw/arcs';
import { level } from '../../src/picture/ramp';
import { axisItems, type HeadView } from '../../webview/lenses/attention/headView';
import { tokensOf, weightsOf } from './harness/fakeModel';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { heard } from './harness/posted';
import { attentionOf, cow, hostile, longText } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const { open } = panels;

/** The panel with one head drawn in a certain way. */
async function drawn(drawing: 'Lines' | 'Matrix' | 'Text', options: Partial<PageOptions> = {}): Promise<Page> {
  const page = await open({ subject: attentionOf(), ...options });
  await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
  await page.getByRole('radio', { name: drawing, exact: true }).click();
  await page.locator(`headlight-head-${drawing.toLowerCase()} canvas`).waitFor();
  return page;
}

const option = (page: Page, text: string): Locator => page.locator('headlight-head-text [role="option"]', { hasText: text }).first();
const readout = (page: Page): Locator => page.locator('[data-readout]');
/** Where the pointer does nothing. */
const away = (page: Page): Promise<void> => page.locator('[data-headline]').hover();
const reveals = (page: Page): Promise<unknown[]> => heard(page, 'panel/reveal');

/** How many pixels of a canvas are not transparent. */
const inked = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at]! > 0) count++;
    return count;
  });

/** Opacity of a canvas at a point, 0–255, the largest of its neighbourhood. */
const opacityAt = (page: Page, selector: string, point: { readonly x: number; readonly y: number }): Promise<number> =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement, { x, y }) => {
    const { data } = canvas.getContext('2d')!.getImageData(Math.round(x) - 1, Math.round(y) - 1, 3, 3);
    return Math.max(...data.filter((_, at) => at % 4 === 3));
  }, point);

/** Puts a drawing of its own on the page. */
async function mount(page: Page, name: string, view: HeadView, pinned: { side: string; token: number } | null = null): Promise<void> {
  await page.evaluate(({ name: tag, view: given, pinned: kept }) => {
    document.querySelector('#mounted')?.remove();
    const element = document.createElement(tag);
    element.id = 'mounted';
    Object.assign(element, { view: given, pinned: kept, label: 'A map' });
    document.body.prepend(element);
  }, { name, view, pinned });
  await page.locator('#mounted canvas').waitFor();
}

panels.describe('one head', () => {
  describe('as running text', () => {
    const canvas = 'headlight-head-text canvas';

    it('is chosen by itself for a long text, and the reader’s own choice is kept', async () => {
      const page = await open({ subject: attentionOf(longText(80)) });
      await page.locator('headlight-head-text').waitFor();
      expect(await page.getByRole('radio', { name: 'Text' }).getAttribute('aria-checked')).toBe('true');
      await page.getByRole('radio', { name: 'Lines' }).click();
      await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, attentionOf(longText(90)));
      await page.locator('[data-side="query"]').nth(85).waitFor();
      expect(await page.locator('headlight-head-text').count()).toBe(0);
    });

    it('shades tokens by what they receive, and says so', async () => {
      const page = await drawn('Text');
      await page.getByText('Shade: the attention that a token receives').waitFor();
      await expect.poll(() => inked(page, canvas)).toBeGreaterThan(5000);
    });

    it('follows the token under the pointer, keeps a clicked one and lets it go by Esc', async () => {
      const page = await drawn('Text');
      await option(page, 'jumped').hover();
      await page.getByText('what the outlined token looks at').waitFor();
      await option(page, 'jumped').click();
      const start = 100 + cow.indexOf('jumped');
      await expect.poll(() => reveals(page)).toEqual([{ uri: 'file:///lesson.md', start, end: start + 6 }]);
      expect(await option(page, 'jumped').getAttribute('aria-selected')).toBe('true');
      await option(page, 'moon').hover();
      expect(await readout(page).textContent()).toMatch(/jumped →\s+moon 0\.\d{4}\s+rank \d+ of 18/);
      await away(page);
      expect(await page.locator('headlight-head-text .followed').textContent()).toBe('jumped');
      await option(page, 'jumped').focus();
      await page.keyboard.press('Escape');
      await page.getByText('Shade: the attention that a token receives').waitFor();
    });

    it('turns round: who looks at the token that is kept', async () => {
      const page = await drawn('Text');
      await option(page, 'jumped').click();
      await page.getByRole('radio', { name: 'key ← queries' }).click();
      await page.getByText('who looks at the outlined token').waitFor();
      await option(page, 'moon').hover();
      expect(await readout(page).textContent()).toMatch(/moon →\s+jumped 0\.\d{4}/);
    });

    it('is walked by the arrow keys, line by line too', async () => {
      const page = await drawn('Text');
      await page.locator('headlight-head-text [role="option"][tabindex="0"]').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('headlight-head-text .followed').textContent()).toBe('cow');
      const top = (): Promise<number> => page.locator('headlight-head-text .followed').evaluate((element: HTMLElement) => element.offsetTop);
      const first = await top();
      await page.keyboard.press('ArrowDown');
      expect(await top()).toBeGreaterThan(first);
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      expect(await option(page, '[CLS]').getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('End');
      expect(await readout(page).textContent()).toMatch(/\[CLS\] →\s+\[SEP\] 0\.\d{4}/);
      expect(await page.locator('headlight-head-text [role="option"][tabindex="0"]').count()).toBe(1);
    });

    it('draws an arrow where its geometry says', async () => {
      const page = await drawn('Text', { width: 600 });
      const tokens = tokensOf(cow);
      const weights = weightsOf(tokens, 5, 0);
      const row = weights.subarray(8 * tokens.length, 9 * tokens.length);
      const strongest = row.indexOf(Math.max(...row.filter((_, key) => key !== 8)));
      await page.locator('headlight-head-text [data-token-index="8"]').click();
      await away(page);
      const boxes = await page.locator('headlight-head-text [role="option"]').evaluateAll((all) =>
        (all as HTMLElement[]).map(({ offsetLeft, offsetTop, offsetWidth, offsetHeight }): Box => ({ left: offsetLeft, top: offsetTop, width: offsetWidth, height: offsetHeight })),
      );
      const mark = arcMark(boxes[8]!, boxes[strongest]!, level(row[strongest]!, Math.max(...weights)));
      for (const t of [0.3, 0.6]) expect(await opacityAt(page, canvas, arcPoint(mark, t))).toBeGreaterThan(60);
      const [tip, left, right] = mark.head;
      expect(await opacityAt(page, canvas, { x: (tip.x + left.x + right.x) / 3, y: (tip.y + left.y + right.y) / 3 })).toBeGreaterThan(60);
    });

    it('starts the second sentence on a line of its own', async () => {
      const page = await drawn('Text', { subject: attentionOf(cow, 'It landed in the field.') });
      expect(await page.getByRole('group', { name: 'Text B' }).getByRole('option').allTextContents()).toEqual(['It', 'landed', 'in', 'the', 'field', '.', '[SEP]']);
      await page.getByRole('radio', { name: 'A→B' }).click();
      await option(page, 'landed').hover();
      await page.getByText('who looks at the outlined token').waitFor();
    });

    it('shows hostile text as text', async () => {
      const page = await drawn('Text', { subject: attentionOf(hostile) });
      const tokens = await page.locator('headlight-head-text [role="option"]').allTextContents();
      for (const text of ['onerror', 'a⟨U+200B⟩b', 'שלום', '👩‍👩‍👧', '⟨U+202E⟩']) expect(tokens.join(' ')).toContain(text);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    });

    it('runs from right to left where the text does', async () => {
      const page = await drawn('Text', { subject: attentionOf('הפרה קפצה מעל הירח', 'The moon') });
      const left = (text: string): Promise<number> => option(page, text).evaluate((element: HTMLElement) => element.offsetLeft);
      expect(await left('הפרה')).toBeGreaterThan(await left('קפצה'));
      expect(await left('The')).toBeLessThan(await left('moon'));
      await option(page, 'הפרה').focus();
      await page.keyboard.press('ArrowLeft');
      expect(await page.locator('headlight-head-text .followed').textContent()).toBe('קפצה');
    });
  });

  it.each([['Lines', 'headlight-head-lines', '[data-side="query"][data-token-index="12"]'], ['Text', 'headlight-head-text', '[data-token-index="12"]']] as const)(
    '%s: draws of each row what the reader keeps, over a reload too',
    async (drawing, tag, token) => {
      const page = await drawn(drawing);
      await page.locator(`${tag} ${token}`).click();
      await away(page);
      const all = await inked(page, `${tag} canvas`);
      const slider = page.getByRole('slider', { name: 'Keep of each row' });
      expect(await slider.inputValue()).toBe('1');
      await slider.fill('0.3');
      await page.getByText(/up to 30.% of its sum/).waitFor();
      await expect.poll(() => inked(page, `${tag} canvas`)).toBeLessThan(all * 0.8);
      await page.addInitScript(() => { window.harnessSubject = null; });
      await page.reload();
      await expect.poll(() => slider.inputValue()).toBe('0.3');
    },
  );

  it('tells the exact weight of a line, and of a pair of tokens, with its rank', async () => {
    const page = await drawn('Lines');
    await page.locator('[data-side="query"]', { hasText: 'jumped' }).click();
    await page.locator('[data-side="key"]', { hasText: 'moon' }).hover();
    const text = (await readout(page).textContent())!;
    expect(text).toMatch(/jumped →\s+moon 0\.\d{4}\s+rank \d+ of 18/);
    const tokens = tokensOf(cow);
    const weight = weightsOf(tokens, 5, 0)[12 * tokens.length + tokens.findIndex((own) => own.text === 'moon')]!;
    expect(text).toContain(weight.toFixed(4));
    await page.keyboard.press('Escape');
    await away(page);
    expect((await readout(page).textContent())!.trim()).toBe('');
    const lines = (await page.locator('headlight-head-lines canvas').boundingBox())!;
    // Every line of the first row starts in this corner.
    await page.mouse.move(lines.x + 1, lines.y + 11);
    await expect.poll(() => readout(page).textContent()).toMatch(/\[CLS\] →\s+\S+ 0\.\d{4}\s+rank 1 of 18/);
  });

  it('names words in matrix and table where pieces are merged', async () => {
    const page = await drawn('Matrix', { subject: attentionOf('The elephants jumped.') });
    await page.getByRole('checkbox', { name: 'Merge word pieces' }).click();
    const matrix = page.locator('headlight-head-matrix .scroll');
    await matrix.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await readout(page).textContent()).toMatch(/elephants →\s+elephants 0\.\d{4}\s+rank \d of 6/);
    await page.getByRole('button', { name: 'Show as table' }).click();
    expect(await page.locator('tbody td').allTextContents()).toContain('elephants');
  });

  it('says for each drawing what it answers to', async () => {
    const page = await open({ subject: attentionOf() });
    for (const drawing of ['Lines', 'Matrix', 'Text']) {
      await page.getByRole('radio', { name: drawing, exact: true }).click();
      const text = await page.locator('[data-gestures]').textContent();
      for (const gesture of ['Point', 'click', 'Esc', 'arrow keys']) expect(text).toContain(gesture);
    }
  });

  describe('that is causal', () => {
    const items = axisItems(tokensOf('one two'));
    const view: HeadView = {
      queries: items,
      keys: items,
      weights: Float32Array.of(1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.2, 0.3, 0.5, 0, 0.25, 0.25, 0.25, 0.25),
      max: 1,
      kind: 'causal',
    };

    it('is hatched above the diagonal of the matrix, and says why', async () => {
      const page = await open({ subject: null, width: 600 });
      await mount(page, 'headlight-head-matrix', view);
      const colors = (corner: 'right' | 'left'): Promise<number> =>
        page.locator('#mounted canvas').evaluate((canvas: HTMLCanvasElement, side) => {
          const cell = 28;
          const [x, y] = side === 'right' ? [canvas.width - cell + 3, canvas.height - 4 * cell + 3] : [canvas.width - 4 * cell + 3, canvas.height - cell + 3];
          const { data } = canvas.getContext('2d')!.getImageData(x, y, 20, 20);
          return new Set(new Uint32Array(data.buffer)).size;
        }, corner);
      await expect.poll(() => colors('right')).toBeGreaterThan(1);
      expect(await colors('left')).toBe(1);
      const box = (await page.locator('#mounted canvas').boundingBox())!;
      await page.mouse.move(box.x + box.width - 6, box.y + box.height - 3.5 * 28);
      await expect.poll(() => page.locator('#mounted [data-readout]').textContent()).toMatch(/\[CLS\] →\s+\[SEP\] not yet written: masked/);
    });

    it('has neither lines nor arrows to what comes later', async () => {
      const page = await open({ subject: null, width: 600 });
      await mount(page, 'headlight-head-lines', view, { side: 'query', token: 1 });
      expect((await page.locator('#mounted [data-side="key"] .value').allTextContents()).map((text) => text.trim())).toEqual(['0.50', '0.50', '', '']);
      await mount(page, 'headlight-head-text', view, { side: 'query', token: 1 });
      expect(await page.locator('#mounted .masked').allTextContents()).toEqual(['two', '[SEP]']);
      await page.locator('#mounted [data-token-index="3"]').hover();
      expect(await page.locator('#mounted [data-readout]').textContent()).toMatch(/one →\s+\[SEP\] not yet written: masked/);
    });
  });

  it('draws queries and keys of two texts', async () => {
    const page = await open({ subject: null, width: 600 });
    const [queries, keys] = [axisItems(tokensOf('The dog')), axisItems(tokensOf('Der Hund da'))];
    const weights = Float32Array.from({ length: 20 }, (_, at) => (at % 5 === 2 ? 0.6 : 0.1));
    const view: HeadView = { queries, keys, weights, max: 0.6, kind: 'cross' };
    await mount(page, 'headlight-head-lines', view, { side: 'query', token: 2 });
    expect((await page.locator('#mounted [data-side="key"] .value').allTextContents()).map(Number)).toEqual([0.1, 0.1, 0.6, 0.1, 0.1]);
    await mount(page, 'headlight-head-text', view, { side: 'query', token: 2 });
    expect(await page.locator('#mounted .followed').textContent()).toBe('dog');
    await page.locator('#mounted [role="option"]', { hasText: 'Hund' }).hover();
    expect(await page.locator('#mounted [data-readout]').textContent()).toMatch(/dog →\s+Hund 0\.6000\s+rank 1 of 5/);
  });

  it.each(themeNames)('%s: no accessibility violation and no sideways scrolling in any drawing', async (theme) => {
    const page = await open({ subject: attentionOf('The elephants jumped over the moon, and it wobbled.', 'They landed softly.'), theme, width: 320 });
    for (const drawing of ['Lines', 'Matrix', 'Text']) {
      await page.getByRole('radio', { name: drawing, exact: true }).click();
      for (const followed of [false, true]) {
        if (followed && drawing !== 'Matrix') {
          await page.locator(`headlight-head-${drawing.toLowerCase()} [data-token-index="6"]`).first().click();
          await page.locator(`headlight-head-${drawing.toLowerCase()} [data-token-index="9"]`).last().hover();
        }
        expect(await panels.seriousViolations(page)).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      await page.keyboard.press('Escape');
    }
  });
});
