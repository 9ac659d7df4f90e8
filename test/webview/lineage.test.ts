import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { SavedFile } from '../../src/panel/contract';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { hostile, lineageOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const models = ['rnn', 'rnn-attention', 'translator'] as const;

const column = (page: Page, model: (typeof models)[number]): Locator => page.locator(`[data-model="${model}"]`);
const lengths = (page: Page): Locator => page.locator('headlight-lineage-lengths');
const forgetting = (page: Page): Locator => page.locator('headlight-lineage-forgetting');
const reference = (page: Page): Locator => page.locator('headlight-lineage-reference');
const pairs = (count: number): string => Array.from({ length: count }, (_, at) => `One two three four five number ${at}\tOne two three four five number ${at}`).join('\n');
const lastFile = async (page: Page): Promise<SavedFile> => (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;

panels.describe('lineage', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: lineageOf(), ...options });
    await page.locator('[data-measured]').waitFor();
    return page;
  }

  it('writes by three generations in historic order, with four beams, to the stop token', async () => {
    const page = await open();
    expect(await page.locator('[data-model] h2').allInnerTexts()).toEqual(['LSTM, one thought vector 2014, rnn', 'LSTM with attention 2014/15, rnn-attention', 'Transformer 2017, translator']);
    expect((await calls(page, 'translation/translate')).map(({ choice, inModel }) => [inModel, choice])).toEqual(models.map((model) => [model, { kind: 'beams', beams: 4, lengthPenalty: 0.8 }]));
    expect(await column(page, 'translator').locator('[data-output]').innerText()).toBe('La vaca saltó </s>');
    expect(await column(page, 'rnn').locator('[data-output]').innerText()).toBe('La <b>fiesta</b> saltó </s>');
    expect(await column(page, 'rnn').locator('[data-facts]').innerText()).toMatch(/4\s?tokens, stop token included · log-probability −2\.68, −0\.67 a token/);
    await page.getByRole('radio', { name: 'Greedy' }).click();
    await expect.poll(async () => (await calls(page, 'translation/translate')).slice(3).map(({ choice }) => choice)).toEqual(models.map(() => ({ kind: 'greedy' })));
    // How far words move the vector does not depend on how it is written from.
    expect((await calls(page, 'lineage/forgetting')).filter(({ every }) => every === false)).toHaveLength(1);
  });

  it('draws what each word still does in place of an alignment, and goes to the word', async () => {
    const page = await open();
    const bars = column(page, 'rnn').locator('[data-influence] .end');
    const widths = await bars.evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width / bar.parentElement!.getBoundingClientRect().width));
    // The later the word, the more is left of it; the last one has not been followed by any.
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths.at(-1)).toBeCloseTo(1, 2);
    expect(widths[6]).toBeCloseTo(0.7 ** 7, 1);
    expect(await column(page, 'rnn').locator('[data-left]').innerText()).toMatch(/3\.6.% is left of the first 7 words, and 43\.7.% of the last/);
    expect(await column(page, 'rnn').locator('headlight-head-matrix').count()).toBe(0);
    await page.getByRole('radio', { name: 'Relative distance' }).click();
    await expect.poll(() => bars.nth(6).evaluate((bar) => bar.getBoundingClientRect().width / bar.parentElement!.getBoundingClientRect().width)).toBeCloseTo(0.84 ** 7, 1);
    await column(page, 'rnn').getByRole('button', { name: 'Sally' }).click();
    await expect.poll(() => heard(page, 'panel/reveal')).toEqual([{ uri: 'file:///lesson.md', start: 127, end: 132 }]);
  });

  it('draws alignments of the other two, by layer where there are several, and reads them out', async () => {
    const page = await open();
    expect(await column(page, 'rnn-attention').getByRole('combobox').count()).toBe(0);
    const layer = column(page, 'translator').getByRole('combobox', { name: 'Layer' });
    expect(await column(page, 'translator').getByText('Mean of 2 layers of 4 heads').count()).toBe(1);
    await layer.selectOption('1');
    await column(page, 'translator').getByText('Mean of 4 heads').waitFor();
    const matrix = column(page, 'rnn-attention').getByRole('application');
    await matrix.press('ArrowRight');
    await expect.poll(() => column(page, 'rnn-attention').locator('[data-readout]').innerText()).toMatch(/La → \[CLS\] 0\.7000 rank 1 of 18/);
    await page.getByRole('button', { name: 'Show as table' }).click();
    expect(await column(page, 'translator').locator('table tbody tr').first().innerText()).toMatch(/^La\s+\S+\s+0\.19$/);
    await page.reload();
    await column(page, 'translator').getByText('Mean of 4 heads').waitFor();
    expect(await layer.inputValue()).toBe('1');
  });

  it('scores a reference by all three, and names what was lost', async () => {
    const page = await open();
    const field = reference(page).getByRole('textbox');
    await field.fill('La vaca saltó');
    await field.press('Enter');
    await reference(page).locator('[data-totals]').waitFor();
    await expect.poll(async () => (await calls(page, 'translation/score')).map(({ inModel, text, translation }) => [inModel, text, translation])).toEqual(models.map((model) => [model, expect.stringContaining('The cow ate') as string, 'La vaca saltó']));
    const rows = await reference(page).locator('[data-totals] tbody tr').allInnerTexts();
    const bits = rows.map((row) => Number(row.split(/\s+/)[1]));
    expect(bits[0]).toBeGreaterThan(bits[1]!);
    expect(bits[1]).toBeGreaterThan(bits[2]!);
    expect(await reference(page).locator('[data-lost]').innerText()).toMatch(/vaca \(8\.7 bits more\)/);
    expect(await reference(page).locator('[data-pieces] tr.lost th').allInnerTexts()).toEqual(['vaca']);
    await page.reload();
    await reference(page).locator('[data-totals]').waitFor();
    expect(await field.inputValue()).toBe('La vaca saltó');
    await reference(page).getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => reference(page).locator('table').count()).toBe(0);
  });

  it('draws recorded BLEU by length, read out by keys, and lists it', async () => {
    const page = await open();
    const chart = lengths(page).getByRole('application');
    for (let step = 0; step < 5; step++) await chart.press('ArrowRight');
    const readout = lengths(page).locator('[data-readout]');
    expect(await readout.innerText()).toMatch(/^17–24 words, two to four pairs joined\s+rnn\s+14\.0 \(220.pairs\)\s+rnn-attention\s+38\.5 \(220.pairs\)\s+translator\s+39\.5/);
    await chart.press('Escape');
    expect(await readout.innerText()).toContain('Point at a length');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const table = (name: string): Promise<string[]> => lengths(page).locator(`[data-groups="${name}"] tbody tr`).allInnerTexts();
    expect((await table('single')).map((row) => row.split(/\s+/))).toEqual([['1–4', '400', '29.0', '40.0', '41.0'], ['5–8', '340', '24.0', '39.5', '40.5'], ['9–12', '280', '19.0', '39.0', '40.0'], ['13–16', '220', '14.0', '38.5', '39.5']]);
    expect((await table('joined')).map((row) => row.split(/\s+/)[0])).toEqual(['9–12', '13–16', '17–24', '25–40']);
  });

  it('translates pasted pairs by all three, and puts them beside the recorded', async () => {
    const page = await open();
    await lengths(page).getByRole('textbox').fill(pairs(20));
    await lengths(page).getByRole('textbox').press('Control+Enter');
    await expect.poll(async () => (await lengths(page).locator('[data-overall] tbody tr').allInnerTexts()).map((row) => row.split(/\s+/))).toEqual([['rnn', '67.0', '24.0'], ['rnn-attention', '84.6', '39.5'], ['translator', '100.0', '40.5']]);
    expect((await calls(page, 'translation/lines')).map(({ inModel, texts }) => [inModel, (texts as string[]).length])).toEqual([16, 4].flatMap((count) => models.map((model) => [model, count])));
    expect(await lengths(page).locator('.legend li').allInnerTexts()).toEqual([...models, ...models.map((model) => `${model}, pasted`)]);
    await lengths(page).getByRole('application').press('End');
    await page.getByRole('button', { name: 'Show as table' }).click();
    expect(await lengths(page).locator('[data-groups="live"] tbody tr').allInnerTexts()).toHaveLength(1);
    // Forgetting can be measured on them too.
    await page.getByRole('radio', { name: 'Pasted pairs' }).click();
    await forgetting(page).getByText(/20.sentences of the pasted pairs/).waitFor();
    await page.reload();
    await forgetting(page).getByText(/20.sentences of the pasted pairs/).waitFor();
    expect(await lengths(page).getByRole('textbox').inputValue()).toBe(pairs(20));
  });

  it('says what is wrong with pasted lines, and keeps what it has', async () => {
    const page = await open();
    const translate = lengths(page).getByRole('button', { name: 'Translate by all three' });
    await translate.click();
    await lengths(page).getByText('There are no pairs.').waitFor();
    await lengths(page).getByRole('textbox').fill(pairs(2));
    await translate.click();
    await lengths(page).locator('[data-overall]').waitFor();
    await lengths(page).getByRole('textbox').fill('no tab\na\tb');
    await translate.click();
    await lengths(page).getByText('Line 1 has no tab.').waitFor();
    expect(await lengths(page).locator('[data-overall]').innerText()).toMatch(/2.pasted pairs/);
    expect(await calls(page, 'translation/lines')).toHaveLength(3);
    await lengths(page).getByRole('button', { name: 'Clear pasted pairs' }).click();
    expect(await lengths(page).getByRole('textbox').inputValue()).toBe('');
    expect(await lengths(page).locator('[data-overall]').count()).toBe(0);
  });

  it('can be stopped, keeps what was translated, and goes on', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.delays = [0, 0, 0, 0, 60_000]; });
    await lengths(page).getByRole('textbox').fill(pairs(40));
    await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
    await lengths(page).getByText(/16 of 40.pairs translated, rnn-attention is at work/).waitFor();
    await lengths(page).getByRole('button', { name: 'Stop' }).click();
    await lengths(page).getByText(/Stopped after 16 of 40.pairs/).waitFor();
    expect(await lengths(page).locator('[data-overall] thead').innerText()).toMatch(/16.pasted pairs/);
    await lengths(page).getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => lengths(page).locator('[data-overall] thead').innerText()).toMatch(/40.pasted pairs/);
    expect(await lengths(page).getByText('Stopped after').count()).toBe(0);
  });

  it('measures what is left of words over the sentences of the document, by both curves', async () => {
    const page = await open();
    expect((await calls(page, 'lineage/forgetting')).filter(({ every }) => every === true).map(({ inModel, texts }) => [inModel, texts])).toEqual(
      [['We tolerate noise, and they tolerate heat.'], ['She <i>hates</i> waiting in a line.']].map((texts) => ['rnn', texts]),
    );
    expect(await forgetting(page).locator('[data-course]').innerText()).toMatch(/^After 5 more words 16\.8.% of a word is left\.$/);
    await forgetting(page).getByRole('application').press('End');
    expect(await forgetting(page).locator('[data-readout]').innerText()).toMatch(/^6.words read since: 3.words of 2.sentences\s+rnn\s+11\.8.%/);
    await forgetting(page).getByRole('radio', { name: 'By place' }).click();
    await forgetting(page).getByText(/on average over the words at the same distance/).waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const rows = await forgetting(page).locator('[data-points] tbody tr').allInnerTexts();
    expect(rows[0]!.split(/\s+/)).toEqual(['0', '0.30', '2', '2']);
  });

  it('stops measuring and goes on, and tells a failure with Retry', async () => {
    const page = await panels.open({ subject: lineageOf() });
    await page.locator('[data-measured]').waitFor();
    await page.evaluate(() => {
      window.harness.fail = 'The engine stopped unexpectedly.';
      window.harness.failOf = 'lineage/forgetting';
    });
    await lengths(page).getByRole('textbox').fill(pairs(3));
    await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
    await forgetting(page).getByRole('radio', { name: 'Pasted pairs' }).click();
    await forgetting(page).getByText('The engine stopped unexpectedly.').waitFor();
    await page.evaluate(() => { window.harness.fail = null; window.harness.delays = [0, 60_000]; });
    await forgetting(page).getByRole('button', { name: 'Retry' }).click();
    await forgetting(page).getByText(/1 of 3.sentences measured…/).waitFor();
    await forgetting(page).getByRole('button', { name: 'Stop measuring' }).click();
    await forgetting(page).getByText(/Stopped after 1 of 3.sentences/).waitFor();
    await forgetting(page).getByRole('button', { name: 'Go on' }).click();
    await forgetting(page).getByText(/3.sentences of the pasted pairs/).waitFor();
  });

  it('shows what the others do where one fails or is not there', async () => {
    const page = await open();
    await page.evaluate(() => {
      window.harness.fail = 'decoder_model.onnx does not match its SHA-256.';
      window.harness.failModel = 'rnn-attention';
    });
    await page.getByRole('radio', { name: 'Greedy' }).click();
    await column(page, 'rnn-attention').getByText('does not match its SHA-256').waitFor();
    // The last good translation stays.
    expect(await column(page, 'rnn-attention').locator('[data-output]').innerText()).toBe('La vaca saltó </s>');
    expect(await column(page, 'rnn').getByText('SHA-256').count()).toBe(0);
    await lengths(page).getByRole('textbox').fill(pairs(2));
    await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
    await expect.poll(async () => (await lengths(page).locator('[data-overall] tbody tr').allInnerTexts()).map((row) => row.split(/\s+/)[1])).toEqual(['67.0', '–', 'decoder_model.onnx', '100.0']);
    await page.evaluate(() => { window.harness.fail = null; });
    await column(page, 'rnn-attention').getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => column(page, 'rnn-attention').getByText('SHA-256').count()).toBe(0);
    await page.addInitScript(() => { window.harnessMissing = ['rnn']; });
    await page.reload();
    await column(page, 'rnn').getByText('The built-in model rnn is not there.').waitFor();
    await column(page, 'translator').locator('[data-output]').waitFor();
    expect(await forgetting(page).count()).toBe(0);
    expect((await calls(page, 'translation/translate')).map(({ inModel }) => inModel)).toEqual(['rnn-attention', 'translator']);
  });

  it('saves what is shown', async () => {
    const page = await open();
    await lengths(page).getByRole('textbox').fill(pairs(2));
    await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
    await lengths(page).locator('[data-overall]').waitFor();
    const save = async (within: Locator | Page, label: string, format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await within.getByRole('combobox', { name: label, exact: true }).selectOption({ label: format });
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return lastFile(page);
    };
    const columns = await save(page, 'Save translations as', 'CSV numbers');
    expect(columns.name).toBe('lineage-translations.csv');
    expect(columns.text).toContain('rnn,"cosine distance, at the end",moon,,0.3\r\n');
    expect(columns.text).toContain('rnn-attention,alignment,La,[CLS],0.7\r\n');
    const json = JSON.parse((await save(page, 'Save translations as', 'JSON numbers')).text!) as { generations: { model: string; alignment?: { rows: number[][] }; forgetting?: unknown[] }[] };
    expect(json.generations.map(({ alignment, forgetting: words, model }) => [model, alignment?.rows.length, words?.length])).toEqual([['rnn', undefined, 14], ['rnn-attention', 4, undefined], ['translator', 4, undefined]]);
    expect((await save(lengths(page), 'Save as', 'SVG picture')).text).toMatch(/^<\?xml.*rnn, pasted: 67\.0 on 2 pairs/s);
    expect((await save(lengths(page), 'Save as', 'CSV numbers')).text).toContain('rnn,"recorded, joined",17–24,220,14\r\n');
    expect((await save(lengths(page), 'Save as', 'JSON numbers')).text).toContain('"outputs"');
    expect((await save(lengths(page), 'Save as', 'PNG picture')).base64).toMatch(/^iVBOR/);
    expect((await save(forgetting(page), 'Save as', 'SVG picture')).text).toContain('what is left of a word');
    expect((await save(forgetting(page), 'Save as', 'CSV numbers')).text).toMatch(/^words read since,left \(cosine distance\),words,sentences\r\n0,1,15,2\r\n1,0\.7,13,2\r\n/);
    expect(JSON.parse((await save(forgetting(page), 'Save as', 'JSON numbers')).text!)).toMatchObject({ curve: 'left', sentences: [{}, {}] });
  });

  it('says where there is no text, and shows text that would harm as text', async () => {
    const empty = await panels.open({ subject: lineageOf(' ') });
    await empty.getByText('There is no text here.').waitFor();
    expect(await calls(empty, 'translation/translate')).toEqual([]);
    const page = await open({ subject: lineageOf(hostile) });
    await reference(page).getByRole('textbox').fill(hostile);
    await reference(page).getByRole('textbox').press('Enter');
    await lengths(page).getByRole('textbox').fill(`${hostile}\t${hostile}`);
    await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
    await lengths(page).locator('[data-overall]').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 300], [theme, 1.25, 375], [theme, 1, 1100]] as const))(
    '%s at %d, %d wide: no accessibility violation and no sideways scrolling, as drawing and as table',
    async (theme, zoom, width) => {
      const page = await open({ theme, zoom, width, height: 1500 });
      await reference(page).getByRole('textbox').fill('La vaca saltó');
      await reference(page).getByRole('textbox').press('Enter');
      await lengths(page).getByRole('textbox').fill(pairs(3));
      await lengths(page).getByRole('button', { name: 'Translate by all three' }).click();
      await lengths(page).locator('[data-overall]').waitFor();
      await reference(page).locator('[data-pieces]').waitFor();
      const check = async (state: string): Promise<void> => {
        expect([state, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([state, 0]);
        // Each table fits into its card, or scrolls by itself.
        const beyond = await page.locator('headlight-lineage table').evaluateAll((tables) =>
          tables.filter((one) => !one.parentElement!.classList.contains('scroller') && one.scrollWidth > one.parentElement!.clientWidth).map((one) => one.outerHTML.slice(0, 80)));
        expect([state, beyond]).toEqual([state, []]);
        expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
        mkdirSync(join(out, 'screenshots'), { recursive: true });
        await page.screenshot({ path: join(out, 'screenshots', `lineage-${state}-${theme}-${zoom}-${width}.png`), fullPage: true });
      };
      await lengths(page).getByRole('application').press('End');
      await check('drawing');
      await page.getByRole('button', { name: 'Show as table' }).click();
      await check('table');
    },
    60_000,
  );
});
