import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lessonFile, lessonSection } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const files = {
  ...lessonFile,
  'moon.txt': lessonSection(5).join('\n'),
  'code.ts': [
    '// The conductor tapped the stand with his baton.',
    'export const stand = 1;',
    "export const said = 'I cannot stand this noise.';",
    '',
  ].join('\n'),
  'notes.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'markdown', id: 'a', metadata: {}, source: ['She put the sheet music on the stand.'] },
      { cell_type: 'code', id: 'b', metadata: {}, execution_count: null, outputs: [], source: ['# I cannot stand this noise.\n', 'stand = 1'] },
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  }),
};

/** The first occurrence of the word itself; one of "stands" comes before it. */
const musicStand = ['stand', 1] as const;

let workbench: Workbench;
beforeAll(async () => {
  // The panel may be open, and leave a comparison too little room for its two sides.
  workbench = await Workbench.open({ files, settings: { 'diffEditor.useInlineViewWhenSpaceIsLimited': false } });
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
  return workbench.wholeCard(expected);
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
    // Each sense has a third of the occurrences.
    expect(lines.map((line) => /(\d+)×\s+(\d+)\s%/.exec(line)?.slice(1))).toEqual([['3', '33'], ['3', '33'], ['3', '33']]);
    const groups = lines.map((line) => /lines?\s+([\d, ]+)/.exec(line)?.[1]?.split(',').map(Number));
    const three = (from: number): number[] => [from, from + 1, from + 2];
    expect(groups).toHaveLength(3);
    for (const expected of [three(first), three(first + 3), three(first + 6)]) expect(groups).toContainEqual(expected);
  });

  test('shows substitutes with their probabilities as bars', async () => {
    const rows = card.locator('table table').first().locator('tr');
    expect(await rows.count()).toBe(4);
    const shares = (await rows.allInnerTexts()).map((row) => parseFloat(/([\d.]+)\s*%/.exec(row)?.[1] ?? 'NaN'));
    expect(shares.every((share) => share > 0 && share <= 100)).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    const widths = await rows.locator('span[style*="background-color"]').evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    expect(widths).toHaveLength(shares.length);
    expect(widths[0]).toBeGreaterThan(40);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
  });

  test('has all three senses in sight without scrolling', async () => {
    const widget = (await workbench.page.locator('.monaco-hover:not(.hidden)').filter({ hasText: '3 senses in' }).first().boundingBox())!;
    const lines = (await card.locator('p').last().boundingBox())!;
    expect(lines.y + lines.height).toBeLessThanOrEqual(widget.y + widget.height);
  });

  test('names the neighbours by its static vector beside what the model would write here', async () => {
    expect(await card.innerText()).toMatch(/Anywhere \(static\):\s+stands\s+sit\s+stood/);
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

/** Asserts that the hover at the cursor, if any, is not ours, once the editor has had the time to show one. */
async function expectNoCard(): Promise<void> {
  await workbench.command('Show or Focus Hover');
  await workbench.page.waitForTimeout(2500);
  expect(await workbench.page.locator('.monaco-hover:not(.hidden)').getByText('Show Attention').count()).toBe(0);
}

describe('a card is there', () => {
  const ofStand = /stand · (2 senses in 2 occurrences|one sense in 2 occurrences|occurs only once)/;

  test('in comments and strings of code, and not on its names', async () => {
    const comment = await cardOf('code.ts', 'stand', 0, ofStand);
    // The name is no occurrence.
    expect(await comment.innerText()).toContain('in 2 occurrences');
    await workbench.page.keyboard.press('Escape');
    await workbench.select('code.ts', 'stand', 2);
    await workbench.wholeCard(ofStand);
    await workbench.page.keyboard.press('Escape');
    await workbench.select('code.ts', 'stand', 1);
    await expectNoCard();
  });

  test('in a file that was never saved', async () => {
    await workbench.command('File: New Untitled Text File');
    await workbench.type('I cannot stand this noise.');
    await workbench.goTo(1, 11);
    await workbench.wholeCard(ofStand);
    await workbench.page.keyboard.press('Escape');
  });

  test('on both sides of a comparison, one of them a virtual document', async () => {
    await workbench.openFile('moon.txt');
    const [first] = files['moon.txt'].split('\n');
    await workbench.page.evaluate((text) => navigator.clipboard.writeText(text), files['moon.txt'].replace(first!, 'A new moon rose.'));
    await workbench.command('File: Compare Active File with Clipboard');
    await workbench.page.locator('.monaco-diff-editor').waitFor();
    const ofMoon = /moon · \d+ senses? in|moon · one sense in/;
    for (const side of ['modified', 'original']) {
      const line = workbench.page.locator(`.monaco-diff-editor .editor.${side} .view-line`).filter({ hasText: 'moon' }).first();
      await workbench.until(`the card on the ${side} side`, async () => {
        await line.click();
        await workbench.page.keyboard.press('Home');
        const at = (await line.innerText()).indexOf('moon') + 1;
        for (let step = 0; step < at; step++) await workbench.page.keyboard.press('ArrowRight');
        return workbench.wholeCard(ofMoon).then(() => true, () => null);
      });
      await workbench.page.keyboard.press('Escape');
    }
    await workbench.command('View: Close Editor');
  });

  test('in a cell of a notebook', async () => {
    await workbench.openFile('notes.ipynb');
    const cells = workbench.page.locator('.notebook-editor .cell-list-container .monaco-list-row');
    const comment = cells.filter({ hasText: 'I cannot stand' });
    await comment.locator('.view-line').first().click();
    await workbench.page.keyboard.press('Home');
    for (let step = 0; step < '# I cannot st'.length; step++) await workbench.page.keyboard.press('ArrowRight');
    await workbench.wholeCard(ofStand);
    await workbench.screenshot('hover-notebook');
    await workbench.page.keyboard.press('Escape');
    // Out of the cell, to the one above and into it: a rendered one is opened for editing.
    for (const key of ['Escape', 'ArrowUp', 'Enter']) await workbench.page.keyboard.press(key);
    await cells.first().locator('.monaco-editor.focused').waitFor();
    await workbench.page.keyboard.press('Home');
    const at = 'She put the sheet music on the st'.length;
    for (let step = 0; step < at; step++) await workbench.page.keyboard.press('ArrowRight');
    await workbench.wholeCard(ofStand);
    await workbench.page.keyboard.press('Escape');
  });
});

test('the setting turns the card off and on', async () => {
  await workbench.setSettings({ 'headlight.hover.enabled': false });
  await workbench.openFile('moon.txt');
  await workbench.select('moon.txt', 'moon', 1);
  await expectNoCard();
  await workbench.command('Headlight: Toggle Hover Cards');
  await cardOf('moon.txt', 'moon', 1, /one sense in/);
});

test('the settings decide what a card shows, and that only selected words have one', async () => {
  await workbench.setSettings({ 'headlight.hover.show': ['senses'], 'headlight.hover.onlyOnSelection': true });
  const card = await cardOf('lesson.md', ...musicStand, /senses in/);
  const text = await card.innerText();
  expect(text).not.toContain('Here, by');
  expect(text).not.toContain('Anywhere');
  expect(await card.locator('img').count()).toBe(0);
  expect((await senseLines(card)).length).toBeGreaterThan(1);
  await workbench.page.keyboard.press('Escape');
  await workbench.placeCursor('lesson.md', 'music stand');
  await expectNoCard();
  await workbench.setSettings({});
});

test.each([
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Default High Contrast', 'hc-black'],
  ['high-contrast-light', 'Default High Contrast Light', 'hc-light'],
])('a card in the colours of %s', async (name, theme, kind) => {
  await workbench.setSettings({ 'workbench.colorTheme': theme });
  await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
  const card = await cardOf('lesson.md', ...musicStand, /senses in 9/);
  const source = Buffer.from((await card.locator('img').getAttribute('src'))!.split(',')[1]!, 'base64').toString();
  // Text of the map as dark or as light as that of the card.
  const dark = await card.evaluate((element) => Number(/\d+/.exec(getComputedStyle(element).color)![0]) < 128);
  expect(parseInt(/<text[^>]* fill="#(..)/.exec(source)![1]!, 16) < 128).toBe(dark);
  await workbench.screenshot(`hover-${name}`);
  await workbench.page.keyboard.press('Escape');
  await workbench.setSettings({});
});
