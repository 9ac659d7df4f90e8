import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { lineageOf } from './harness/subjects';

const panels = panelTests();
panels.describe('lineage', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: lineageOf(), ...options });
    await page.locator('headlight-lineage [data-measured]').waitFor();
    return page;
  }
  it.each([['dark', 340], ['light', 1200], ['hc-dark', 900]] as const)('%s %d', async (theme, width) => {
    const page = await open({ theme, width, height: 1500 });
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `lineage-${theme}-${width}.png`), fullPage: true });
  });
});
