import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium as browserType, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { chromium, chromiumArguments } from './page';

export interface SavedPages {
  /** Saves a page, once the tests run. */
  readonly write: (file: string, html: string) => void;
  /** Opens a page from the disk, without a network. */
  readonly open: (options?: BrowserContextOptions, file?: string) => Promise<Page>;
}

/**
 * For the tests of one `describe`: a browser that opens pages which somebody saved. Each test fails on an error, on
 * whatever is asked for beside the page, and on a script of the text.
 * @param own what a page may load of itself, by scheme
 */
export function savedPages({ viewport, own }: { readonly viewport: { readonly width: number; readonly height: number }; readonly own: RegExp }): SavedPages {
  const errors: string[] = [];
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headlight-page-'));
    browser = await browserType.launch({ executablePath: chromium, args: chromiumArguments });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(errors.splice(0)).toEqual([]);
  });
  return {
    write: (file, html) => { writeFileSync(join(folder, file), html); },
    async open(options = {}, file = 'page.html') {
      const context = await browser.newContext({ offline: true, viewport, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('request', (request) => !own.test(request.url()) && errors.push(`asked for ${request.url()}`));
      page.on('dialog', (dialog) => errors.push(`a script of the text ran: ${dialog.message()}`));
      await page.goto(pathToFileURL(join(folder, file)).href);
      return page;
    },
  };
}
