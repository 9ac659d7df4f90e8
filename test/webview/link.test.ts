import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Subject } from '../../src/panel/contract';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { attentionOf, cow } from './harness/subjects';

const panels = panelTests();
const { open } = panels;

const by = (id: string, state: unknown, text = cow, second?: string): Subject => ({ ...attentionOf(text, second), opened: { id, state } }) as Subject;
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
const copies = (page: Page): Promise<unknown[]> => calls(page, 'panel/copyLink');
const copy = (page: Page) => page.getByRole('button', { name: 'Copy link to this view', exact: true });

panels.describe('a link to a view', () => {
  it('is asked for with what the view remembers, by the keyboard too, and that it was copied is said', async () => {
    const page = await open({ subject: attentionOf() });
    await page.locator('[data-layer="2"][data-head="4"]').click();
    await heading(page, 'Layer 2, head 4');
    await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    await copy(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Link copied.').waitFor();
    expect(await copies(page)).toMatchObject([{ layer: 2, head: 4, hideSpecial: true, together: null }]);
    expect(await panels.seriousViolations(page)).toEqual([]);
  });

  it('that cannot be made says why', async () => {
    const page = await open({ subject: attentionOf() });
    await copy(page).waitFor();
    await page.evaluate(() => { window.harness.fail = 'The text has 9000 characters, and a link carries 8000 at most.'; });
    await copy(page).click();
    await page.getByText('a link carries 8000 at most').waitFor();
    expect(await page.getByText('Link copied').count()).toBe(0);
  });

  it('restores the view, and what is changed after that holds when the page is loaded anew', async () => {
    const state = { layer: 3, head: 1, hideSpecial: true, drawing: 'matrix', pairs: 'ab', order: 'distance', pinned: { side: 'query', token: 2 } };
    const page = await open({ subject: by('a', state, cow, 'It was not a full moon.') });
    await heading(page, 'Layer 3, head 1');
    await page.getByRole('checkbox', { name: 'Hide special tokens', checked: true }).waitFor();
    await page.getByRole('radio', { name: 'Matrix', exact: true, checked: true }).waitFor();
    await page.getByRole('radio', { name: 'A→B', exact: true, checked: true }).waitFor();
    await expect.poll(() => page.getByLabel('Order').inputValue()).toContain('distance');
    await copy(page).click();
    await page.getByText('Link copied.').waitFor();
    // Kept, so that the editor's cursor does not take its place.
    expect(await copies(page)).toMatchObject([{ ...state, pinned: { side: 'query', token: 2, kept: true } }]);
    await page.locator('[data-layer="0"][data-head="5"]').click();
    await heading(page, 'Layer 0, head 5');
    await page.reload();
    await heading(page, 'Layer 0, head 5');
    // The same opening, as the editor says it once more when another model is in force; then the link anew.
    const overviews = async (): Promise<number> => (await calls(page, 'attention/overview')).length;
    const before = await overviews();
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, by('a', state, cow, 'It was not a full moon.'));
    await expect.poll(overviews).toBe(before + 1);
    await heading(page, 'Layer 0, head 5');
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, by('b', state, cow, 'It was not a full moon.'));
    await heading(page, 'Layer 3, head 1');
  });

  it('keeps its token where the editor selects before the tokens of the text are there', async () => {
    const page = await open({ subject: attentionOf() });
    await heading(page, 'Layer 5, head 0');
    await page.evaluate((subject) => {
      const { harness } = window;
      harness.delays = [700];
      harness.notify('editor/show', subject);
      harness.notify('editor/selection', { uri: 'file:///lesson.md', start: 103, end: 106 });
    }, by('c', { layer: 1, head: 2, pinned: { side: 'query', token: 5 } }, 'It ran away, and the cow jumped.'));
    await page.locator('[data-side="query"]', { hasText: 'ran' }).waitFor();
    await copy(page).click();
    await page.getByText('Link copied.').waitFor();
    expect(await copies(page)).toMatchObject([{ layer: 1, head: 2, pinned: { side: 'query', token: 5 } }]);
  });

  it.each([
    ['nothing', null],
    ['text', 'layer'],
    ['what is out of range', { layer: 99, head: -7, least: -5, mass: 12, pinned: { side: 'key', token: 4000 }, together: [{ layer: 77, head: 0 }], stage: 'sum' }],
    ['what is of another type', { layer: '1', head: {}, drawing: 5, pairs: [], order: '__proto__', pinned: { side: 'constructor', token: 1 }, together: { length: 1e9 }, compare: { kind: 9, layer: 1e300, text: 4, model: {} } }],
  ])('whose view is %s opens all the same', async (_, state) => {
    const page = await open({ subject: by('x', state) });
    await page.getByRole('heading', { name: /^Layer \d, head 0$/ }).waitFor();
    await page.locator('[data-side="query"]').first().waitFor();
    await copy(page).click();
    await page.getByText('Link copied.').waitFor();
  });
});
