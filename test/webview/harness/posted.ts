import type { Page } from 'playwright-core';

/** Turns of the page's timers after which the harness has heard all that was posted before. */
const turns = 6;

/** What the view told the editor by notifications of a name, in order. */
export function heard<T = unknown>(page: Page, name: string): Promise<T[]> {
  return page.evaluate(async ({ wanted, count }) => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => { setTimeout(resolve); });
    return window.harness.heard.filter((message) => message.name === wanted).map(({ value }) => value);
  }, { wanted: name, count: turns }) as Promise<T[]>;
}

/** What the view asked by calls of a method, in order. */
export function calls<T = Record<string, unknown>>(page: Page, method: string): Promise<T[]> {
  return page.evaluate(async ({ wanted, count }) => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => { setTimeout(resolve); });
    return window.harness.calls.filter((call) => call.method === wanted).map(({ request }) => request);
  }, { wanted: method, count: turns }) as Promise<T[]>;
}
