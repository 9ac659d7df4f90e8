import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ProposedCheck } from '../../src/panel/contract';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { attentionOf, classificationOf, cow, nextSentenceOf, predictionsOf } from './harness/subjects';

const panels = panelTests();
const proposed = (page: Page): Promise<(ProposedCheck | null)[]> => calls<ProposedCheck | null>(page, 'panel/saveCheck');

panels.describe('what is shown as a check', () => {
  it('is the strongest pair of words of a head, or where the kept token looks', async () => {
    const page = await panels.open({ subject: attentionOf() });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save as check…' }).click();
    await page.getByText('Saved: papers/model.headlight-check').waitFor();
    const [strongest] = await proposed(page);
    expect(strongest).toMatchObject({ text: cow, second: null, written: null });
    expect(strongest!.expectations).toEqual([expect.stringMatching(/^head 5\.0: \S+ → \S+ >= 0\.\d+$/)]);
    await page.screenshot({ path: 'out/screenshots/save-as-check.png' });
    await page.getByRole('gridcell').nth(3).click({ modifiers: ['Shift'] });
    await expect.poll(() => page.getByRole('button', { name: 'Save as check…' }).count()).toBe(0);
  });

  it('is what a mask is filled with, at the model’s own temperature', async () => {
    const page = await panels.open({ subject: predictionsOf() });
    await page.locator('[data-mask-index]').waitFor();
    await page.getByRole('button', { name: 'Save as check…' }).click();
    await expect.poll(async () => (await proposed(page)).length).toBe(1);
    const [{ expectations }] = (await proposed(page)) as [ProposedCheck];
    expect(expectations[0]).toMatch(/^P\(\S+\) rank <= 2$/);
    expect(expectations[1]).toMatch(/^P\(\S+\) >= 0\.\d+$/);
    await page.getByLabel('Temperature').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('button', { name: 'Save as check…' }).count()).toBe(0);
  });

  it('names the place of a word that is masked in the text', async () => {
    const page = await panels.open({ subject: predictionsOf('The cow jumped over the moon.', 'cow') });
    await page.locator('[data-mask-index]').waitFor();
    await page.getByRole('button', { name: 'Save as check…' }).click();
    await expect.poll(async () => (await proposed(page)).length).toBe(1);
    const [{ expectations }] = (await proposed(page)) as [ProposedCheck];
    expect(expectations[0]).toMatch(/^P\(\S+\) at cow rank <= 2$/);
    expect(expectations).toContainEqual(expect.stringMatching(/^P\(cow\) rank <= \d+$/));
  });

  it('is whether one sentence follows another', async () => {
    const page = await panels.open({ subject: nextSentenceOf() });
    const card = page.locator('headlight-next-sentence');
    await card.getByRole('button', { name: 'Save as check…' }).click();
    await expect.poll(() => proposed(page)).toMatchObject([{ text: 'The cow jumped over the moon.', second: 'The dish ran away with the spoon.', expectations: ['next sentence <= 0.5'] }]);
  });

  it('is the class of a text', async () => {
    const page = await panels.open({ subject: classificationOf() });
    await page.locator('headlight-classification [data-correlation]').waitFor();
    await page.getByRole('button', { name: 'Save as check…' }).click();
    await expect.poll(async () => (await proposed(page)).map((one) => one?.expectations)).toEqual([[expect.stringMatching(/^class negative >= 0\.\d$/)]]);
  });

  it('is asked for by the palette, and a failure is said above the view', async () => {
    const page = await panels.open({ subject: attentionOf() });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    const ask = (): Promise<void> => page.evaluate(() => { window.harness.notify('editor/saveCheck', null); });
    await ask();
    await expect.poll(async () => (await proposed(page)).map((one) => one?.text)).toEqual([cow]);
    await page.evaluate(() => { Object.assign(window.harness, { fail: 'The disk is full.', failOf: 'panel/saveCheck' }); });
    await ask();
    await page.getByText('The disk is full.').waitFor();
    await page.evaluate(() => { window.harness.fail = null; });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('The disk is full.').waitFor({ state: 'detached' });
  });
});
