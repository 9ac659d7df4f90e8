import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { counterpart } from '../../webview/lenses/evidence/counterpart';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { evidenceOf, hostile, patchingExampleOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const text = 'The cow jumped over the moon.';
const clean = 'The horse jumped over the moon.';

const patchingCard = (page: Page): Locator => page.getByRole('region', { name: 'Patching' });
const attributionCard = (page: Page): Locator => page.getByRole('region', { name: 'Attribution', exact: true });
const cell = (page: Page, place: string): Locator => patchingCard(page).locator(`[data-cell="${place}"]`);

async function open(options: Partial<PageOptions> = {}): Promise<Page> {
  const page = await panels.open({ subject: evidenceOf(), ...options });
  await patchingCard(page).waitFor();
  return page;
}

async function patched(page: Page, sentence = clean): Promise<void> {
  await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).fill(sentence);
  await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).click();
  await cell(page, '0.0').waitFor();
}

panels.describe('patching', () => {
  it('shows the share that each state recovers, with the difference itself', async () => {
    const page = await open();
    await patched(page);
    expect(await calls(page, 'evidence/patch')).toMatchObject([{
      clean: { kind: 'word', text: clean, at: { start: 26, end: 30 }, word: 'moon' }, corrupted: { kind: 'word', text, at: { start: 24, end: 28 } }, of: 'states', direction: 'denoising',
    }]);
    expect(await patchingCard(page).locator('[data-difference]').innerText()).toMatch(/P\(moon\)\s+25\.0.% of the clean sentence, 5\.0.% of the corrupted one.*hidden state has recovered/s);
    expect(await cell(page, '0.2').innerText()).toBe('1.00');
    expect(await cell(page, '0.2').getAttribute('aria-label')).toBe('Embeddings, cow ← horse: 1.00 recovered');
    expect(await patchingCard(page).getByRole('columnheader').nth(2).innerText()).toMatch(/horse\s+into\s+cow/);
    await cell(page, '0.2').hover();
    expect(await patchingCard(page).locator('[data-readout]').innerText()).toContain('cow ← horse: 1.00 recovered');
    expect(await patchingCard(page).getByText('Hidden state 6 cannot be replaced.').count()).toBe(1);
    expect(await cell(page, '6.1').innerText()).toBe('·');
  });

  it('says what the model answers with one patch, by keyboard', async () => {
    const page = await open();
    await patched(page);
    await cell(page, '0.0').focus();
    for (const key of ['End', 'ArrowLeft', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await patchingCard(page).locator('[data-readout]').innerText()).toContain('Layer 4, .: 1.00 recovered');
    await page.keyboard.press('Enter');
    const answers = patchingCard(page).locator('[data-answers]');
    await answers.waitFor();
    expect(await answers.getByRole('row').nth(2).innerText()).toMatch(/fence\s+40\.0.%\s+moon\s+40\.0.%\s+moon/);
    expect(await answers.getByRole('row').nth(3).innerText()).toContain('<b>wall</b>');
    expect(await calls(page, 'evidence/patchedAnswers')).toMatchObject([{ row: 5, column: 7, top: 6 }]);
    expect(await cell(page, '5.7').getAttribute('aria-pressed')).toBe('true');
  });

  it('runs the shipped example with one click, and shows how the sense moves', async () => {
    const page = await open();
    await page.getByLabel('Model', { exact: true }).selectOption({ index: 1 });
    await patchingCard(page).getByRole('radio', { name: 'Heads' }).click();
    await patchingCard(page).getByRole('button', { name: 'Try: “stand” of “music stand”' }).click();
    await patchingCard(page).locator('[data-senses]').waitFor();
    expect(await calls(page, 'evidence/patch')).toMatchObject([{
      clean: { kind: 'cosine', pair: [{ sentence: 'He put the sheet of notes on the music stand.', start: 39 }, { start: 39 }] },
      corrupted: { kind: 'cosine', pair: [{ sentence: 'I cannot stand the noise of the traffic.', start: 9, end: 14 }, {}] }, of: 'states', direction: 'denoising',
    }]);
    expect((await calls(page, 'evidence/patch'))[0]).not.toHaveProperty('inModel');
    expect(await calls(page, 'evidence/patchedAnswers')).toMatchObject([{ row: 5, column: 3 }]);
    const moved = patchingCard(page).locator('[data-moved]');
    await expect.poll(() => moved.evaluate((text) => text.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
    expect(await cell(page, '5.3').getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('region', { name: 'Outcome' }).locator('[data-pair]').innerText()).toBe('“stand” in I cannot stand the noise of the traffic. and in He put the sheet of notes on the music stand.');
    const answers = patchingCard(page).locator('.answers');
    expect(await answers.locator('[data-moved]').innerText()).toBe(
      'The word’s sense moves from “<i>put up</i> with something unpleasant” to “a support or foundation”. The most probable substitute goes from “fence” to “moon”. Of the 3 listed, 2 are also the other sentence’s; without the patch 0.',
    );
    expect(await answers.locator('[data-senses] td').nth(1).innerText()).toMatch(/^a support or foundation \(satellite\) noun, 90\.0.%$/);
    // The embedding alone does not carry it.
    await cell(page, '0.3').click();
    await answers.locator('[data-moved]').getByText('What the word means is no longer clear').waitFor();
    expect(await answers.locator('[data-senses] td').nth(1).innerText()).toMatch(/^not clear; at most: be upright/);
    // Another outcome is the reader's own again.
    await page.getByLabel('Measure', { exact: true }).selectOption('Masked word');
    await expect.poll(async () => (await calls(page, 'evidence/measure')).at(-1)).toMatchObject({ outcome: { kind: 'word', text } });
    await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).waitFor();
  });

  it('runs it as the command opens it, once', async () => {
    const page = await panels.open({ subject: patchingExampleOf() });
    await patchingCard(page).locator('[data-senses]').waitFor();
    await expect.poll(async () => (await calls(page, 'evidence/patch')).length).toBe(1);
    await page.reload();
    await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).waitFor();
    expect(await calls(page, 'evidence/patch')).toEqual([]);
    await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).click();
    await cell(page, '0.3').waitFor();
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, patchingExampleOf('b'));
    await patchingCard(page).locator('[data-senses]').waitFor();
  });

  it('keeps what is chosen in the cards when the window is loaded anew, and the sentence for as long as the text is shown', async () => {
    const page = await open();
    const ranking = page.getByRole('region', { name: 'Effect of each head' });
    const chosen = async (): Promise<readonly string[]> => Promise.all([
      ...['Hidden states', 'Heads', 'Clean into corrupted', 'Corrupted into clean'].map((name) => patchingCard(page).getByRole('radio', { name })),
      ...['Words', 'Tokens', 'Mask', 'Delete'].map((name) => attributionCard(page).getByRole('radio', { name })),
      ranking.getByRole('radio', { name: 'Mean' }),
    ].map(async (radio) => ((await radio.getAttribute('aria-checked')) === 'true' ? radio.innerText() : ''))).then((names) => names.filter((name) => name !== ''));
    expect(await chosen()).toEqual(['Hidden states', 'Clean into corrupted', 'Words', 'Mask']);
    await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).fill(clean);
    for (const name of ['Heads', 'Corrupted into clean']) await patchingCard(page).getByRole('radio', { name }).click();
    for (const name of ['Tokens', 'Delete']) await attributionCard(page).getByRole('radio', { name }).click();
    await ranking.getByRole('radio', { name: 'Mean' }).click();
    const now = ['Heads', 'Corrupted into clean', 'Tokens', 'Delete', 'Mean'];
    await expect.poll(chosen).toEqual(now);
    await page.reload();
    await patchingCard(page).waitFor();
    expect(await chosen()).toEqual(now);
    expect(await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).inputValue()).toBe(clean);
    await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).click();
    await expect.poll(async () => (await calls(page, 'evidence/patch')).at(-1)).toMatchObject({ clean: { text: clean }, of: 'heads', direction: 'noising' });
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, evidenceOf('They saw the moon rise.'));
    await expect.poll(() => patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).inputValue()).toBe('');
    expect(await chosen()).toEqual(now);
  });

  it('copies heads, the other way, and for occurrences of a word asks for no sentence', async () => {
    const page = await open();
    await page.getByLabel('Measure', { exact: true }).selectOption('Likeness of two occurrences');
    await patchingCard(page).getByText('Corrupted:').waitFor();
    expect(await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).count()).toBe(0);
    await patchingCard(page).getByRole('radio', { name: 'Heads' }).click();
    await patchingCard(page).getByRole('radio', { name: 'Corrupted into clean' }).click();
    await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).click();
    await cell(page, '5.11').waitFor();
    expect(await calls(page, 'evidence/patch')).toMatchObject([{
      clean: { kind: 'cosine', pair: [{ sentence: 'They saw the moon rise.' }, { sentence: 'They saw the moon rise.' }] },
      corrupted: { kind: 'cosine', pair: [{ sentence: text }, { sentence: 'They saw the moon rise.' }] }, of: 'heads', direction: 'noising',
    }]);
    expect(await cell(page, '0.1').getAttribute('aria-label')).toMatch(/^Layer 0, head 1: 0\.\d+ taken away$/);
  });

  it('marks tokens without a counterpart, and says what is missing', async () => {
    const page = await open();
    await patchingCard(page).getByRole('button', { name: 'Patch', exact: true }).click();
    await patchingCard(page).getByText('Write the clean sentence first.').waitFor();
    await patched(page, 'Over the moon it jumped.');
    const alone = patchingCard(page).locator('th.alone');
    expect(await alone.allInnerTexts()).toContain('cow');
    await cell(page, '2.2').click({ force: true });
    expect(await calls(page, 'evidence/patchedAnswers')).toEqual([]);
    await patchingCard(page).getByRole('textbox', { name: 'Clean sentence' }).fill('It.');
    await patchingCard(page).getByRole('button', { name: 'Patch again' }).click();
    await patchingCard(page).getByText('has no counterpart in the clean sentence').waitFor();
    await patchingCard(page).getByRole('button', { name: 'Begin with this sentence' }).count();
  });

  it('asks anew for another outcome, and shows hostile text as text', async () => {
    const page = await open();
    await patched(page);
    await page.getByLabel('Measure', { exact: true }).selectOption('Class');
    await expect.poll(() => cell(page, '0.0').count()).toBe(0);
    await patched(page, hostile);
    await patchingCard(page).getByRole('columnheader').first().waitFor();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('is saved as numbers and as a picture', async () => {
    const page = await open();
    await patched(page);
    const files: Record<string, string> = {};
    for (const label of ['CSV numbers', 'SVG picture', 'JSON numbers']) {
      const before = (await calls(page, 'panel/save')).length;
      await patchingCard(page).getByLabel('Save map as').selectOption({ label });
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      files[label] = (await calls(page, 'panel/save')).at(-1)!['text'] as string;
    }
    expect(files['CSV numbers']!.split('\r\n')[3]).toMatch(/^0,2,cow,horse,0\.25,1$/);
    expect(files['SVG picture']).toContain('horse → cow');
    expect(JSON.parse(files['JSON numbers']!)).toMatchObject({ outcome: 'P(moon)', clean: 0.25, of: 'states' });
  });

  it.each(themeNames)('is readable in %s, without serious violations', async (theme) => {
    const page = await open({ theme });
    await patched(page);
    await cell(page, '5.7').click();
    await patchingCard(page).locator('[data-answers]').waitFor();
    await attributionCard(page).getByRole('button', { name: 'Leave words out' }).click();
    await attributionCard(page).locator('[data-attribution]').waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    const folder = join(out, 'screenshots');
    mkdirSync(folder, { recursive: true });
    await patchingCard(page).screenshot({ path: join(folder, `patching-${theme}.png`) });
    await attributionCard(page).screenshot({ path: join(folder, `attribution-${theme}.png`) });
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, patchingExampleOf());
    await patchingCard(page).locator('[data-senses]').waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    await patchingCard(page).screenshot({ path: join(folder, `patching-example-${theme}.png`) });
  });

  it.each([[300, 1], [300, 1.25], [520, 1.25]] as const)('fits %i pixels at %f times their size', async (width, zoom) => {
    const page = await open({ width, zoom, subject: patchingExampleOf() });
    await patchingCard(page).locator('[data-senses]').waitFor();
    await attributionCard(page).getByRole('button', { name: 'Leave words out' }).click();
    await attributionCard(page).locator('[data-attribution]').waitFor();
    // The cell of the example is in sight, to the right of the names of rows.
    const [own, name] = await Promise.all([cell(page, '5.3'), patchingCard(page).getByRole('rowheader', { name: 'Embeddings' })].map((one) => one.boundingBox()));
    expect(own!.x).toBeGreaterThanOrEqual(name!.x + name!.width - 1);
    expect(own!.x + own!.width).toBeLessThanOrEqual(Math.round(width / zoom));
    // Only what scrolls by itself is wider than the panel.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    const folder = join(out, 'screenshots');
    mkdirSync(folder, { recursive: true });
    for (const [name, card] of [['patching', patchingCard(page)], ['attribution', attributionCard(page)]] as const) await card.screenshot({ path: join(folder, `${name}-${width}-${zoom}.png`) });
  });
});

panels.describe('attribution', () => {
  it('shows what each word does beside three ways to read attention, with their agreement in words', async () => {
    const page = await open();
    await attributionCard(page).getByRole('button', { name: 'Leave words out' }).click();
    const row = (name: string): Locator => attributionCard(page).getByRole('row', { name: new RegExp(`^${name}`) });
    await row('jumped').waitFor();
    expect(await calls(page, 'evidence/attribution')).toMatchObject([{ outcome: { kind: 'word', word: 'moon' }, by: 'word', method: 'mask' }]);
    expect(await row('jumped').innerText()).toMatch(/jumped\s+−6\.0.%\s+31\.0.%/);
    expect(await row('cow').innerText()).toMatch(/cow\s+\+9\.0.%\s+16\.0.%/);
    const said = await attributionCard(page).locator('[data-agreement]').innerText();
    expect(said).toMatch(/Attention of the last layer \(5\), mean of 12 heads, runs against what leaving words out does: rank correlation −0\.31\. It looks most at “\.”/);
    expect(said).toMatch(/brought over agrees in part with/);
    expect(said).toMatch(/rolled out over all layers cannot be compared/);
    await attributionCard(page).getByRole('radio', { name: 'Tokens' }).click();
    await attributionCard(page).getByRole('radio', { name: 'Delete' }).click();
    await attributionCard(page).getByRole('button', { name: 'Measure again' }).click();
    await expect.poll(async () => (await calls(page, 'evidence/attribution')).at(-1)).toMatchObject({ by: 'token', method: 'delete' });
    await attributionCard(page).locator('[data-attribution]').waitFor();
    await attributionCard(page).getByLabel('Save attribution as').selectOption('CSV numbers');
    await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(1);
    const [csv] = (await calls(page, 'panel/save')) as unknown as { text: string }[];
    expect(csv!.text.split('\r\n')[0]).toBe('token,effect,without,attention,norms,rollout');
  });
});

panels.describe('the counterpart of an outcome', () => {
  const word = { kind: 'word', text, at: { start: 24, end: 28 }, word: 'moon' } as const;

  it('masks the same word, or the one in its place', () => {
    expect(counterpart(word, 'Over the moon it jumped.')).toMatchObject({ at: { start: 9, end: 13 }, word: 'moon' });
    expect(counterpart(word, 'The cow jumped over the fence.')).toMatchObject({ at: { start: 24, end: 29 }, word: 'moon' });
    expect(counterpart({ ...word, text: 'The cow jumped over the [MASK].', at: { start: 24, end: 30 } }, 'A big cow jumped over the [MASK].')).toMatchObject({ at: { start: 26, end: 32 } });
    expect(counterpart(word, 'It.')).toBeNull();
  });
});
