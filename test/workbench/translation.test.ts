import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepFailures, Workbench } from '../support/workbench';

const heading = '## 6. Writing it anew in Spanish';
let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  const settings = { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Dark Modern' };
  workbench = await Workbench.open({ files: { 'lesson.md': `${heading}\n\n- The cow jumped over the moon.\n\n- ${'A word of it. '.repeat(60)}\n` }, settings, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'jumped over');
  await workbench.command('Headlight: Translate Selection Step by Step');
  panel = await workbench.panel();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const view = (): Locator => panel.locator('headlight-translation');
const card = (name: string): Locator => view().getByRole('region', { name, exact: true });
const words = (): Locator => view().getByRole('group', { name: 'Translation, token by token' }).getByRole('button');
const shaded = (): Promise<number> =>
  workbench.page.evaluate(() => document.querySelectorAll('.view-overlays .cdr[class*="TextEditorDecorationType"]').length);

describe('translation', () => {
  test('is written to the stop token in front of the reader, by the translator, though an encoder is in force', async () => {
    await view().locator('[data-output]').waitFor();
    expect(await view().locator('[data-output]').innerText()).toBe('La vaca saltó sobre la luna.');
    expect(await words().last().innerText()).toBe('</s>');
    expect(await view().locator('[data-ending]').innerText()).toContain('Ended by its stop token');
    await card('One step').getByText(new RegExp(`^Step ${await words().count()}:`)).waitFor();
  });

  test('a step shades in the document what was looked at: “vaca” looks at “cow”', async () => {
    await words().filter({ hasText: /^vac$/ }).click();
    await card('Alignment').getByRole('button', { name: 'Show as table' }).click();
    const weights = await card('Alignment').getByRole('row').evaluateAll((rows) => rows.slice(1).map((row) => Array.from(row.querySelectorAll('td'), (cell) => cell.innerText.trim())));
    expect(weights.filter(([, key]) => key !== '</s>')[0]?.slice(0, 2)).toEqual(['vaca', 'cow']);
    await card('Alignment').getByRole('button', { name: 'Show as table' }).click();
    await workbench.until('shaded words', async () => ((await shaded()) > 0 ? true : null));
    await workbench.placeCursor('lesson.md', 'cow');
    await workbench.hover(/vac → cow 0\.\d{4} · cross-attention/);
    await workbench.screenshot('translation-hover');
    await workbench.leaveHover('lesson.md', heading);
    await workbench.screenshot('translation');
  });

  test('opens in the attention lens, with the same weights', async () => {
    await card('Alignment').getByRole('combobox', { name: 'Heads' }).selectOption('layer 2, head 7');
    await card('Alignment').getByRole('button', { name: 'Open in the Attention Lens' }).click();
    await panel.locator('headlight-attention').getByRole('heading', { name: 'Layer 2, head 7', exact: true }).waitFor();
    await workbench.screenshot('translation-attention');
    await panel.getByRole('tab', { name: 'Translation' }).click();
    await card('Alignment').getByRole('combobox', { name: 'Heads' }).selectOption('mean of all 48 heads');
  });

  test('another word is forced, and the model goes on from it', async () => {
    await words().first().click();
    const other = card('One step').getByRole('button', { name: /: write this instead$/ }).first();
    const name = (await other.getAttribute('aria-label'))!.split(',')[0]!;
    await other.click();
    await view().getByText('Its first token was given').waitFor();
    expect(await words().first().innerText()).toBe(name);
    expect(await words().last().innerText()).toBe('</s>');
    await view().getByRole('button', { name: 'Write freely' }).click();
    await workbench.until('the free translation', async () => ((await view().locator('[data-output]').innerText()) === 'La vaca saltó sobre la luna.' ? true : null));
  });

  test('beams are drawn as a tree whose best hypothesis is the output', async () => {
    await view().getByRole('radio', { name: 'Beams' }).click();
    await card('Beams').waitFor();
    const best = await card('Beams').locator('.node.best').allInnerTexts();
    expect(best.at(-1)).toBe('</s>');
    expect(best.map((text) => text.replace(/^…/, ''))).toEqual(await words().allInnerTexts());
    expect(await card('Beams').locator('.node.pruned').count()).toBeGreaterThan(5);
    await card('Beams').scrollIntoViewIfNeeded();
    await workbench.screenshot('translation-beams');
  });

  test('one’s own translation is scored', async () => {
    await card('Your own translation').getByRole('textbox').fill('La vaca brincó por encima de la luna.');
    await card('Your own translation').getByRole('button', { name: 'Score it' }).click();
    await card('Your own translation').locator('[data-score]').waitFor();
    expect(await card('Your own translation').locator('[data-score]').innerText()).toMatch(/The model finds its own \d+\.\d bits more probable/);
    await card('Your own translation').getByRole('button', { name: 'Forget it' }).click();
  });

  test('an LSTM without attention says that it has none', async () => {
    await view().getByRole('combobox', { name: 'Model' }).selectOption({ label: 'rnn · LstmEncoderDecoder' });
    await view().getByText('rnn gets the source as one vector').waitFor();
    await workbench.screenshot('translation-rnn');
    await view().getByRole('combobox', { name: 'Model' }).selectOption({ label: 'translator · PegasusForConditionalGeneration' });
    await card('Alignment').waitFor();
  });

  test('a text beyond the window is refused with what to do', async () => {
    await workbench.placeCursor('lesson.md', 'A word of it.');
    await workbench.command('Select All');
    await workbench.command('Headlight: Translate Selection Step by Step');
    const refused = view().getByText(/translator reads at most \d+ tokens at once. Translate it sentence by sentence/);
    await refused.waitFor();
    expect(await refused.innerText()).toMatch(/\d+ tokens/);
    expect(await view().getByRole('button', { name: 'Retry' }).isVisible()).toBe(true);
    await workbench.screenshot('translation-too-long');
  });

  test.each(['marian', 't5-gated'])('a folder of one’s own writes the same way: %s', async (name) => {
    await workbench.setSettings({ 'headlight.model': join(import.meta.dirname, '..', 'fixtures', 'writers', name), 'headlight.device': 'cpu' });
    await workbench.placeCursor('lesson.md', 'jumped over');
    await workbench.command('Headlight: Translate Selection Step by Step');
    const model = view().getByRole('combobox', { name: 'Model' });
    const listed = model.locator('option').filter({ hasText: `${name} · ` });
    await listed.waitFor({ state: 'attached' });
    await model.selectOption({ label: (await listed.innerText()).trim() });
    await view().locator('[data-headline]').filter({ hasText: `${name} · cpu` }).waitFor();
    await card('Alignment').getByRole('heading', { name: 'Alignment: the mean of all 4 heads' }).waitFor();
    expect(await words().count()).toBeGreaterThan(1);
    await card('One step').getByRole('radio', { name: 'Back' }).click();
    await card('One step').getByRole('radio', { name: 'At the source' }).click();
  });
});
