import { chromium, type Browser, type Page } from 'playwright-core';
import type { Subject } from '../../src/panel/contract';
import { quantile } from './statistics';

/** Headless Chromium that draws without a GPU, the path in `CHROMIUM` or the distribution's. */
const chromiumOptions = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--allow-file-access-from-files'],
};

export function launchChromium(): Promise<Browser> {
  return chromium.launch(chromiumOptions);
}

/** A browser for a page that may never answer again, and how to end it then. */
export async function launchMortal(): Promise<{ readonly browser: Browser; readonly kill: () => Promise<void> }> {
  const server = await chromium.launchServer(chromiumOptions);
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}

/** The time that both this process and a page can tell, in milliseconds. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A text as the panel's subject for attention. */
export function attentionOf(text: string): Subject {
  const source = { uri: 'file:///bench.md', label: 'bench.md:1', version: 1, first: { text, offset: 0 }, selection: { start: 0, end: 0 } };
  return { lens: 'attention', source };
}

/** Resolves in the page with the time of the first frame in which the grid's canvas has ink. */
export function gridPainted(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((resolve) => {
    const below = (root: ParentNode, name: string): Element | null => {
      for (const element of root.querySelectorAll('*')) {
        if (element.matches(name)) return element;
        const found = element.shadowRoot && below(element.shadowRoot, name);
        if (found) return found;
      }
      return null;
    };
    const look = (): void => {
      const canvas = below(document, 'headlight-head-grid')?.shadowRoot?.querySelector('canvas');
      const context = canvas && canvas.width > 0 ? canvas.getContext('2d') : null;
      const ink = context?.getImageData(0, 0, canvas!.width, 64).data.some((byte) => byte > 0);
      if (ink) requestAnimationFrame(() => { resolve(performance.timeOrigin + performance.now()); });
      else requestAnimationFrame(look);
    };
    look();
  }));
}

export interface FrameTimes {
  readonly p50: number;
  readonly p95: number;
  readonly frames: number;
}

/** Milliseconds between the frames of a page while something goes on in it. */
export async function framesDuring(page: Page, task: () => Promise<void>): Promise<FrameTimes> {
  await page.evaluate(() => {
    const recorder = { at: [] as number[], on: true };
    (window as unknown as { recorder: typeof recorder }).recorder = recorder;
    const frame = (at: number): void => {
      recorder.at.push(at);
      if (recorder.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await task();
  const at = await page.evaluate(() => {
    const { recorder } = window as unknown as { recorder: { at: number[]; on: boolean } };
    recorder.on = false;
    return recorder.at;
  });
  const deltas = at.slice(1).map((time, index) => time - at[index]!);
  return { p50: quantile(deltas, 0.5), p95: quantile(deltas, 0.95), frames: deltas.length };
}

/** Bytes that the page's scripts hold after a collection, DOM objects and buffers included. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  // The protocol's types lag behind Chromium, which adds the last two.
  const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; embedderHeapUsedSize?: number; backingStorageSize?: number };
  await session.detach();
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}
