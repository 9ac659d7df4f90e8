import { expect, it } from 'vitest';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { hostile, sensesOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const { open } = panels;


panels.describe('occurrences beyond the document', () => {
  it('are looked for where the reader says, with their files, and gone to there', async () => {
    const page = await open({ subject: sensesOf() });
    await page.getByRole('heading', { name: /^3.senses/ }).waitFor();
    expect(await page.locator('.occurrence .file').count()).toBe(0);
    await page.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
    await page.getByText('Compared are the 9 occurrences nearest to the document, of 1,234 in 56 files in the workspace. 2 files of more than 2 MB left out.').waitFor();
    expect(await calls(page, 'panel/occurrences')).toEqual([{ scope: 'workspace' }]);
    const row = page.locator('[data-occurrence="6"]');
    expect(await row.locator('.file').textContent()).toBe('notes/music.md');
    expect(await page.locator('[data-occurrence="0"] .file').textContent()).toBe('This document');
    await row.click();
    await page.locator('[data-occurrence="0"]').click();
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([
      { uri: 'file:///notes/music.md', start: 6007, end: 6012 },
      { uri: 'file:///lesson.md', start: 31, end: 36 },
    ]);
    await row.hover();
    expect(await page.locator('.readout').textContent()).toContain('music.md:9');
  });

  it('show a hostile file name as text', async () => {
    const page = await open({ subject: sensesOf([...Array.from({ length: 7 }, () => 'A stand.'), `A stand ${hostile}`]) });
    await page.getByLabel('Occurrences in', { exact: true }).selectOption('Open editors');
    expect(await page.locator('[data-occurrence="7"] .file').textContent()).toBe('<b>a</b>⟨U+202E⟩.md');
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  });

  it('are remembered as a choice, and a failure keeps what is shown', async () => {
    const page = await open({ subject: sensesOf() });
    await page.getByLabel('Occurrences in', { exact: true }).selectOption('Folder of the document');
    await page.getByText(/in the folder of the document/).waitFor();
    await page.evaluate(() => { window.harness.fail = 'No folder is open. Open one.'; window.harness.failCode = 'no-folder'; });
    await page.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
    await page.getByText('No folder is open. Open one.').waitFor();
    expect(await page.locator('.occurrence .file').count()).toBe(9);
    await page.evaluate(() => { window.harness.fail = null; });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText(/in the workspace/).waitFor();
    await page.reload();
    await page.getByText(/in the workspace/).waitFor();
    expect(await page.getByLabel('Occurrences in', { exact: true }).inputValue()).toBe('Workspace');
  });

  it.each(themeNames)('look right and are accessible in %s', async (theme) => {
    const page = await open({ subject: sensesOf(), theme });
    await page.getByLabel('Occurrences in', { exact: true }).selectOption('Workspace');
    await page.getByText(/in the workspace/).waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: `out/screenshots/sense-scope-${theme}.png`, fullPage: true });
  });
});
