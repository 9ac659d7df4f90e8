import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { evidenceOf } from './harness/subjects';

const panels = panelTests();
const outcome = (page: Page): Locator => page.getByRole('region', { name: 'Outcome' });

panels.describe('evidence', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: evidenceOf(), ...options });
    await outcome(page).locator('[data-value]').waitFor();
    return page;
  }

  it('measures the word at the cursor, another word there, and another place', async () => {
    const page = await open();
    const text = 'The cow jumped over the moon.';
    expect(await outcome(page).locator('[data-value]').innerText()).toMatch(/P\(moon\)\s+25\.0.%/);
    expect(await calls(page, 'evidence/measure')).toEqual([{ outcome: { kind: 'word', text, at: { start: 24, end: 28 }, word: 'moon' } }]);
    const field = outcome(page).getByRole('textbox', { name: 'Another word there' });
    await field.fill('fence');
    await field.press('Enter');
    await expect.poll(async () => (await calls(page, 'evidence/measure')).at(-1)).toMatchObject({ outcome: { at: { start: 24, end: 28 }, word: 'fence' } });
    await outcome(page).getByLabel('Masked', { exact: true }).selectOption('cow');
    await expect.poll(async () => (await calls(page, 'evidence/measure')).at(-1)).toMatchObject({ outcome: { at: { start: 4, end: 7 }, word: 'cow' } });
    await page.reload();
    await expect.poll(async () => (await calls(page, 'evidence/measure')).at(-1)).toMatchObject({ outcome: { word: 'cow' } });
  });

  it('measures every other outcome that the model and the text have', async () => {
    const page = await open();
    const measure = outcome(page).getByLabel('Measure', { exact: true });
    const last = async (): Promise<unknown> => (await calls(page, 'evidence/measure')).at(-1)?.['outcome'];
    expect(await measure.locator('option').allInnerTexts()).toEqual(['Masked word', 'Next sentence', 'Class', 'Likeness of two occurrences', 'Separation of senses']);
    await measure.selectOption('Next sentence');
    await expect.poll(last).toMatchObject({ kind: 'nextSentence', second: 'The dish ran away with the spoon.' });
    await outcome(page).getByRole('textbox', { name: 'Second sentence' }).fill('It rained.');
    await expect.poll(last).toMatchObject({ kind: 'nextSentence', second: 'It rained.' });
    await measure.selectOption('Class');
    await outcome(page).getByLabel('Class', { exact: true }).selectOption('positive');
    await expect.poll(last).toMatchObject({ kind: 'class', label: 1 });
    await measure.selectOption('Likeness of two occurrences');
    await outcome(page).getByLabel('Other', { exact: true }).selectOption({ index: 2 });
    await expect.poll(last).toMatchObject({ kind: 'cosine', pair: [{ start: 24, end: 28 }, { sentence: 'No moon was to be seen.' }] });
    await measure.selectOption('Separation of senses');
    await outcome(page).getByText('of one sense only').waitFor();
  });

  it('measures the next token of a model that writes, and says what to do about failures', async () => {
    const page = await open();
    await page.getByLabel('Model', { exact: true }).selectOption({ index: 3 });
    await expect.poll(async () => (await calls(page, 'evidence/measure')).at(-1)).toMatchObject({ inModel: 'translator', outcome: { kind: 'nextToken', written: { ids: [] } } });
    await outcome(page).getByRole('button', { name: 'Next step' }).click();
    await expect.poll(async () => ((await calls(page, 'evidence/measure')).at(-1)?.['outcome'] as { written: { ids: number[] } }).written.ids.length).toBe(1);
    await page.evaluate(() => { window.harness.fail = 'translator answers with no number (NaN).'; });
    await outcome(page).getByRole('button', { name: 'Next step' }).click();
    await outcome(page).getByText('no number (NaN)').waitFor();
    await outcome(page).locator('[data-value]').getByText('25').waitFor();
    await page.evaluate(() => { window.harness.fail = null; });
    await outcome(page).getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => outcome(page).getByRole('alert').count()).toBe(0);
  });

  it('tells how to begin where there is no text', async () => {
    const page = await panels.open({ subject: null });
    await page.getByRole('tab', { name: 'Evidence' }).click();
    await page.getByText('choose Headlight: Show Evidence').waitFor();
    expect(await heard(page, 'panel/openLens')).toEqual([{ lens: 'evidence' }]);
  });
});
