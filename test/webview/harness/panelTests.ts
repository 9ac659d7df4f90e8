import type * as Axe from 'axe-core';
import { existsSync } from 'node:fs';
import { chromium as browserType, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { bundle, chromium, chromiumArguments, openPanel, type Bundle, type PageOptions } from './page';

const present = existsSync(chromium);

/** What the tests of one file do with the panel. */
export interface PanelTests {
  /** Describes tests that are skipped where there is no browser. */
  readonly describe: (name: string, tests: () => void) => void;
  /** Opens the panel; after the test it is closed and must have logged no error. */
  readonly open: (options: PageOptions) => Promise<Page>;
  /** Serious violations of WCAG 2.1 AA on the page as it is now, each with where and why. */
  readonly seriousViolations: (page: Page) => Promise<string[]>;
}

/** Starts a browser for the tests of a file; to be called where the file begins. */
export function panelTests(): PanelTests {
  if (!present) console.warn(`Skipped: the panel is tested in ${chromium}, which is not installed (apt-get install chromium).`);
  let browser: Browser | undefined;
  let files: Bundle;
  const errors: string[] = [];
  beforeAll(async () => {
    if (!present) return;
    files = await bundle();
    browser = await browserType.launch({ executablePath: chromium, args: chromiumArguments });
  }, 60_000);
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
    // Uncaught exceptions and violations of the content security policy.
    expect(errors.splice(0)).toEqual([]);
  });
  return {
    describe: (name, tests) => { describe.skipIf(!present)(name, tests); },
    open: async (options) => {
      const opened = await openPanel(browser!, files, options);
      opened.page.setDefaultTimeout(15_000);
      opened.page.on('close', () => errors.push(...opened.errors));
      return opened.page;
    },
    seriousViolations: async (page) => {
      if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(files.axe);
      return page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof Axe };
        const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join('; ')}`);
      });
    },
  };
}
