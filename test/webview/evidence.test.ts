import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import { allOn } from '../../src/lenses/whatIf/chosen';
import type { SavedFile, Subject } from '../../src/panel/contract';
import { layerEffects } from './harness/fakeEvidence';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { evidenceOf, sensesOf, separationOf } from './harness/subjects';
import { themeNames } from './harness/themes';

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

  async function ranked(options: Partial<PageOptions> = {}): Promise<{ page: Page; card: Locator }> {
    const page = await open(options);
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.getByRole('button', { name: 'Measure each head' }).click();
    await card.locator('[data-ranked]').first().waitFor();
    return { page, card };
  }

  it('measures each head, tells signs without colour, and is walked and opened by keyboard', async () => {
    const { page, card } = await ranked();
    const cells = card.locator('[data-head]');
    expect(await cells.count()).toBe(72);
    const signs = new Set(await cells.allInnerTexts());
    expect(signs.has('−') && signs.has('+')).toBe(true);
    const effects = (await card.locator('[data-ranked] td:nth-child(2)').allInnerTexts()).map((text) => Math.abs(Number.parseFloat(text.replace('−', '-'))));
    expect(effects).toHaveLength(8);
    expect(effects).toEqual(effects.toSorted((a, b) => b - a));
    await card.locator('[data-head][aria-pressed="true"]').focus();
    for (const key of ['PageUp', 'Home', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await expect.poll(() => card.locator('[data-head="1.1"]').evaluate((cell) => cell.matches(':focus'))).toBe(true);
    expect(await card.locator('[data-chosen]').innerText()).toMatch(/^Layer 1, head 1: [+−]?[\d.]+ pp, log-odds [+−]?[\d.]+; [\d.]+.% without it/);
    await page.keyboard.press('Enter');
    await expect.poll(() => heard(page, 'panel/openWritten')).toEqual([{ text: 'The cow jumped over the moon.', model: 'encoder', written: null, part: 'encoder', layer: 1, head: 1 }]);
    await card.getByRole('button', { name: 'Show as table' }).click();
    await expect.poll(() => card.locator('[data-ranked]').count()).toBe(72);
    expect(await cells.count()).toBe(0);
    await card.getByRole('radio', { name: 'Mean' }).click();
    await card.getByRole('button', { name: 'Measure again' }).click();
    await expect.poll(async () => (await calls(page, 'evidence/rank')).map(({ ablation }) => ablation)).toEqual(['zero', 'mean']);
  });

  it('shows layers as they are measured, and keeps them when it is cancelled or fails', async () => {
    const page = await open();
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await page.evaluate(() => { window.harness.delays = [60_000]; });
    await card.getByRole('button', { name: 'Measure each head' }).click();
    await expect.poll(async () => (await calls(page, 'evidence/rank')).length).toBe(1);
    const { call } = (await calls(page, 'evidence/rank'))[0]!;
    const told = { method: 'evidence/rank', message: 'Measuring', call, done: 12, total: 72, effects: layerEffects(5) };
    await page.evaluate((progress) => { window.harness.notify('editor/progress', progress); }, told);
    await card.locator('[data-progress]').getByText(/12 of 72.heads/).waitFor();
    expect(await card.locator('[data-head="5.3"]').innerText()).toMatch(/[+−]/);
    expect(await card.locator('[data-head="0.0"]').getAttribute('aria-label')).toBe('Layer 0, head 0: not measured yet');
    await card.getByRole('button', { name: 'Cancel' }).click();
    await card.getByText('Stopped').waitFor();
    expect(await card.locator('[data-ranked]').count()).toBe(8);
    await page.evaluate(() => { window.harness.fail = 'The engine has ended.'; });
    await card.getByRole('button', { name: 'Measure again' }).click();
    await card.getByText('The engine has ended.').waitFor();
    await page.evaluate(() => { window.harness.fail = null; });
    await card.getByRole('button', { name: 'Retry' }).click();
    await card.getByLabel('Save effects as').waitFor();
    // Of another outcome nothing is known.
    await outcome(page).getByLabel('Measure', { exact: true }).selectOption('Class');
    await expect.poll(() => card.locator('[data-head]').count()).toBe(0);
  });

  it('mutes the strongest together and saves what it shows', async () => {
    const { page, card } = await ranked();
    await card.getByRole('slider', { name: 'Strongest heads' }).fill('3');
    await card.getByRole('button', { name: 'Mute the strongest 3' }).click();
    await card.locator('[data-together]').getByText(/25\.0.% → 19\.0.%/).waitFor();
    const { without } = (await calls(page, 'evidence/measure')).at(-1)! as { without: { ablation: string; heads: { part: string }[] } };
    expect(without).toMatchObject({ ablation: 'zero', heads: [{ part: 'encoder' }, { part: 'encoder' }, { part: 'encoder' }] });
    const saved = async (format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await card.getByLabel('Save effects as').selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const svg = await saved('SVG picture');
    expect(svg.name).toBe('effects-encoder-p-moon.svg');
    expect(svg.text!.match(/<title>/g)!.length).toBeGreaterThanOrEqual(72);
    const rows = (await saved('CSV numbers')).text!.trim().split('\r\n');
    expect(rows[0]).toBe('part,layer,head,effect,log-odds');
    expect(rows).toHaveLength(73);
    expect(JSON.parse((await saved('JSON numbers')).text!)).toMatchObject({ model: 'encoder', outcome: 'P(moon)', value: 0.25, ablation: 'zero' });
  });

  it('switches the strongest off in every view, one head by itself too, and asks anew what is left', async () => {
    const { page, card } = await ranked();
    await card.getByRole('slider', { name: 'Strongest heads' }).fill('2');
    await card.getByRole('button', { name: 'Mute the strongest 2' }).click();
    await card.locator('[data-together]').waitFor();
    const { without } = (await calls(page, 'evidence/measure')).at(-1)! as { without: { heads: object[] } };
    await card.getByRole('button', { name: 'Switch off in every view' }).click();
    const off = async (): Promise<unknown> => (await heard<{ off: { ablation: string; heads: object[] } }>(page, 'panel/switch')).at(-1)?.off;
    await expect.poll(off).toMatchObject({ ablation: 'zero', heads: without.heads });
    await page.locator('headlight-switch-bar').getByText('2 off').waitFor();
    // What was measured was of the whole model.
    await card.getByRole('button', { name: 'Measure each head' }).click();
    await card.locator('[data-chosen]').getByRole('button', { name: /^Switch o/ }).click();
    await expect.poll(async () => ((await off()) as { heads: object[] }).heads.length).not.toBe(2);
    await expect.poll(() => card.locator('[data-ranked]').count()).toBe(0);
    // What was ranked with all on is known.
    await page.getByRole('button', { name: 'All on', exact: true }).click();
    await expect.poll(() => card.locator('[data-ranked]').count()).toBe(8);
    expect(await calls(page, 'evidence/rank')).toHaveLength(2);
  });

  it('is asked by the senses view which heads tell its groups apart', async () => {
    const senses = await panels.open({ subject: sensesOf() });
    await senses.getByRole('button', { name: 'Which heads tell these senses apart?' }).click();
    await expect.poll(async () => (await heard(senses, 'panel/openOutcome')).length).toBe(1);
    const [opened] = await heard<{ outcome: { kind: string; groups: unknown[][] }; rank: boolean }>(senses, 'panel/openOutcome');
    expect(opened!.rank).toBe(true);
    expect(opened!.outcome.kind).toBe('separation');
    expect(opened!.outcome.groups.map(({ length }) => length)).toEqual([3, 3, 3]);

    const { page, card } = await ranked({ subject: separationOf() });
    expect(await outcome(page).locator('[data-groups]').innerText()).toMatch(/^“stand”: 9.occurrences in 3.senses \(3, 3, 3\)\.$/);
    expect(await calls(page, 'evidence/rank')).toMatchObject([{ outcome: { kind: 'separation', groups: [{ length: 3 }, { length: 3 }, { length: 3 }] } }]);
    expect(await card.getByRole('columnheader', { name: 'Log-odds' }).count()).toBe(0);
    await card.getByRole('button', { name: 'Mute the strongest 8' }).click();
    await card.locator('[data-together]').getByText('0.25 → 0.09').waitFor();
    // It is taken on once: the reader's choice holds.
    await outcome(page).getByLabel('Measure', { exact: true }).selectOption('Class');
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, separationOf());
    await expect.poll(async () => ((await calls(page, 'evidence/measure')).at(-1)!['outcome'] as { kind: string }).kind).toBe('class');
  });

  it('ranks at once what the senses view asks about, and leads back to the senses with the strongest off', async () => {
    const asked = { ...separationOf(), opened: { ...(separationOf() as Extract<Subject, { lens: 'evidence' }>).opened!, rank: true } } as Subject;
    const page = await open({ subject: asked, width: 700, height: 1300 });
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.getByLabel('Save effects as').waitFor();
    await card.getByRole('button', { name: 'Switch off and look at the senses' }).click();
    await expect.poll(() => heard(page, 'panel/openLens')).toEqual([{ lens: 'senses' }]);
    expect((await heard<{ off: { heads: object[] } }>(page, 'panel/switch')).at(-1)!.off.heads).toHaveLength(8);
    // Of the model with these off nothing is measured unasked.
    await outcome(page).locator('[data-value]').waitFor();
    expect(await calls(page, 'evidence/rank')).toHaveLength(1);

    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, sensesOf());
    const change = page.getByRole('region', { name: 'How far senses stand apart' });
    await change.locator('[data-separation-change]').getByText('0.70 → 0.14').waitFor();
    expect(await change.locator('[data-separation-change]').innerText()).toMatch(/^Separation after layer 5\s+0\.70 → 0\.14\s+\(−0\.56\)$/);
    const layers = await calls<{ senses: number[]; switches?: { heads: object[] } }>(page, 'senses/layers');
    expect(layers.map(({ senses, switches }) => [senses.length, switches?.heads.length])).toEqual([[9, 0], [9, 8]]);
    expect(await change.locator('headlight-sense-map').count()).toBe(2);
    await change.getByRole('button', { name: 'Show as table' }).click();
    expect(await change.locator('tbody tr').count()).toBe(7);
    expect(await change.locator('tbody tr').last().innerText()).toMatch(/^Layer 5\s+0\.70\s+0\.14\s+−0\.56$/);
    // Asked again about the same, it is still there; with all on there is nothing to compare.
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, sensesOf());
    await change.locator('[data-separation-change]').waitFor();
    await page.getByRole('button', { name: 'All on', exact: true }).click();
    await expect.poll(() => change.count()).toBe(0);
  });

  it.each(themeNames)('shows in %s how far senses still stand apart', async (theme) => {
    const page = await panels.open({ subject: sensesOf(), theme, width: theme === 'light' ? 300 : 700, height: 1300 });
    await page.getByRole('region', { name: 'Groups' }).waitFor();
    const heads = [{ part: 'encoder', layer: 1, head: 6 }, { part: 'encoder', layer: 0, head: 5 }] as const;
    await page.evaluate((off) => { window.harness.notify('editor/switches', { inForce: 'encoder', models: { encoder: { off, named: [] } } }); }, { ...allOn, heads });
    const change = page.getByRole('region', { name: 'How far senses stand apart' });
    await change.locator('[data-separation-change]').waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `separation-${theme}.png`), fullPage: true });
  });

  it.each(themeNames)('is drawn in %s without serious violations of accessibility', async (theme) => {
    const { page, card } = await ranked({ theme });
    await card.getByRole('button', { name: /^Mute the strongest/ }).click();
    await card.locator('[data-together]').waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `evidence-${theme}.png`), fullPage: true });
  });
});
