import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const files = {
  ...lessonFile,
  'moon.txt': lessonFile['lesson.md'].split('\n').filter((line) => line.startsWith('- ')).slice(-6).join('\n'),
  'code.ts': '// The conductor tapped the stand with his baton.\nexport const stand = 1;\n',
};

/** The first occurrence of the word itself; one of "stands" comes before it. */
const musicStand = ['stand', 1] as const;

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** The lines of a card that stand for one sense each: mark, number of occurrences, typical words, places. */
async function senseLines(card: Locator): Promise<string[]> {
  const text = await card.innerText();
  return text.split('\n').filter((line) => /^[●▲■◆▼✚]/.test(line.trim()));
}

async function cardOf(file: string, word: string, nth: number, expected: RegExp): Promise<Locator> {
  await workbench.openFile(file);
  await workbench.select(file, word, nth);
  return workbench.hover(expected);
}

describe('the card of "stand"', () => {
  let card: Locator;
  beforeAll(async () => {
    card = await cardOf('lesson.md', ...musicStand, /occurrences/);
    await workbench.screenshot('hover-stand');
  });

  test('groups nine sentences into the three senses, by line', async () => {
    expect(await card.innerText()).toContain('3 senses in 9 occurrences');
    const lines = await senseLines(card);
    const first = files['lesson.md'].split('\n').findIndex((line) => line.includes('music stand')) + 1;
    const groups = lines.map((line) => /lines?\s+([\d, ]+)/.exec(line)?.[1]?.split(',').map(Number));
    const three = (from: number): number[] => [from, from + 1, from + 2];
    expect(groups).toHaveLength(3);
    for (const expected of [three(first), three(first + 3), three(first + 6)]) expect(groups).toContainEqual(expected);
  });

  test('shows substitutes with their probabilities as bars', async () => {
    const rows = card.locator('table table tr');
    expect(await rows.count()).toBeGreaterThanOrEqual(5);
    const shares = (await rows.allInnerTexts()).map((row) => parseFloat(/([\d.]+)\s*%/.exec(row)?.[1] ?? 'NaN'));
    expect(shares.every((share) => share > 0 && share <= 100)).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    const widths = await rows.locator('span[style*="background-color"]').evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    expect(widths).toHaveLength(shares.length);
    expect(widths[0]).toBeGreaterThan(40);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
  });

  test('draws the static and the contextual map, this occurrence ringed', async () => {
    const image = card.locator('img');
    expect(await image.getAttribute('alt')).toContain('Map of 9 occurrences');
    const size = await image.evaluate((element: HTMLImageElement) => ({ shown: element.naturalWidth, complete: element.complete }));
    expect(size).toEqual({ shown: expect.any(Number) as number, complete: true });
    expect(size.shown).toBeGreaterThan(300);
    const source = Buffer.from((await image.getAttribute('src'))!.split(',')[1]!, 'base64').toString();
    const svg = source.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    expect(svg).toContain('Static vector (layer 0)');
    expect(svg).toContain('In context');
    expect(svg.match(/fill="none" stroke="[^"]+" stroke-width="1.8"/g)).toHaveLength(2);
  });
});

test.each([
  ['apple', 2],
  ['bank', 2],
])('"%s" falls into %i senses', async (word, senses) => {
  const card = await cardOf('lesson.md', word, 0, /occurrences/);
  expect(await card.innerText()).toContain(`${senses} senses in 6 occurrences`);
});

test('"moon" in six sentences about the moon stays one sense', async () => {
  const card = await cardOf('moon.txt', 'moon', 2, /occurrences/);
  expect(await card.innerText()).toContain('one sense in 6 occurrences');
});

describe('links of the card', () => {
  test.each([
    ['Show Attention', 'Attention', /music/],
    ['Predict Here', 'Predictions', /stood here/],
    ['Open in Panel', 'Senses', /stand/],
  ])('%s opens the %s view', async (link, tab, content) => {
    const card = await cardOf('lesson.md', ...musicStand, /senses in/);
    await card.getByRole('link', { name: link }).or(card.locator('a', { hasText: link })).first().click();
    const panel = await workbench.panel();
    await panel.getByRole('tab', { name: tab, selected: true }).waitFor();
    await panel.getByText(content).first().waitFor();
    await workbench.screenshot(`hover-link-${tab}`);
  });
});

test('code shows a card in comments only', async () => {
  const card = await cardOf('code.ts', 'stand', 0, /Headlight|occurs|senses|one sense/);
  expect(await card.innerText()).toMatch(/stand/);
  await workbench.page.keyboard.press('Escape');
  await workbench.select('code.ts', 'stand', 1);
  await workbench.command('Show or Focus Hover');
  const own = workbench.page.locator('.monaco-hover:not(.hidden) .hover-contents').filter({ hasText: 'const stand' });
  await own.first().waitFor();
  expect(await workbench.page.locator('.monaco-hover:not(.hidden)').getByText('Show Attention').count()).toBe(0);
});

test('the setting turns the card off and on', async () => {
  await workbench.setSettings({ 'headlight.hover.enabled': false });
  await workbench.openFile('moon.txt');
  await workbench.select('moon.txt', 'moon', 1);
  await workbench.command('Show or Focus Hover');
  await workbench.page.waitForTimeout(2500);
  expect(await workbench.page.locator('.monaco-hover:not(.hidden)').getByText('Show Attention').count()).toBe(0);
  await workbench.setSettings({});
  await cardOf('moon.txt', 'moon', 1, /one sense in/);
});
