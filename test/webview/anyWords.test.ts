import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { SavedFile } from '../../src/panel/contract';
import { documentOf } from './harness/fakeModel';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { hostile, sensesOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const { open } = panels;

/** Where the harness's document has a word, in its own offsets. */
const placeOf = (text: string): number => documentOf.offset + documentOf.text.indexOf(text);
const tolerate = [placeOf('tolerate'), placeOf('tolerate heat')] as const;
const revealed = (page: Page): Promise<unknown[]> => heard(page, 'panel/reveal');
const wordField = (page: Page) => page.getByRole('textbox', { name: 'Word or phrase' });
const sentenceField = (page: Page) => page.getByRole('textbox', { name: 'In a sentence' });
const rows = (page: Page) => page.locator('[data-words] tr[data-word]');

async function add(page: Page, word: string, sentence = ''): Promise<void> {
  const before = await rows(page).count();
  await sentenceField(page).fill(sentence);
  await wordField(page).fill(word);
  await wordField(page).press('Enter');
  await expect.poll(() => rows(page).count()).toBe(before + 1);
}

/** How many pixels of the map differ from its first one. */
const inked = (page: Page): Promise<number> =>
  page.locator('headlight-sense-map canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 4; at < data.length; at += 4) if (data[at] !== data[0] || data[at + 3] !== data[3]) count++;
    return count;
  });

panels.describe('any words', () => {
  it('are added by Enter, drawn on the map and listed with their cosines, layer by layer', async () => {
    const page = await open({ subject: sensesOf() });
    await expect.poll(() => inked(page)).toBeGreaterThan(300);
    const before = await inked(page);
    await add(page, 'tolerate');
    await expect.poll(() => inked(page)).toBeGreaterThan(before + 100);
    expect(await wordField(page).inputValue()).toBe('');
    expect(await wordField(page).evaluate((field) => field.matches(':focus'))).toBe(true);
    expect(await page.locator('headlight-sense-map canvas').getAttribute('aria-label')).toContain('Further words: tolerate;');
    expect(await rows(page).first().innerText()).toMatch(/1\s*tolerate\s+0\.20\s+0\.65\s+0\.20/);
    expect(await page.locator('[data-words] .nearest').innerText()).toBe('0.65');
    // Both places of the document, in its own offsets.
    await page.getByText('2 places in the document, line 43:').waitFor();
    const asked = (await calls(page, 'senses/words')).at(-1) as { occurrences: unknown[]; senses: number[]; words: { sentence: string }[][] };
    expect([asked.occurrences.length, asked.senses.length]).toEqual([9, 9]);
    expect(asked.words[0]!.map(({ sentence }) => sentence)).toEqual(Array(2).fill('We tolerate noise, and they tolerate heat.'));
    await page.getByRole('radio', { name: 'By layer' }).click();
    await page.getByText('Cosine, embeddings').waitFor();
    expect(await rows(page).first().innerText()).toMatch(/tolerate\s+0\.20\s+0\.20\s+0\.20/);
    await page.getByRole('slider', { name: 'After' }).press('End');
    await page.getByText('Cosine, layer 5').waitFor();
    expect(await rows(page).first().innerText()).toMatch(/tolerate\s+0\.20\s+0\.70\s+0\.20/);
    await page.locator('button.place').click();
    await expect.poll(() => revealed(page)).toEqual([{ uri: 'file:///lesson.md', start: tolerate[0], end: tolerate[0] + 8 }]);
  });

  it('are read alone and say so, in a sentence of their own, or not at all', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'easel');
    await page.getByText('read alone, in a sentence that says nothing about it: “The word “easel”.”').waitFor();
    await add(page, 'music  stand', 'He folded the music stand.');
    await page.getByText('in a sentence of its own: “He folded the music stand.”').waitFor();
    expect(((await calls(page, 'senses/words')).at(-1) as { words: unknown[] }).words[1]).toEqual([{ sentence: 'He folded the music stand.', start: 14, end: 25 }]);
    await add(page, '☃');
    await page.getByText('the model cannot read it').waitFor();
    await wordField(page).fill('ox');
    await sentenceField(page).fill('A cow.');
    await sentenceField(page).press('Enter');
    await page.getByRole('alert').getByText('“ox” does not stand in “A cow.”').waitFor();
    expect(await rows(page).count()).toBe(3);
    expect(await wordField(page).inputValue()).toBe('ox');
  });

  it('are taken away by a button, and remembered', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'tolerate');
    await add(page, 'easel', 'The easel fell.');
    await page.reload();
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.getByRole('button', { name: 'Remove tolerate' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await rows(page).innerText()).toMatch(/^1\s*easel/);
    expect(await wordField(page).evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.getByRole('button', { name: 'Remove easel' }).click();
    await page.locator('[data-words]').waitFor({ state: 'detached' });
  });

  it('are twelve at most, and none twice', async () => {
    const page = await open({ subject: sensesOf() });
    for (let at = 1; at <= 12; at++) await add(page, `word${at}`);
    await page.getByText('12 words are as many as the map can hold').waitFor();
    await wordField(page).fill('another');
    await wordField(page).press('Enter');
    expect(await wordField(page).inputValue()).toBe('another');
    expect(await rows(page).count()).toBe(12);
    await page.getByRole('button', { name: 'Remove word12' }).click();
    await expect.poll(() => rows(page).count()).toBe(11);
    await wordField(page).fill('word3');
    await page.getByRole('button', { name: 'Add' }).click();
    expect(await rows(page).count()).toBe(11);
  });

  it('keep the last answer under a failure, and retry', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'tolerate');
    await page.evaluate(() => { window.harness.fail = 'The document has changed. Refresh.'; });
    await wordField(page).fill('easel');
    await wordField(page).press('Enter');
    await page.getByRole('alert').getByText('The document has changed').waitFor();
    expect(await rows(page).count()).toBe(1);
    await page.evaluate(() => { window.harness.fail = null; });
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => rows(page).count()).toBe(2);
  });

  it('are pointed at in the table, and told by the readout', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'tolerate');
    await rows(page).first().hover();
    await page.getByText('tolerate, line 43: We tolerate noise').waitFor();
    await page.locator('[data-headline]').hover();
    await page.getByText('Near points are used alike').waitFor();
  });

  it('are saved with the map', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'tolerate');
    await add(page, 'easel');
    const saved = async (format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await page.getByLabel('Save as').selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const svg = (await saved('SVG picture')).text!;
    // Nine points, three places, and a marker for each of three senses and two words.
    expect(svg.split('<path ')).toHaveLength(1 + 9 + 3 + 3 + 2);
    expect(svg).toMatch(/>1<\/text>[^]*>2<\/text>[^]*>tolerate<\/text>[^]*>easel<\/text>/);
    const png = Buffer.from((await saved('PNG picture')).base64!, 'base64');
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg)![1]));
    const table = (await saved('CSV numbers')).text!.trim().split('\r\n');
    expect(table[0]).toBe('file,line,start,end,sense,x,y,sentence,word,cosine 0,cosine 1,cosine 2');
    expect(table).toHaveLength(1 + 9 + 3);
    expect(table[10]).toMatch(new RegExp(`^,43,${tolerate[0]},${tolerate[0] + 8},,-?[\\d.]+,-?[\\d.]+,"We tolerate noise, and they tolerate heat\\.",tolerate,0\\.2,0\\.65,0\\.2$`));
    expect(table[12]).toMatch(/^,,,,,-?[\d.]+,-?[\d.]+,[^,]+easel[^,]+,easel,/);
    const { further } = JSON.parse((await saved('JSON numbers')).text!) as { further: { word: string; from: string; places: { start: number | null }[]; cosinesByState: number[][] }[] };
    expect(further.map(({ word, from, places }) => [word, from, places.map(({ start }) => start)])).toEqual([['tolerate', 'document', [...tolerate]], ['easel', 'alone', [null]]]);
    expect(further[0]!.cosinesByState).toHaveLength(7);
  });

  it('and the map can be drawn by UMAP, which says how to read it', async () => {
    const page = await open({ subject: sensesOf() });
    await add(page, 'tolerate');
    await page.getByRole('radio', { name: 'UMAP' }).click();
    await page.getByText('Other distances, the room between groups and their sizes are not to be read').waitFor();
    await page.getByText('UMAP draws words and occurrences together').waitFor();
    const canvas = page.locator('headlight-sense-map canvas');
    expect(await canvas.getAttribute('aria-label')).toContain('all evidence, by UMAP');
    expect((await calls(page, 'senses/umap')).at(-1)).toMatchObject({ state: null, words: [[{ start: 3 }, { start: 28 }]] });
    await page.getByRole('radio', { name: 'By layer' }).click();
    await page.getByRole('slider', { name: 'After' }).press('End');
    await expect.poll(() => canvas.getAttribute('aria-label')).toContain('layer 5, by UMAP');
    expect((await calls(page, 'senses/umap')).at(-1)).toMatchObject({ state: 6 });
    await page.reload();
    await expect.poll(() => page.getByRole('radio', { name: 'UMAP' }).getAttribute('aria-checked')).toBe('true');
    await page.getByRole('radio', { name: 'PCA' }).click();
    await page.getByText('PCA: the two directions').waitFor();
    expect(await canvas.getAttribute('aria-label')).not.toContain('UMAP');
  });

  it('and UMAP is not offered for few points, with the reason', async () => {
    const page = await open({ subject: sensesOf(['We stand.', 'A stand.', 'They stand up.', 'You stand.']) });
    const choice = page.getByRole('radio', { name: 'UMAP' });
    await page.getByText('needs at least 8 points for that: here are 4 points').waitFor();
    expect(await choice.getAttribute('aria-disabled')).toBe('true');
    expect(await choice.getAttribute('title')).toContain('at least 8 points');
    await choice.click({ force: true });
    await page.getByRole('radio', { name: 'PCA' }).press('ArrowRight');
    expect(await choice.getAttribute('aria-checked')).toBe('false');
    expect(await calls(page, 'senses/umap')).toEqual([]);
    for (const word of ['one', 'two', 'three', 'four']) await add(page, word);
    await expect.poll(() => choice.getAttribute('aria-disabled')).toBeNull();
    await choice.click();
    await page.getByText('UMAP keeps near points near').waitFor();
  });
});

panels.describe('nearest neighbours', () => {
  it('are listed with cosine, sentence and place, after the layer of the slider, beside static ones', async () => {
    const page = await open({ subject: sensesOf() });
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    const near = page.locator('[data-near] tbody tr');
    await expect.poll(() => near.count()).toBe(10);
    await page.getByRole('heading', { name: /^In context layer 5/ }).waitFor();
    expect(await near.first().innerText()).toMatch(/^Stands\s+41\s+# Stands <b>here<\/b>\s+0\.90$/);
    await page.getByText(/11.places of content words, all of the document\./).waitFor();
    expect((await calls(page, 'vectors/neighbours'))[0]).toMatchObject({ of: { sentence: 'I cannot stand the noise of that machine.', start: 9, end: 14 }, top: 10, sameWord: false });
    const fixed = page.locator('[data-static] tbody tr');
    expect(await fixed.allInnerTexts()).toEqual(expect.arrayContaining([expect.stringMatching(/^stands\s+0\.61$/), expect.stringMatching(/^<u>budge<\/u>\s+0\.55$/)]));
    expect((await calls(page, 'vectors/nearest'))[0]).toEqual({ word: 'stand', top: 10, inModel: 'static' });
    await page.getByText('A static model has one vector for every “stand”').waitFor();
    await near.first().getByRole('button').click();
    await expect.poll(() => revealed(page)).toEqual([{ uri: 'file:///lesson.md', start: placeOf('Stands'), end: placeOf('Stands') + 6 }]);
    await page.getByRole('radio', { name: 'By layer' }).click();
    await page.getByRole('heading', { name: /^In context embeddings/ }).waitFor();
    expect(await near.first().innerText()).toMatch(/0\.13$/);
    await page.getByRole('slider', { name: 'After' }).press('ArrowRight');
    expect(await near.first().innerText()).toMatch(/^line/);
    // Of another layer nothing has to be asked.
    expect(await calls(page, 'vectors/neighbours')).toHaveLength(1);
  });

  it('are those of the occurrence that is chosen, and of the same word when asked', async () => {
    const page = await open({ subject: sensesOf() });
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    await page.locator('[data-occurrence="1"]').click();
    await expect.poll(async () => (await calls(page, 'vectors/neighbours')).at(-1)).toMatchObject({ of: { sentence: 'The stand wobbled when he turned the page.' } });
    await page.getByLabel('Of', { exact: true }).selectOption({ index: 7 });
    await expect.poll(async () => (await calls(page, 'vectors/neighbours')).at(-1)).toMatchObject({ of: { start: 10 }, sameWord: false });
    await page.getByRole('checkbox', { name: 'Other occurrences of “stand” too' }).click();
    await expect.poll(async () => (await calls(page, 'vectors/neighbours')).at(-1)).toMatchObject({ of: { start: 10 }, sameWord: true });
    await page.reload();
    await page.locator('[data-near] tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'Close neighbours' }).click();
    await page.locator('headlight-neighbours').waitFor({ state: 'detached' });
  });

  it('can be stopped while they are looked for, and asked for again', async () => {
    const page = await open({ subject: sensesOf() });
    await page.getByRole('heading', { name: /^3.senses/ }).waitFor();
    await page.evaluate(() => { window.harness.delays = [0, 0, 60_000]; });
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    await page.getByRole('button', { name: 'Stop looking for neighbours' }).waitFor();
    await page.locator('[data-static] tbody tr').first().waitFor();
    expect(await page.locator('[data-near] tbody tr').count()).toBe(0);
    await page.getByRole('button', { name: 'Stop looking for neighbours' }).click();
    await page.getByText('Stopped before there was an answer').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.locator('[data-near] tbody tr').first().waitFor();
  });

  it('say that a word is not known to the static model', async () => {
    const page = await open({ subject: sensesOf(['A Zxqv here.', 'The Zxqv there.'], 'Zxqv') });
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    await page.getByText('The model static does not know “Zxqv”').waitFor();
  });
});

panels.describe('any words and neighbours', () => {
  it('show hostile text as text', async () => {
    const page = await open({ subject: sensesOf([`stand ${hostile}`, 'We stand <b>here</b>.', 'A stand.']) });
    await add(page, '<img src=x onerror="window.hacked=1">', hostile);
    await add(page, '\u202eabc');
    await rows(page).first().hover();
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    await page.locator('[data-near] tbody tr').first().waitFor();
    expect(await rows(page).first().innerText()).toContain('<img src=x onerror="window.hacked=1">');
    expect(await rows(page).nth(1).innerText()).toContain('⟨U+202E⟩abc');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it.each(themeNames)('%s: no accessibility violation and no sideways scrolling', async (theme) => {
    const page = await open({ subject: sensesOf(), theme, width: 300 });
    await page.getByRole('radio', { name: 'By layer' }).click();
    await page.getByRole('slider', { name: 'After' }).press('End');
    await add(page, 'tolerate');
    await add(page, 'a rather long phrase of many words', 'It is a rather long phrase of many words.');
    await page.getByRole('button', { name: 'Find neighbours' }).click();
    await page.locator('[data-static] tbody tr').first().waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: `out/screenshots/anyWords-${theme}.png`, fullPage: true });
    for (const width of [300, 900, 340]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    }
  });
});
