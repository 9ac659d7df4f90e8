import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { SavedFile } from '../../src/panel/contract';
import { out } from '../../scripts/steps/paths.mjs';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { driftOf, heldOutOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();

const calls = (page: Page, method: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => window.harness.calls.filter((call) => call.method === wanted).map(({ request }) => request as Record<string, unknown>), method);
const heard = (page: Page, name: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => window.harness.heard.filter((message) => message.name === wanted).map(({ value }) => value as Record<string, unknown>), name);
const view = (page: Page): Locator => page.locator('headlight-drift');
const card = (page: Page, name: string): Locator => view(page).getByRole('region', { name, exact: true });
const button = (page: Page, name: string): Locator => view(page).getByRole('button', { name, exact: true });

panels.describe('drift', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: driftOf(), ...options });
    await card(page, 'Heads').waitFor();
    return page;
  }

  it('compares the two models that the command names, on all lines', async () => {
    const page = await open();
    const [asked] = await calls(page, 'drift/measure');
    expect(asked).toMatchObject({ inModel: 'encoder', against: 'small' });
    expect(asked!['lines']).toHaveLength(9);
    expect(await view(page).locator('[data-headline]').first().innerText()).toMatch(/^lines\.txt · 9.lines · encoder · small <b>8<\/b> · cpu$/);
    expect(await view(page).locator('[data-head]').count()).toBe(72);
    // The one that moved most is chosen, and listed first.
    const first = await view(page).locator('[data-ranked]').first().getAttribute('data-ranked');
    expect(await view(page).locator('[data-head][aria-pressed="true"]').getAttribute('data-head')).toBe(first);
    const listed = (await view(page).locator('[data-ranked] td:nth-child(2)').allInnerTexts()).map(Number);
    expect(listed).toEqual([...listed].sort((a, b) => b - a));
    expect(await card(page, 'Layers').locator('[data-last]').innerText()).toBe('After the last layer: 1 − cosine 0.032, relative norm 0.23.');
    expect(await card(page, 'Lines').locator('[data-predictions]').innerText()).toMatch(/at \d+ places .* at \d+ of them the most probable token is another, and Kullback–Leibler divergence is 0\.31 bits/);
  });

  it('walks heads by keyboard, and opens one in both models over the chosen line', async () => {
    const page = await open();
    await view(page).locator('[data-head][aria-pressed="true"]').focus();
    for (const key of ['PageUp', 'Home', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await expect.poll(() => view(page).locator('[data-head="1.1"]').evaluate((cell) => cell.matches(':focus'))).toBe(true);
    await view(page).locator('[data-chosen]').getByText('Layer 1, head 1: divergence').waitFor();
    await card(page, 'Lines').getByRole('button', { name: 'Go to line 5', exact: true }).click();
    expect(await heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 2000, end: 2053 }]);
    await button(page, 'Open both over line 5').click();
    await expect.poll(() => heard(page, 'panel/openDrifted')).toEqual([
      { layer: 1, head: 1, text: 'A folding stand holds the notes of the second violin.', offset: 2000, model: 'encoder', against: 'small' },
    ]);
    await view(page).getByRole('radio', { name: 'Difference' }).click();
    await view(page).getByText('mean absolute difference of two weights').waitFor();
  });

  it('lists lines by how far they moved, with their changed predictions to go to, and shows hostile text as text', async () => {
    const page = await open();
    const lines = card(page, 'Lines');
    const bits = (await lines.locator('[data-line] > td:last-child').allInnerTexts()).map(Number);
    expect(bits).toHaveLength(9);
    expect(bits).toEqual([...bits].sort((a, b) => b - a));
    await lines.getByRole('radio', { name: 'Line' }).click();
    await expect.poll(() => lines.locator('[data-line]').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-line'))))).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17]);
    const first = lines.locator('[data-line="1"]');
    expect(await first.innerText()).toMatch(/score: <b>rack<\/b> 41\.0.% → table 30\.5.%/);
    await first.getByRole('button', { name: 'Go to “score” in line 1' }).click();
    expect((await heard(page, 'panel/reveal')).at(-1)).toEqual({ uri: 'file:///lesson.md', start: 12, end: 17 });
    expect(await lines.locator('[data-line="9"]').innerText()).toContain('<script>window.hacked=1</script>');
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await lines.getByRole('radio', { name: 'Predictions' }).click();
    const changes = await lines.locator('[data-line]').evaluateAll((rows) => rows.map((row) => row.querySelectorAll('li').length));
    expect(changes).toEqual([...changes].sort((a, b) => b - a));
  });

  it('says how the senses moved, by layer and word by word, each of whose lines is gone to', async () => {
    const page = await open();
    const senses = card(page, 'Senses');
    expect(await senses.locator('[data-last]').innerText()).toBe(
      'After the last layer, two uses of a word have a cosine of 0.52 in the first model and 0.55 in the other; uses of different words 0.35 and 0.41. Similarity of the two spaces: 0.88.',
    );
    const words = (): Promise<(string | null)[]> => senses.locator('[data-word]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-word')));
    expect(await words()).toEqual(['script', 'stand']);
    const stand = senses.locator('[data-word="stand"]');
    expect(await stand.innerText()).toMatch(/stand line 1, 3, 5, 7, 11, 13, 15, 17\s+0\.054\s+0\.50 → 0\.52\s+0\.82/);
    await stand.getByRole('button', { name: /^Go to “stand” in line 3: moved by .*, the most$/ }).click();
    expect((await heard(page, 'panel/reveal')).at(-1)).toEqual({ uri: 'file:///lesson.md', start: 1004, end: 1009 });
    await button(page, 'Open both over line 3').waitFor();
    await senses.getByRole('radio', { name: 'Apart' }).click();
    await senses.getByText('the other model tells them apart more').waitFor();
    await senses.getByLabel('Words after').selectOption('Embeddings');
    await expect.poll(() => stand.innerText()).toMatch(/0\s+0\.80 → 0\.80|0\.7\d → /);
    await page.reload();
    await card(page, 'Senses').getByText('the other model tells them apart more').waitFor();
  });

  it('says which lines were held out of training, their labels, and how many each model has right', async () => {
    const page = await open({ subject: heldOutOf() });
    const [asked] = await calls(page, 'drift/measure');
    expect((asked!['labels'] as string[]).slice(0, 2)).toEqual(['a', 'b<i>']);
    await view(page).getByText('only lines are read which were held out then').waitFor();
    expect(await view(page).locator('[data-headline]').first().innerText()).toContain('9\u202flines held out of training');
    expect((await card(page, 'Accuracy').locator('tbody tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '))).toEqual(['encoder 66.7 % 6 of 9 1', 'small <b>8</b> 88.9 % 8 of 9 3']);
    await card(page, 'Lines').locator('[data-line="3"]').getByText('b<i>:').waitFor();
    await page.screenshot({ path: join(out, 'screenshots', 'drift-held-out.png') });
    const without = await open();
    expect(await view(without).locator('[data-accuracy]').count()).toBe(0);
  });

  it('has a table in place of each picture, and saves numbers and pictures', async () => {
    const page = await open();
    await button(page, 'Show as table').click();
    await expect.poll(() => view(page).locator('[data-ranked]').count()).toBe(72);
    expect(await view(page).locator('[data-states] tbody tr').count()).toBe(7);
    expect(await view(page).locator('[data-sense-states] tbody tr').count()).toBe(7);
    expect(await view(page).locator('[data-head]').count()).toBe(0);
    const saved = async (format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await page.getByLabel('Save comparison as').selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const heads = await saved('CSV of heads');
    expect([heads.name, heads.text!.trim().split('\r\n')]).toEqual(['drift-encoder-small-b-8-b-heads.csv', expect.objectContaining({ length: 73 })]);
    expect((await saved('CSV of changed predictions')).text).toMatch(/^line,start,end,text,before[^]*\r\n1,12,17,score,<b>rack<\/b>,0\.41,table,0\.305,/);
    expect((await saved('CSV of senses by hidden state')).text!.trim().split('\r\n')).toHaveLength(8);
    expect((await saved('CSV of words')).text).toMatch(/^word,occurrences,state,cosineDistance,before,after,structure\r\nstand,8,0,0,/);
    expect((await saved('CSV of words by line')).text).toMatch(/^word,line,start,end,state,cosineDistance\r\nstand,1,31,36,0,0\r\n/);
    expect(JSON.parse((await saved('JSON numbers')).text!)).toMatchObject({ model: 'encoder', against: 'small', lines: { read: 9, total: 9, cut: 0 } });
    expect((await saved('SVG picture')).text).toContain('Heads that drift most');
    expect(Buffer.from((await saved('PNG picture')).base64!, 'base64').subarray(1, 4).toString()).toBe('PNG');
  });

  it('compares nothing before the reader chose two models, and only when they say so', async () => {
    const page = await panels.open({ subject: driftOf(null) });
    await view(page).getByText('Choose two files of one model').waitFor();
    const other = view(page).getByLabel('Other', { exact: true });
    await other.locator('option', { hasText: 'small' }).waitFor({ state: 'attached' });
    // A model that has no hidden states, and the first one itself, are not offered.
    expect((await other.locator('option').allInnerTexts()).map((text) => text.split(' · ')[0])).toEqual(['choose…', 'small', 'static', 'translator', 'decoder']);
    await other.selectOption({ label: 'small · RobertaForMaskedLM' });
    expect(await calls(page, 'drift/measure')).toEqual([]);
    await button(page, 'Compare').click();
    await card(page, 'Heads').waitFor();
    // The page comes back as it was; the engine remembers what it found.
    await page.reload();
    await card(page, 'Heads').waitFor();
    expect(await calls(page, 'drift/measure')).toMatchObject([{ inModel: 'encoder', against: 'small' }]);
  });

  it('can be stopped, keeps the last answer when another fails, and offers another try', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.delays = [60_000]; });
    await button(page, 'Compare').click();
    await page.evaluate(() => { window.harness.notify('editor/progress', { method: 'drift/measure', message: 'Comparing lines', done: 120, total: 1000 }); });
    await view(page).getByText('Comparing lines (120 of 1000)…').waitFor();
    await button(page, 'Stop').click();
    await view(page).getByText('Stopped before there was an answer.').waitFor();
    await page.evaluate(() => { window.harness.fail = 'The two models are of other shapes: 2 against 6 layers.'; });
    await button(page, 'Compare').click();
    await view(page).getByText('2 against 6 layers').waitFor();
    expect(await view(page).locator('[data-head]').count()).toBe(72);
    await page.evaluate(() => { window.harness.fail = null; });
    await button(page, 'Retry').click();
    await view(page).getByText('2 against 6 layers').waitFor({ state: 'detached' });
  });

  it('says what was not read, what cannot be compared, and that nothing differs', async () => {
    const page = await panels.open({ subject: driftOf({ model: 'encoder', against: 'static' }, 40) });
    await view(page).getByText('Of 1200 lines with text, 40 are read, evenly spread over the whole.').waitFor();
    await view(page).getByText(/Of 2.lines only the beginning was read: at most 256 tokens/).waitFor();
    await view(page).getByText('encoder ran on cpu and static <b>8</b> on webgpu').waitFor();
    await view(page).locator('[data-chosen]').getByText(/divergence \d\.\de−5 bits/).waitFor();
    expect(await card(page, 'Lines').locator('[data-line]').count()).toBe(30);
    await button(page, 'Show all 40 lines').click();
    await expect.poll(() => card(page, 'Lines').locator('[data-line]').count()).toBe(40);

    const same = await panels.open({ subject: driftOf({ model: 'encoder', against: 'encoder' }) });
    await view(same).getByText('Nothing differs: both compute exactly the same numbers on these lines.').waitFor();
    const without = await panels.open({ subject: driftOf({ model: 'encoder', against: 'decoder' }) });
    await view(without).getByText('decoder has no output over the vocabulary').waitFor();
  });

  it.each(themeNames)('is whole and readable in %s, narrow and wide', async (theme) => {
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    for (const [width, zoom] of [[340, 1], [960, 1], [375, 1.25]] as const) {
      const page = await open({ theme, width, height: 1800, zoom });
      await page.screenshot({ path: join(out, 'screenshots', `drift-${theme}-${width}-${zoom}.png`) });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      expect(await panels.seriousViolations(page)).toEqual([]);
    }
  });
});
