import { mkdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { out } from '../../scripts/steps/paths.mjs';
import { afterEach } from 'vitest';
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
  /** The browser's zoom: 1.25 shows everything a quarter larger in the same window. */
  readonly zoom?: number;
}

/** A real VS Code with the packaged extension, driven as a user would. */
export class Workbench {
  private settingsWritten = 0;

  private constructor(
    readonly server: TestServer,
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** Starts a server and opens its workbench. */
  static async open({ size = { width: 1400, height: 900 }, zoom = 1, ...options }: WorkbenchOptions): Promise<Workbench> {
    const server = await startServer(options);
    const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: browserFlags });
    const viewport = { width: Math.round(size.width / zoom), height: Math.round(size.height / zoom) };
    const page = await browser.newPage({ viewport, deviceScaleFactor: zoom });
    page.setDefaultTimeout(patience);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const workbench = new Workbench(server, browser, page);
    await page.goto(`${server.address}/?${server.opens}`);
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

  /** What the status bar's item tells when it is pointed at, once it holds `text`: its card closes when the item changes. */
  async statusCard(text: string): Promise<Locator> {
    const card = this.page.locator('.monaco-hover:not(.hidden)').filter({ hasText: text });
    await this.until(`the status card to say ${text}`, async () => {
      await this.page.mouse.move(0, 0);
      await this.statusItem.hover();
      return card.waitFor({ timeout: 5000 }).then(() => true, () => null);
    });
    return card;
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    // An editor that is still opening may take the focus, which closes the palette.
    await this.until(`the command ${title}`, async () => {
      await this.page.keyboard.press('F1');
      const done = await this.pick(title).then(() => true, () => null);
      if (!done) await this.page.keyboard.press('Escape');
      return done;
    });
  }

  private async pick(title: string): Promise<void> {
    const timeout = 10_000;
    await this.page.locator('.quick-input-widget:visible input.input').fill(`>${title}`, { timeout });
    // Recently used commands come first: the row is chosen by its whole title.
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ has: this.page.getByText(title, { exact: true }) });
    await row.first().click({ timeout });
    // The command may have opened a list of its own in the palette's place.
    await row.first().waitFor({ state: 'hidden', timeout });
  }

  /** What VS Code asks above the editor, where its title, its explanation or its entries hold `text`; what it asked before may still stand there. */
  asked(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-widget:visible').filter({ hasText: text });
  }

  /** Writes an answer to what is asked, and waits until it stands: a dialog of files writes a place of its own as it opens. */
  async fillAsked(text: string | RegExp, answer: string): Promise<void> {
    const field = this.asked(text).locator('input.input');
    await this.until(`the answer to ${text} to stand`, async () => {
      await field.fill(answer);
      await this.page.waitForTimeout(300);
      return (await field.inputValue()) === answer ? true : null;
    });
  }

  /** Answers what is asked: with what stands there already, where no answer is given. */
  async answer(text: string | RegExp, answer?: string): Promise<void> {
    if (answer !== undefined) await this.fillAsked(text, answer);
    await this.asked(text).locator('input.input').press('Enter');
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    // A file that has just been written is not found before the workbench has looked at the folder again.
    await this.until(`the file ${name} to be found`, async () => {
      await this.page.keyboard.press('Control+p');
      const found = await this.pickFile(name).then(() => true, () => null);
      if (!found) await this.page.keyboard.press('Escape');
      return found;
    });
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }

  private async pickFile(name: string): Promise<void> {
    const timeout = 10_000;
    await this.page.locator('.quick-input-widget:visible input.input').fill(name, { timeout });
    // Files opened before come first: the row is chosen by its name.
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`).first().click({ timeout });
  }

  /** Opens a file at the top of the folder from the explorer: what cannot be searched, no name finds. */
  async openListed(name: string): Promise<void> {
    await this.command('File: Focus on Files Explorer');
    await this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }

  async focusEditor(): Promise<void> {
    await this.command('View: Focus Active Editor Group');
  }

  /** Types into the active editor, and waits until all of it stands there on one line. */
  async type(text: string): Promise<void> {
    await this.focusEditor();
    const editor = this.page.locator('.editor-group-container.active .monaco-editor.focused');
    await editor.waitFor();
    await this.page.keyboard.type(text);
    await editor.locator('.view-line').filter({ hasText: text }).first().waitFor();
  }

  /** Replaces the settings of the folder that is open, and waits until they hold. */
  async setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.server.folder, '.vscode', 'settings.json');
    // The window's title, a setting too, shows that the workbench has read the file.
    const title = `settings ${++this.settingsWritten}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ ...settings, 'window.title': title }));
    await this.until('the settings to hold', async () => ((await this.page.title()).includes(title) ? true : null));
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
    await card.first().waitFor();
    return card.first();
  }

  /** Our card at the cursor with all occurrences on it: on a busy machine the first may open before they were read. */
  async wholeCard(text: RegExp): Promise<Locator> {
    return this.until('a whole card', async () => {
      const card = await this.hover(new RegExp(`${text.source}|are being read`));
      if (!(await card.innerText()).includes('are being read')) return card;
      await this.page.keyboard.press('Escape');
      return null;
    });
  }

  /** Leaves the place of the hover card, which may cover the panel, and waits until it is closed. */
  async leaveHover(name: string, place: string): Promise<void> {
    await this.placeCursor(name, place);
    await this.page.locator('.monaco-hover:not(.hidden) .hover-contents').first().waitFor({ state: 'detached' });
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

  /** The side bar that holds the panel. */
  get sideBar(): Locator {
    return this.page.locator('.part.auxiliarybar');
  }

  /** Drags the panel's border until it is about `width` pixels wide. */
  async widenPanel(width: number): Promise<void> {
    const bar = (await this.sideBar.boundingBox())!;
    const sashes = await this.page.locator('.monaco-sash.vertical:not(.disabled)').all();
    const boxes = await Promise.all(sashes.map((sash) => sash.boundingBox()));
    const centres = boxes.flatMap((box) => (box ? [box.x + box.width / 2] : []));
    const [border] = centres.sort((one, other) => Math.abs(one - bar.x) - Math.abs(other - bar.x));
    if (border === undefined) throw new Error('The panel has no border to drag.');
    const y = bar.y + bar.height / 2;
    await this.page.mouse.move(border, y);
    await this.page.waitForTimeout(500);
    await this.page.mouse.down();
    await this.page.mouse.move(border + bar.width - width, y, { steps: 10 });
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
    await this.menuItem(title);
  }

  /** Chooses an entry of the menu that has just been opened. */
  async menuItem(title: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: title });
    await item.waitFor();
    // The workbench ignores clicks for a moment after a menu has opened.
    await this.until(`the menu to take a click on ${title}`, async () => {
      if (await item.isVisible()) await item.click({ timeout: 2000 }).catch(() => undefined);
      await this.page.waitForTimeout(300);
      return (await item.isVisible()) ? null : true;
    });
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

/** Keeps what was on screen when a test of this file failed. */
export function keepFailures(workbench: () => Workbench): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench().screenshot(`failed ${task.name}`.replace(/\W+/g, '-').slice(0, 80));
  });
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
