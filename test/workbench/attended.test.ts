import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  const settings = { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Dark Modern' };
  workbench = await Workbench.open({ files: { ...lessonFile, 'other.md': 'Nothing of note.\n' }, settings, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.locator('[data-layer="2"][data-head="5"]').click();
  await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const it = (): Locator => panel.locator('[data-side="query"]').filter({ has: panel.getByText('it', { exact: true }) }).first();
const followed = (): Locator => panel.locator('[data-side="query"].followed .source-text');

/** What extensions have drawn behind the text of the visible editors: how many of each kind. */
interface Marks {
  readonly shaded: number;
  readonly underlined: number;
  readonly stale: number;
  readonly kept: number;
}

function marks(): Promise<Marks> {
  return workbench.page.evaluate(() => {
    const styles = Array.from(document.querySelectorAll('.view-overlays .cdr[class*="TextEditorDecorationType"]'), (mark) => getComputedStyle(mark));
    const clear = (color: string): boolean => color === 'transparent' || /, 0\)$/.test(color);
    const border = (style: CSSStyleDeclaration): string => `${style.borderTopWidth} ${style.borderTopStyle}`;
    return {
      shaded: styles.filter((style) => !clear(style.backgroundColor)).length,
      underlined: styles.filter((style) => style.borderTopWidth === '0px' && style.borderBottomWidth !== '0px' && !clear(style.borderBottomColor)).length,
      stale: styles.filter((style) => border(style) === '1px dashed').length,
      kept: styles.filter((style) => border(style) === '2px solid').length,
    };
  });
}

const none: Marks = { shaded: 0, underlined: 0, stale: 0, kept: 0 };
const untilMarked = (kept: number): Promise<Marks> =>
  workbench.until('shaded words', async () => {
    const now = await marks();
    return now.shaded > 0 && now.kept === kept && now.stale === 0 ? now : null;
  });
const untilNone = (): Promise<true> => workbench.until('no mark', async () => (Object.values(await marks()).every((count) => count === 0) ? true : null));
/** Keeps a token in the panel; the pointer is put where it isolates nothing. */
async function keepIt(): Promise<void> {
  await it().click();
  await panel.getByRole('heading', { name: 'All heads' }).hover();
  await untilMarked(1);
}

describe('attended words', () => {
  test('nothing is shaded until a token is kept in the view', async () => {
    expect(await marks()).toEqual(none);
  });

  test('what a kept token attends to is shaded in the document, with exact weights', async () => {
    await keepIt();
    await workbench.placeCursor('lesson.md', 'cow ate');
    await workbench.hover(/it → cow 0\.\d{4} · layer 2, head 5/);
    await workbench.screenshot('attended-hover');
    // A cursor that only passes by chooses no other token.
    expect(await followed().allInnerTexts()).toEqual(['it']);
    await workbench.leaveHover('lesson.md', '## 3. A pair');
    await workbench.screenshot('attended');
  });

  test('another head shades other words', async () => {
    await panel.locator('[data-layer="0"][data-head="1"]').click();
    await panel.getByRole('heading', { name: 'Layer 0, head 1', exact: true }).waitFor();
    await workbench.placeCursor('lesson.md', 'Sally gave, and');
    await workbench.hover(/layer 0, head 1/);
    await workbench.leaveHover('lesson.md', '## 3. A pair');
    await panel.locator('[data-layer="2"][data-head="5"]').click();
    await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
  });

  test('the other editor of the document is shaded too, and one that was hidden is again', async () => {
    await workbench.focusEditor();
    await workbench.command('View: Split Editor Right');
    await untilMarked(2);
    await workbench.command('View: Close Editor');
    await untilMarked(1);
    await workbench.openFile('other.md');
    await untilNone();
    await workbench.openFile('lesson.md');
    await untilMarked(1);
  });

  test('the setting turns shading off and on at once', async () => {
    await workbench.setSettings({ 'headlight.attention.shadeDocument': false });
    await untilNone();
    await workbench.setSettings({});
    await untilMarked(1);
  });

  test.each([
    ['Light Modern', 'vscode-light', 'shaded'],
    ['Default High Contrast', 'vscode-high-contrast', 'underlined'],
    ['Default High Contrast Light', 'vscode-high-contrast-light', 'underlined'],
    ['Dark Modern', 'vscode-dark', 'shaded'],
  ] as const)('%s', async (theme, bodyClass, look) => {
    await workbench.placeCursor('lesson.md', '## 3. A pair');
    await workbench.setSettings({ 'workbench.colorTheme': theme });
    await panel.locator(`body.${bodyClass}`).waitFor();
    await workbench.until(`words that are ${look}`, async () => {
      const now = await marks();
      return now[look] > 0 && now[look === 'shaded' ? 'underlined' : 'shaded'] === 0 ? now : null;
    });
    await workbench.screenshot(`attended-${theme.replaceAll(' ', '-').toLowerCase()}`);
  });

  test('typing shows marks as stale, and the text is read anew when it rests', async () => {
    await workbench.placeCursor('lesson.md', 'treat that Sally');
    await workbench.page.keyboard.press('ArrowLeft');
    const stale = workbench.page.waitForFunction(() =>
      Array.from(document.querySelectorAll('.view-overlays .cdr[class*="TextEditorDecorationType"]')).some((mark) => getComputedStyle(mark).borderTopStyle === 'dashed'),
    );
    await workbench.page.keyboard.type('good ');
    await stale;
    await workbench.screenshot('attended-stale');
    await panel.locator('[data-side="key"]').filter({ has: panel.getByText('good', { exact: true }) }).first().waitFor();
    await untilMarked(1);
    expect(await followed().allInnerTexts()).toEqual(['it']);
    await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
    // The focus stayed where it was typed.
    await workbench.page.locator('.monaco-editor.focused').waitFor();
    for (let typed = 0; typed < 'good '.length; typed++) await workbench.page.keyboard.press('Backspace');
    await panel.locator('[data-side="key"]').filter({ has: panel.getByText('good', { exact: true }) }).first().waitFor({ state: 'detached' });
    await untilMarked(1);
  });

  test('Escape in the editor clears, and lets the token go in the view', async () => {
    await workbench.focusEditor();
    await workbench.page.keyboard.press('Escape');
    await untilNone();
    await followed().waitFor({ state: 'detached' });
  });

  test('Escape in the panel clears both', async () => {
    await keepIt();
    await it().focus();
    await workbench.page.keyboard.press('Escape');
    await untilNone();
  });

  test('what is kept is shaded again after the window was reloaded', async () => {
    await keepIt();
    await workbench.page.keyboard.press('Control+s');
    await workbench.reload();
    panel = await workbench.panel();
    await untilMarked(1);
  });

  test('the command clears, and what is cleared stays so when the panel was hidden', async () => {
    await workbench.command('View: Toggle Secondary Side Bar Visibility');
    await workbench.command('Headlight: Clear Attended Words');
    await untilNone();
    await workbench.command('View: Toggle Secondary Side Bar Visibility');
    panel = await workbench.panel();
    await it().waitFor();
    await followed().waitFor({ state: 'detached' });
    expect(await marks()).toEqual(none);
  });
});
