import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { out } from '../../scripts/steps/paths.mjs';
import { type ServerOptions, startServer, type TestServer } from './server';

const browserFlags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** How long a view may take on a busy machine, in ms. */
const patience = 45_000;

export interface WorkbenchOptions extends ServerOptions {
  /** Size of the window in CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** A real VS Code with the packaged extension, driven as a user would. */
export class Workbench {
  private constructor(
    readonly server: TestServer,
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** Starts a server and opens its workbench. */
  static async open({ size = { width: 1400, height: 900 }, ...options }: WorkbenchOptions): Promise<Workbench> {
    const server = await startServer(options);
    const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: browserFlags });
    const page = await browser.newPage({ viewport: size });
    page.setDefaultTimeout(patience);
    const workbench = new Workbench(server, browser, page);
    await page.goto(`${server.address}/?folder=${encodeURIComponent(server.folder)}`);
    await workbench.ready();
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Reloads the window as a user does, and waits for the extension. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** The extension's status bar item. */
  get statusItem(): Locator {
    return this.page.locator('[id="headlight.headlight.status"]');
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.fill(`>${title}`);
    // Recently used commands come first: the row is chosen by its whole title.
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ has: this.page.getByText(title, { exact: true }) });
    await row.first().click();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' }).catch(() => undefined);
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+p');
    await this.page.locator('.quick-input-widget:visible input.input').fill(name);
    // Files opened before come first: the row is chosen by its name.
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`).first().click();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }

  async focusEditor(): Promise<void> {
    await this.command('View: Focus Active Editor Group');
  }

  /** Puts the cursor at a line and column, both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Control+g');
    await this.page.locator('.quick-input-widget:visible input.input').fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Puts the cursor into the `nth` occurrence (from 0) of `text` in a file that is open; returns its place. */
  async placeCursor(name: string, text: string, nth = 0): Promise<Place> {
    const place = placeOf(await this.read(name), text, nth);
    await this.goTo(place.line, place.column + 1);
    return place;
  }

  /** Selects the `nth` occurrence of `text`, which stays on one line. */
  async select(name: string, text: string, nth = 0): Promise<Place> {
    const place = placeOf(await this.read(name), text, nth);
    await this.goTo(place.line, place.column);
    for (let step = 0; step < text.length; step++) await this.page.keyboard.press('Shift+ArrowRight');
    return place;
  }

  /** Selects each of `count` lines from a place to its end, as a selection of its own. */
  async selectLines({ line, column }: Place, count: number): Promise<void> {
    await this.goTo(line, column);
    for (let added = 1; added < count; added++) await this.command('Add Cursor Below');
    await this.page.keyboard.press('Shift+End');
  }

  /** The hover card at the cursor, once it holds `text`. */
  async hover(text: string | RegExp): Promise<Locator> {
    const card = this.page.locator('.monaco-hover:not(.hidden) .hover-contents').filter({ hasText: text });
    await this.command('Show or Focus Hover');
    await card.first().waitFor().catch(async (error: unknown) => {
      await this.screenshot('missing-hover');
      throw error;
    });
    return card.first();
  }

  /** The panel's frame: the webview two frames down that holds the app. */
  async panel(): Promise<Frame> {
    return this.until('the panel', async () => {
      for (const frame of this.page.frames()) {
        if (!frame.parentFrame()?.parentFrame()) continue;
        if ((await frame.locator('headlight-app').count().catch(() => 0)) > 0) return frame;
      }
      return null;
    });
  }

  /** Drags the panel's border until it is about `width` pixels wide. */
  async widenPanel(width: number): Promise<void> {
    const bar = this.page.locator('.part.auxiliarybar');
    const { x, y, width: now } = (await bar.boundingBox())!;
    await this.page.mouse.move(x, y + 300);
    await this.page.mouse.down();
    await this.page.mouse.move(x + now - width, y + 300, { steps: 8 });
    await this.page.mouse.up();
  }

  /** What the status bar says of the editor's selection: `Ln 45, Col 47 (5 selected)`. */
  get selectionStatus(): Locator {
    return this.page.locator('[id="status.editor.selection"]');
  }

  /** Opens the editor's context menu at the cursor and chooses an entry of Headlight's. */
  async contextMenu(title: string): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Shift+F10');
    await this.page.getByRole('menuitem', { name: 'Headlight' }).click();
    await this.page.getByRole('menuitem', { name: title }).click();
  }

  /** A notification with this text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** Asks `probe` again until it gives something. */
  async until<T>(what: string, probe: () => Promise<T | null>, timeout = patience): Promise<T> {
    for (const deadline = Date.now() + timeout; Date.now() < deadline; ) {
      const found = await probe();
      if (found !== null) return found;
      await this.page.waitForTimeout(100);
    }
    await this.screenshot(`missing-${what.replace(/\W+/g, '-')}`);
    throw new Error(`Waited ${timeout / 1000} s for ${what} in vain; see out/screenshots.`);
  }

  /** Saves what is on screen, or a part of it, under `out/screenshots/`. */
  async screenshot(name: string, part: Page | Locator = this.page): Promise<string> {
    const folder = join(out, 'screenshots');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await part.screenshot({ path });
    return path;
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.statusItem.waitFor();
  }

  private read(name: string): Promise<string> {
    return readFile(join(this.server.folder, name), 'utf8');
  }
}

/** A place in a file, line and column from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the `nth` occurrence of `text` starts. */
export function placeOf(content: string, text: string, nth: number): Place {
  let at = -1;
  for (let found = 0; found <= nth; found++) {
    at = content.indexOf(text, at + 1);
    if (at < 0) throw new Error(`The file holds “${text}” fewer than ${nth + 1} times.`);
  }
  const before = content.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
