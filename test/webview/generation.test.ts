import type { Locator, Page } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { SavedFile } from '../../src/panel/contract';
import { generation } from './harness/fakeGeneration';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { generationOf, hostile, longText } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const prompt = 'The cow jumped over the';

const calls = (page: Page, method: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => window.harness.calls.filter((call) => call.method === wanted).map(({ request }) => request as Record<string, unknown>), method);
const tokens = (page: Page): Locator => page.locator('.written button');
const shownStep = (page: Page): Promise<string | null> => page.locator('.written [aria-pressed="true"]').getAttribute('data-step');
const branches = (page: Page): Locator => page.getByRole('treeitem');
/** The rows of what could come next. */
const rows = (page: Page): Locator => page.locator('headlight-next-tokens [data-token]');
/** Sets a slider by the keyboard, as many steps as it says. */
async function slide(page: Page, name: string, steps: number): Promise<void> {
  await page.getByRole('slider', { name }).focus();
  for (let step = 0; step < Math.abs(steps); step++) await page.keyboard.press(steps > 0 ? 'ArrowRight' : 'ArrowLeft');
}

panels.describe('generation', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: generationOf(), ...options });
    await page.locator('[data-ended]').getByText('had not stopped').or(page.locator('[data-ended]').getByText('stop token')).waitFor();
    return page;
  }

  it.each(themeNames.flatMap((theme) => [[theme, 1, 300], [theme, 1.25, 375], [theme, 1, 900]] as const))(
    '%s at %d, %d wide: no accessibility violation and no sideways scrolling, as drawing and as table',
    async (theme, zoom, width) => {
      const page = await open({ theme, zoom, width, height: 1500 });
      const check = async (state: string): Promise<void> => {
        expect([state, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([state, 0]);
        expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
        mkdirSync(join(out, 'screenshots'), { recursive: true });
        await page.screenshot({ path: join(out, 'screenshots', `generation-${state}-${theme}-${zoom}-${width}.png`), fullPage: true });
      };
      await tokens(page).nth(3).click();
      await rows(page).nth(1).click();
      await branches(page).nth(1).waitFor();
      await page.getByRole('radio', { name: 'Drawn' }).click();
      await slide(page, 'Temperature', 6);
      await slide(page, 'Top-k', -3);
      await page.locator('[data-reshaped]').waitFor();
      await check('drawing');
      await page.getByRole('button', { name: 'Show as table' }).click();
      await check('table');
    },
    60_000,
  );
});
