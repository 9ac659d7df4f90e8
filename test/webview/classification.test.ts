import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { SavedFile, ShadedEvidence } from '../../src/panel/contract';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { classificationOf, hostile } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const text = 'A dull, badly written mess that only wastes its great cast.';

const calls = (page: Page, method: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => window.harness.calls.filter((call) => call.method === wanted).map(({ request }) => request as Record<string, unknown>), method);
const heard = <T>(page: Page, name: string): Promise<T[]> =>
  page.evaluate((wanted) => window.harness.heard.filter((message) => message.name === wanted).map(({ value }) => value), name) as Promise<T[]>;
const view = (page: Page): Locator => page.locator('headlight-classification');
const word = (page: Page, name: string): Locator => view(page).getByRole('button', { name: new RegExp(`^${name}:`) });
const lines = (page: Page): Locator => view(page).locator('headlight-classified-lines');
const labelled = ['negative\tA dull mess.', '', 'positive\tI loved it.', 'positive\tIt was only long.', 'negative\tWarm and funny.', 'negative\tA <b>badly</b> made film.'].join('\n');

panels.describe('classification', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: classificationOf(), ...options });
    await view(page).locator('[data-correlation]').waitFor();
    return page;
  }

  async function openLines(options: Partial<PageOptions> = {}, content = labelled): Promise<Page> {
    const page = await open(options);
    await page.evaluate((value) => { window.harnessDocument = value; }, content);
    await view(page).getByRole('button', { name: 'Classify every line' }).click();
    await lines(page).locator('[data-summary]').waitFor();
    return page;
  }

  it('shows each class with its probability as a bar and a number', async () => {
    const page = await open();
    expect(await view(page).locator('[data-label]').innerText()).toBe('negative');
    const rows = view(page).locator('[data-class]');
    expect((await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, ' '))).toEqual([expect.stringMatching(/^negative 99\.\d.% \+3/), expect.stringMatching(/^positive 0\.\d+.% −3/)]);
    const widths = await view(page).locator('.measure > span').evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width / bar.parentElement!.getBoundingClientRect().width));
    expect(widths[0]).toBeGreaterThan(0.9);
    expect(widths[1]).toBeLessThan(0.05);
    expect(await view(page).locator('[data-reading]').innerText()).toMatch(/softmax.*right for 89\.3.%/s);
  });

  it('shades each word by what it does, and tells for from against by the line too', async () => {
    const page = await open();
    expect(await word(page, 'mess').getAttribute('class')).toContain('for');
    expect(await word(page, 'great').getAttribute('class')).toContain('against');
    expect(await word(page, 'its').getAttribute('class')).not.toMatch(/for|against/);
    expect(await word(page, 'great').evaluate((button) => getComputedStyle(button).textDecorationStyle)).toBe('dashed');
    const colors = await Promise.all(['mess', 'great', 'its'].map((name) => word(page, name).evaluate((button) => getComputedStyle(button).backgroundColor)));
    expect(new Set(colors).size).toBe(3);
    // The word with the most evidence is told of first.
    expect(await view(page).locator('[data-readout]').innerText()).toMatch(/^mess speaks for negative, \+4\.20 log-odds; \+[\d.]+ points of probability; [\d.]+.% of the attention; .* of head 7’s\.$/);
    await word(page, 'great').hover();
    await view(page).getByText(/^great speaks against negative, −3\.60 log-odds; −/).waitFor();
    expect(await view(page).locator('[data-correlation]').innerText()).toMatch(/mean of 12 heads.*rank correlation −?\d\.\d\d\. Of its heads, 7 agrees best: \d\.\d\d\./);
  });

  it('goes from word to word by keyboard, and to a word in the editor', async () => {
    const page = await open();
    await word(page, 'A').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowLeft', 'Home', 'ArrowRight']) await page.keyboard.press(key);
    expect(await word(page, 'dull').evaluate((button) => button.matches(':focus'))).toBe(true);
    expect(await view(page).locator('[data-word][tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Enter');
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 102, end: 106 }]);
  });

  it('asks again for another class, and by another way to leave words out', async () => {
    const page = await open();
    await view(page).getByLabel('for', { exact: true }).selectOption('positive');
    await view(page).getByText(/speaks against positive, −4\.20/).waitFor();
    await view(page).getByRole('radio', { name: 'Delete' }).click();
    await expect.poll(async () => (await calls(page, 'classification/evidence')).map(({ method, of }) => [method, of])).toEqual([['mask', undefined], ['mask', 1], ['delete', 1]]);
    await page.reload();
    await view(page).locator('[data-correlation]').waitFor();
    expect((await calls(page, 'classification/evidence')).at(-1)).toMatchObject({ method: 'delete', of: 1 });
  });

  it('shades by attention of all heads, or of the one that agrees best', async () => {
    const page = await open();
    const shade = (): Promise<string> => word(page, 'written').evaluate((button) => getComputedStyle(button).backgroundColor);
    const seen = [await shade()];
    for (const name of ['Attention', 'Head 7']) {
      await view(page).getByRole('radio', { name }).click();
      await view(page).getByText('of the attention', { exact: true }).waitFor();
      expect(await word(page, 'mess').getAttribute('class')).not.toMatch(/for|against/);
      seen.push(await shade());
    }
    expect(new Set(seen).size).toBe(3);
  });

  it('is a table too, and a file', async () => {
    const page = await open();
    await view(page).getByRole('button', { name: 'Show as table' }).click();
    const row = view(page).getByRole('row', { name: /^mess/ });
    expect((await row.innerText()).replace(/\s+/g, ' ')).toMatch(/^mess \+4\.20 \+[\d.]+ [\d.]+ % [\d.]+ %$/);
    await row.getByRole('button').click();
    await expect.poll(async () => (await heard<{ start: number }>(page, 'panel/reveal')).at(-1)?.start).toBe(100 + text.indexOf('mess'));
    const saved = async (format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await view(page).getByLabel('Save as').selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const csv = (await saved('CSV numbers')).text!.trim().split('\r\n');
    expect(csv).toHaveLength(1 + 2 + 13);
    expect(csv.find((line) => line.startsWith('word,great'))).toMatch(/^word,great,-[\d.e-]+,-3\.6,/);
    const json = JSON.parse((await saved('JSON numbers')).text!) as { label: string; text: string; evidence: { words: unknown[]; attention: { mean: number[] } } };
    expect([json.label, json.text, json.evidence.words.length, json.evidence.attention.mean.length]).toEqual(['negative', text, 13, 13]);
  });

  it('has the document shaded, until the reader or Escape says otherwise', async () => {
    const page = await open();
    // Nothing travels as a list of nothing.
    const shaded = async (): Promise<(ShadedEvidence | null)[]> => (await heard<ShadedEvidence | [null]>(page, 'panel/evidence')).map((one) => (Array.isArray(one) ? null : one));
    await expect.poll(async () => (await shaded()).length).toBe(1);
    const [first] = await shaded();
    expect(first).toMatchObject({ uri: 'file:///lesson.md', version: 1, label: 'negative' });
    expect(first!.words[1]).toMatchObject({ start: 102, end: 106 });
    expect(first!.words[1]!.logit).toBeCloseTo(2.8, 4);
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await shaded()).at(-1)).toBeNull();
    await view(page).getByRole('radio', { name: 'Delete' }).click();
    await expect.poll(async () => (await shaded()).length).toBe(3);
    await page.evaluate(() => { window.harness.notify('editor/release', null); });
    await expect.poll(async () => (await shaded()).length).toBe(4);
    const box = view(page).getByRole('checkbox', { name: 'Shade the document' });
    await box.click();
    await box.click();
    await expect.poll(async () => (await shaded()).at(-1)?.label).toBe('negative');
    await page.getByRole('tab', { name: 'Attention' }).click();
    await expect.poll(async () => (await shaded()).at(-1)).toBeNull();
  });

  it('classifies the lines of the document, most unsure or most wrong first, and goes to one', async () => {
    const page = await openLines();
    expect(await lines(page).locator('[data-summary]').innerText()).toBe('5 lines: 3 negative, 2 positive. 3 of 5 as labelled (60.0\u202f%).');
    const order = (): Promise<(string | null)[]> => lines(page).locator('[data-line]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-line')));
    expect(await order()).toEqual(['41', '43', '44', '45', '46']);
    await lines(page).getByLabel('Order').selectOption('most unsure first');
    expect((await order())[0]).toBe('44');
    await lines(page).getByLabel('Order').selectOption('most wrong first');
    expect(await order()).toEqual(['45', '44', '46', '43', '41']);
    expect((await lines(page).locator('[data-line="45"]').innerText()).replace(/\s+/g, ' ')).toMatch(/^45 positive 9\d\.\d % ≠ negative, as labelled Warm and funny\.$/);
    await lines(page).getByRole('button', { name: 'Warm and funny.' }).click();
    const start = 5000 + labelled.indexOf('Warm');
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start, end: start + 15 }]);
    await lines(page).getByRole('button', { name: 'Save as CSV' }).click();
    await lines(page).getByText('Saved: papers/classified-lines-encoder.csv').waitFor();
    const { text: csv } = (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    expect(csv!.split('\r\n').slice(0, 2)).toEqual(['line,label,labelled,negative,positive,text', expect.stringMatching(/^45,positive,negative,0\.\d+,0\.9\d+,Warm and funny\.$/)]);
  });

  it('opens the lines for the command, lists some at first, and can be stopped', async () => {
    const many = Array.from({ length: 250 }, (_, index) => `Line ${index} is ${index % 2 === 0 ? 'dull' : 'great'}.`).join('\r\n');
    const page = await openLines({}, many);
    expect(await lines(page).locator('[data-line]').count()).toBe(100);
    await lines(page).getByRole('button', { name: 'Show more' }).click();
    expect(await lines(page).locator('[data-line]').count()).toBe(200);
    await view(page).getByRole('button', { name: 'Hide', exact: true }).click();
    await page.evaluate((subject) => {
      window.harness.delays.push(0, 0, 0, 60_000);
      window.harness.notify('editor/show', { ...subject, source: { ...subject.source, version: 2 } });
    }, classificationOf(text, undefined, 'run'));
    await lines(page).getByRole('button', { name: 'Stop' }).click();
    await lines(page).getByText('Stopped before there was an answer.').waitFor();
    await lines(page).getByRole('button', { name: 'Retry' }).click();
    await lines(page).locator('[data-summary]').waitFor();
  });

  it('says what to do with a model that tells no classes, and asks the built-in encoder instead', async () => {
    const page = await panels.open({ subject: null });
    await page.evaluate((subject) => {
      window.harness.fail = 'decoder tells no classes. Choose the built-in encoder.';
      window.harness.failCode = 'no-classifier';
      window.harness.notify('editor/show', subject);
    }, classificationOf());
    await view(page).getByRole('alert').getByText('decoder tells no classes').waitFor();
    await view(page).getByRole('button', { name: 'Choose a Model' }).click();
    await expect.poll(() => heard(page, 'panel/command')).toEqual([{ command: 'chooseModel' }]);
    await page.evaluate(() => { window.harness.fail = null; });
    await view(page).getByRole('button', { name: 'Use the built-in encoder' }).click();
    await view(page).getByText('stands in for the model in force').waitFor();
    expect((await calls(page, 'classification/classify')).at(-1)).toMatchObject({ inModel: 'encoder' });
    await view(page).getByRole('button', { name: 'Ask the model in force' }).click();
    await expect.poll(async () => (await calls(page, 'classification/classify')).at(-1)?.['inModel']).toBeUndefined();
  });

  it('keeps the last evidence under a failure', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.fail = 'The engine stopped.'; });
    await view(page).getByRole('radio', { name: 'Delete' }).click();
    await view(page).getByText('The engine stopped.').waitFor();
    expect(await word(page, 'mess').count()).toBe(1);
    await page.evaluate(() => { window.harness.fail = null; });
    await view(page).getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => view(page).getByRole('alert').count()).toBe(0);
  });

  it('reads pairs, many labels at once, and a number', async () => {
    const page = await open({ subject: classificationOf('I loved it.', 'It was dull.') });
    expect(await view(page).locator('[data-segment]').count()).toBe(2);
    await word(page, 'dull').click();
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 407, end: 411 }]);
    const show = async (content: string): Promise<void> => {
      await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, classificationOf(content));
    };
    await show('EMOTIONS of a great day.');
    await view(page).getByText('sigmoid of its logit').waitFor();
    expect(await view(page).locator('[data-class]').count()).toBe(8);
    await view(page).getByText('20 less probable classes stand in the table.').waitFor();
    await show('STARS for a great day.');
    await view(page).getByText('no probability').waitFor();
    expect(await view(page).locator('.measure').count()).toBe(0);
    expect(await view(page).getByRole('radio', { name: 'Mask' }).getAttribute('aria-disabled')).toBe('true');
    expect((await calls(page, 'classification/evidence')).at(-1)).toMatchObject({ method: 'delete' });
  });

  it('reads a long text once for each word only where it is asked to', async () => {
    const page = await panels.open({ subject: classificationOf('It was a great and funny day. '.repeat(40)) });
    await view(page).getByRole('button', { name: 'Leave each word out' }).click();
    await view(page).locator('[data-correlation]').waitFor();
    expect(await calls(page, 'classification/evidence')).toHaveLength(1);
  });

  it('shows text that would harm as text', async () => {
    const page = await open({ subject: classificationOf(hostile, `${hostile} ${'a'.repeat(1500)}`) });
    await page.evaluate((value) => { window.harnessDocument = value; }, hostile);
    await view(page).getByRole('button', { name: 'Classify every line' }).click();
    await lines(page).locator('[data-summary]').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 340], [theme, 1.25, 375], [theme, 1, 900]] as const))(
    '%s at %d, %d wide: no accessibility violation and no sideways scrolling, as drawing and as table',
    async (theme, zoom, width) => {
      const page = await openLines({ theme, zoom, width, height: 1500 });
      const check = async (state: string): Promise<void> => {
        expect([state, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([state, 0]);
        expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
        mkdirSync(join(out, 'screenshots'), { recursive: true });
        await page.screenshot({ path: join(out, 'screenshots', `classification-${state}-${theme}-${zoom}-${width}.png`), fullPage: true });
      };
      await check('drawing');
      await view(page).getByRole('radio', { name: 'Attention' }).click();
      await check('attention');
      await view(page).getByRole('button', { name: 'Show as table' }).click();
      await check('table');
    },
    60_000,
  );
});
