import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedFile } from '../../src/panel/contract';
import { out } from '../../scripts/steps/paths.mjs';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { hostile, nextSentenceOf, predictionsOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const cow = 'The cow jumped over the moon.';
const dish = 'The dish ran away with the spoon.';

const card = (page: Page): Locator => page.locator('headlight-next-sentence');
const field = (page: Page, name: 'A' | 'B'): Locator => card(page).getByRole('textbox', { name, exact: true });
const row = (page: Page, name: string): Locator => card(page).getByRole('row', { name });

panels.describe('next sentence', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: nextSentenceOf(), ...options });
    await card(page).getByRole('heading', { name: 'Attention between A and B' }).waitFor();
    return page;
  }

  it('scores both orders and a control, with what the head is worth, as the command opens it', async () => {
    const page = await open();
    expect([await field(page, 'A').inputValue(), await field(page, 'B').inputValue()]).toEqual([cow, dish]);
    expect(await row(page, 'A, then B').innerText()).toMatch(/45\.4.% undecided/);
    expect(await row(page, 'B, then A').innerText()).toMatch(/38\.7.% rather from elsewhere/);
    expect(await row(page, 'A, then a control').innerText()).toMatch(/0\.21.% surely from elsewhere\s+<b>Trees<\/b> grew along the muddy bank of stream 1\.\s+from lesson\.md:61/);
    const widths = await card(page).locator('.measure > span').evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width / bar.parentElement!.getBoundingClientRect().width));
    expect(widths[0]).toBeCloseTo(0.454, 1);
    expect(widths[2]).toBeLessThan(0.02);
    expect(await card(page).locator('[data-learnt]').innerText()).toMatch(/Of 40 pairs .* judges 80\.0.% rightly .* 60\.0.% where they are of the same one/s);
    // The two are in sight, below the tabs.
    const top = await card(page).evaluate((element) => element.getBoundingClientRect().top);
    expect(top).toBeGreaterThan(20);
    expect(top).toBeLessThan(200);
  });

  it('draws other controls, the same for the same turn, and says where each is from', async () => {
    const page = await open();
    const another = card(page).getByRole('button', { name: 'Another control sentence' });
    await another.click();
    await card(page).getByText('stream 2').waitFor();
    await another.click();
    await card(page).getByText('from Headlight’s list of ordinary sentences').waitFor();
    expect((await calls(page, 'panel/controlSentence')).map(({ turn }) => turn)).toEqual([1, 2, 3]);
    await page.reload();
    await card(page).getByText('from Headlight’s list of ordinary sentences').waitFor();
    expect(await calls(page, 'panel/controlSentence')).toMatchObject([{ first: cow, second: dish, turn: 3 }]);
  });

  it('takes sentences that the reader writes, swaps and forgets', async () => {
    const page = await open();
    await field(page, 'B').fill('Zoos are closed.');
    await expect.poll(async () => (await calls(page, 'nextSentence/crossing')).at(-1)).toMatchObject({ first: cow, second: 'Zoos are closed.' });
    await field(page, 'B').fill('At night.');
    await field(page, 'B').press('Enter');
    await row(page, 'A, then B').getByText(/38\.7/).waitFor();
    expect(await field(page, 'B').inputValue()).toBe('At night.');
    await card(page).getByRole('button', { name: 'Swap A and B' }).click();
    await row(page, 'A, then B').getByText(/45\.4/).waitFor();
    expect([await field(page, 'A').inputValue(), await field(page, 'B').inputValue()]).toEqual(['At night.', cow]);
    await page.reload();
    await expect.poll(() => field(page, 'A').inputValue()).toBe('At night.');
    await field(page, 'A').fill('  ');
    await card(page).getByText('Write a sentence in both fields.').waitFor();
    expect(await row(page, 'A, then B').count()).toBe(0);
    await card(page).getByRole('button', { name: 'Use the example' }).click();
    await row(page, 'A, then B').waitFor();
    expect([await field(page, 'A').inputValue(), await field(page, 'B').inputValue()]).toEqual([cow, dish]);
  });

  it('shows the head’s attention between the two, by keyboard, and opens one in the attention view', async () => {
    const page = await open();
    const cells = card(page).locator('[data-head]');
    expect(await cells.count()).toBe(72);
    const shares = (await cells.allInnerTexts()).map(Number);
    const best = shares.indexOf(Math.max(...shares));
    expect(await cells.nth(best).getAttribute('aria-label')).toMatch(/^Layer \d, head \d+: [\d.]+.% from A to B; [\d.]+.% of its attention is on words$/);
    const listed = await card(page).locator('[data-ranked] td:nth-child(2)').allInnerTexts();
    expect(listed).toHaveLength(5);
    expect(listed.map(Number.parseFloat)).toEqual(listed.map(Number.parseFloat).sort((a, b) => b - a));
    await card(page).locator('[data-head][aria-pressed="true"]').focus();
    for (const key of ['PageUp', 'Home', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await expect.poll(() => card(page).locator('[data-head="1.1"]').evaluate((cell) => cell.matches(':focus'))).toBe(true);
    await card(page).locator('[data-chosen]').getByText('Layer 1, head 1:').waitFor();
    await card(page).getByRole('radio', { name: 'B→A' }).click();
    await card(page).locator('[data-chosen]').getByText('from B to A').waitFor();
    await card(page).getByRole('button', { name: 'Open in the attention view', exact: true }).click();
    await expect.poll(() => heard(page, 'panel/openHead')).toEqual([{ first: cow, second: dish, direction: 'secondToFirst', layer: 1, head: 1 }]);
    await card(page).locator('[data-ranked]').first().getByRole('button', { name: /^Open in the attention view: layer \d, head \d+$/ }).click();
    await expect.poll(async () => (await heard(page, 'panel/openHead')).length).toBe(2);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await expect.poll(() => card(page).locator('[data-ranked]').count()).toBe(72);
    expect(await cells.count()).toBe(0);
  });

  it('is saved as a picture and as numbers', async () => {
    const page = await open();
    const saved = async (format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await page.getByLabel('Save next sentence as').selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const svg = await saved('SVG picture');
    expect(svg.name).toBe('next-sentence-encoder.svg');
    expect(svg.text!.split('height="14"')).toHaveLength(1 + 3 + 5 + 5);
    const png = Buffer.from((await saved('PNG picture')).base64!, 'base64');
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text!)![1]));
    const rows = (await saved('CSV numbers')).text!.trim().split('\r\n');
    expect(rows).toHaveLength(1 + 3 + 2 * 72);
    expect(rows[1]).toBe(`"A, then B",,,0.454,,${cow},${dish},`);
    expect(rows[3]).toMatch(/^"A, then a control",,,0\.0021,,.*,lesson\.md:61$/);
    const json = JSON.parse((await saved('JSON numbers')).text!) as Record<string, unknown>;
    expect(json).toMatchObject({ model: 'encoder', isNext: 0.454, swapped: 0.387, control: { from: 'lesson.md:61', isNext: 0.0021 } });
    expect(json['heads']).toHaveLength(72);
  });

  it('opens by its button on the text and what follows it, and closes', async () => {
    const page = await panels.open({ subject: predictionsOf(cow) });
    await page.getByRole('button', { name: 'Next sentence', exact: true }).click();
    expect(await field(page, 'A').inputValue()).toBe(cow);
    // Nothing follows in this text.
    expect(await field(page, 'B').inputValue()).toBe('');
    await card(page).getByText('Write a sentence in both fields.').waitFor();
    expect(await calls(page, 'nextSentence/score')).toEqual([]);
    await field(page, 'B').fill(dish);
    await row(page, 'A, then B').waitFor();
    await page.getByRole('button', { name: 'Hide next sentence' }).click();
    await card(page).waitFor({ state: 'detached' });
  });

  it('opens once for each run of the command, and follows another pair', async () => {
    const page = await open();
    const show = (subject: unknown): Promise<void> => page.evaluate((value) => { window.harness.notify('editor/show', value); }, subject);
    await page.getByRole('button', { name: 'Hide next sentence' }).click();
    // As the editor says it again when another model is in force.
    await show(nextSentenceOf());
    await expect.poll(async () => (await calls(page, 'predictions/predict')).length).toBe(2);
    expect(await card(page).count()).toBe(0);
    await show(nextSentenceOf(cow, dish, 'b'));
    await row(page, 'A, then B').waitFor();
    const top = (): Promise<number> => card(page).evaluate((element) => element.getBoundingClientRect().top);
    await expect.poll(top).toBeLessThan(200);
    // Also where it is open already.
    await page.evaluate(() => { window.scrollTo(0, 0); });
    await expect.poll(top).toBeGreaterThan(200);
    await show(nextSentenceOf('It rained.', 'The road was wet.', 'c'));
    await expect.poll(() => field(page, 'A').inputValue()).toBe('It rained.');
    await expect.poll(top).toBeLessThan(200);
    await show(nextSentenceOf(dish, null, 'd'));
    await expect.poll(() => field(page, 'A').inputValue()).toBe(dish);
    await card(page).getByText('Write a sentence in both fields.').waitFor();
  });

  it('says what to do with a model without the head, and keeps the last answer under a failure', async () => {
    const page = await open();
    await page.evaluate(() => {
      window.harness.fail = 'decoder has no next-sentence head. Choose a model exported for pre-training.';
      window.harness.failCode = 'no-next-sentence-head';
    });
    await field(page, 'B').fill('It slept.');
    await field(page, 'B').press('Enter');
    await card(page).getByText('has no next-sentence head').waitFor();
    expect(await row(page, 'A, then B').innerText()).toMatch(/45\.4/);
    await card(page).getByRole('button', { name: 'Choose a Model' }).click();
    await expect.poll(() => heard(page, 'panel/command')).toEqual([{ command: 'chooseModel' }]);
    await page.evaluate(() => { window.harness.fail = null; });
    await card(page).getByRole('button', { name: 'Retry' }).click();
    await expect.poll(async () => (await calls(page, 'nextSentence/crossing')).at(-1)).toMatchObject({ second: 'It slept.' });
    await expect.poll(() => card(page).getByRole('alert').count()).toBe(0);
  });

  it('is brought into sight with its error where the model has no head', async () => {
    const page = await panels.open({ subject: predictionsOf() });
    await page.locator('[data-mask-index]').waitFor();
    await page.evaluate(() => {
      window.harness.fail = 'decoder has no next-sentence head. Choose a model exported for pre-training.';
      window.harness.failCode = 'no-next-sentence-head';
    });
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, nextSentenceOf());
    const error = card(page).getByText('has no next-sentence head');
    await error.waitFor();
    await expect.poll(() => error.evaluate((element) => element.getBoundingClientRect().bottom < window.innerHeight)).toBe(true);
  });

  it('shows no shares of another pair where those of this one fail', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.failOf = 'nextSentence/crossing'; window.harness.fail = 'The engine stopped.'; });
    await field(page, 'B').fill('It slept.');
    await field(page, 'B').press('Enter');
    await card(page).getByText('The engine stopped.').waitFor();
    await expect.poll(() => card(page).locator('[data-head]').count()).toBe(0);
    expect(await row(page, 'A, then B').count()).toBe(1);
  });

  it('reads no more of a sentence than it says', async () => {
    const page = await open({ subject: nextSentenceOf(cow, 'word '.repeat(1000)) });
    await card(page).getByText('A sentence is read up to 2,000 characters.').waitFor();
    expect(((await calls(page, 'nextSentence/score'))[0]!['second'] as string).length).toBe(2000);
  });

  it('shows text that would harm as text', async () => {
    const page = await open({ subject: nextSentenceOf(hostile, `${hostile} ${'a'.repeat(1500)}`) });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 340], [theme, 1.25, 375], [theme, 1, 900]] as const))(
    '%s at %d, %d wide: no accessibility violation and no sideways scrolling, as drawing and as table',
    async (theme, zoom, width) => {
      const page = await open({ theme, zoom, width, height: 1500 });
      const check = async (state: string): Promise<void> => {
        expect([state, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([state, 0]);
        const beyond = await card(page).evaluate((element) => Array.from(element.shadowRoot!.querySelector('headlight-crossing')!.shadowRoot!.querySelectorAll('table')).filter((one) => one.scrollWidth > one.parentElement!.clientWidth).length);
        expect([state, beyond]).toEqual([state, 0]);
        expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
      };
      await check('drawing');
      mkdirSync(join(out, 'screenshots'), { recursive: true });
      await page.screenshot({ path: join(out, 'screenshots', `next-sentence-${theme}-${zoom}-${width}.png`), fullPage: true });
      await page.getByRole('button', { name: 'Show as table' }).click();
      await check('table');
    },
    60_000,
  );
});
