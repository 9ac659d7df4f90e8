import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { attentionOf, hostile } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();

/** The attention view in every theme, zoomed, narrow, by keyboard alone, and with text that would harm. */
panels.describe('the attention view everywhere', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: attentionOf(), ...options });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    await page.locator('headlight-head-lines canvas').waitFor();
    return page;
  }

  const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  /** Every way to draw a head, alone and with others. */
  const states: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    ['matrix', async (page) => {
      await page.getByRole('radio', { name: 'Matrix', exact: true }).click();
      await page.locator('headlight-head-matrix .scroll').focus();
      await page.keyboard.press('ArrowDown');
    }],
    ['text', async (page) => {
      await page.getByRole('radio', { name: 'Text', exact: true }).click();
      const token = page.locator('headlight-head-text [role="option"]');
      await token.nth(3).click();
      await token.nth(6).hover();
    }],
    ['several heads', async (page) => {
      await page.getByRole('checkbox', { name: 'Draw several heads together' }).click();
      await page.locator('[data-layer="1"][data-head="1"]').click();
      await page.getByRole('heading', { name: '2 heads together' }).waitFor();
    }],
    ['table', async (page) => {
      await page.getByRole('button', { name: 'Show as table' }).click();
      await page.getByRole('columnheader', { name: 'Weight' }).waitFor();
    }],
  ];

  it.each(themeNames.flatMap((theme) => [1, 1.25].map((zoom) => [theme, zoom] as const)))(
    '%s at %d: no accessibility violation and no sideways scrolling, however it is drawn',
    async (theme, zoom) => {
      const page = await open({ theme, zoom, width: 375 });
      for (const [name, enter] of states) {
        await enter(page);
        expect([name, await sideways(page)]).toEqual([name, 0]);
        expect([name, await panels.seriousViolations(page)]).toEqual([name, []]);
      }
    },
    60_000,
  );

  it('is worked by keyboard alone, from the grid to the sum', async () => {
    const page = await open();
    const { keyboard } = page;
    const tabTo = async (isThere: () => Promise<boolean>): Promise<void> => {
      for (let steps = 0; steps < 60 && !(await isThere()); steps++) await keyboard.press('Tab');
      expect(await isThere()).toBe(true);
    };
    const focused = (attribute: string): Promise<string> =>
      page.evaluate((name) => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.getAttribute(name) ?? '';
      }, attribute);

    await tabTo(async () => (await focused('data-layer')) === '5');
    await keyboard.press('3');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Layer 3, head 1', exact: true }).waitFor();
    await keyboard.press('ArrowRight');
    await keyboard.press('Shift+Enter');
    await page.getByRole('heading', { name: '2 heads together' }).waitFor();
    await tabTo(async () => (await focused('aria-label')) === 'Take out layer 3, head 2');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Layer 3, head 1', exact: true }).waitFor();
    await tabTo(async () => (await focused('data-side')) === 'query');
    for (let steps = 0; steps < 2; steps++) await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('[data-readout]').textContent()).toMatch(/cow →\s+cow 0\.\d{4}/);
    await keyboard.press('Escape');
    expect(await page.locator('[role="option"][aria-selected="true"]').count()).toBe(0);
    await tabTo(() => page.getByRole('button', { name: 'Show', exact: true }).evaluate((button) => button.matches(':focus-within')));
    await keyboard.press('Enter');
    await page.getByText('1. q: what the token asks for').waitFor();
  }, 60_000);

  it('shows text that would harm as text, however it is drawn', async () => {
    const long = 'a'.repeat(10_000);
    const page = await open({ subject: attentionOf(`${hostile} ${long}`) });
    for (const [, enter] of states) {
      await enter(page);
      expect(await sideways(page)).toBe(0);
    }
    const cells = await page.locator('tbody td.source-text').allTextContents();
    expect(cells.every((text) => text.length <= 10_000)).toBe(true);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  }, 60_000);
});
