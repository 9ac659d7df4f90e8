import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { Outcome } from '../../src/lenses/evidence/contract';
import type { Ranking } from '../../src/lenses/evidence/rankContract';
import type { Subject } from '../../src/panel/contract';
import { KeptRankings, type ShownText } from '../../webview/lenses/evidence/keptRankings';
import { encoderInfo } from '../support/encoderInfo';
import { ranked } from './harness/fakeEvidence';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls, heard } from './harness/posted';
import { attentionOf, evidenceOf, separationOf } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const moon = 'The cow jumped over the moon.';
const spoon = 'The dish ran away with the spoon.';

describe('rankings that are kept', () => {
  const word: Outcome = { kind: 'word', text: moon, at: { start: 24, end: 28 }, word: 'moon' };
  const shown: ShownText = { model: 'encoder', part: 'encoder', off: '', first: moon, second: undefined, writes: [] };
  const kept = (outcome: Outcome, { off = '', change = {} }: { readonly off?: string; readonly change?: Partial<Ranking> } = {}): KeptRankings => {
    const rankings = new KeptRankings();
    rankings.keep({ asked: { outcome }, off, ranking: { ...ranked({ outcome, ablation: 'zero' }), ...change } });
    return rankings;
  };
  const found = (rankings: KeptRankings, change: Partial<ShownText> = {}): number => rankings.ofText({ ...shown, ...change }).length;

  it('are of one text, one model, one part, and one way of switching it', () => {
    const rankings = kept(word);
    expect(found(rankings)).toBe(1);
    expect(found(rankings, { first: `${moon} ` })).toBe(0);
    expect(found(rankings, { second: spoon })).toBe(0);
    expect(found(rankings, { model: 'small' })).toBe(0);
    expect(found(rankings, { part: 'cross' })).toBe(0);
    expect(found(rankings, { off: '{"heads":[]}' })).toBe(0);
    expect(found(kept(word, { off: 'x' }))).toBe(0);
    expect(found(kept(word, { change: { model: { ...encoderInfo, id: '/models/mine' } } }))).toBe(0);
  });

  it('are found for each kind of outcome by the texts that it is of', () => {
    const at = (sentence: string) => ({ sentence, start: 4, end: 7 });
    expect(found(kept({ kind: 'nextSentence', first: moon, second: spoon }), { second: spoon })).toBe(1);
    expect(found(kept({ kind: 'nextSentence', first: moon, second: spoon }))).toBe(0);
    expect(found(kept({ kind: 'class', text: moon, label: 0 }))).toBe(1);
    expect(found(kept({ kind: 'cosine', pair: [at(spoon), at(moon)] }))).toBe(1);
    expect(found(kept({ kind: 'separation', groups: [[at(spoon)], [at(moon), at('The sea.')]] }))).toBe(1);
    expect(found(kept({ kind: 'separation', groups: [[at(spoon)], [at(spoon)]] }))).toBe(0);
    const next = kept({ kind: 'nextToken', text: moon, written: { ids: [7, 8] }, token: 9 });
    // An encoder reads the source alone, whatever is written.
    expect(found(next)).toBe(1);
    const parts = ranked({ outcome: word, ablation: 'zero' }).parts.map((part) => ({ ...part, part: 'decoder' as const }));
    const decoder = kept({ kind: 'nextToken', text: moon, written: { ids: [7, 8] }, token: 9 }, { change: { parts } });
    expect(found(decoder, { part: 'decoder', writes: [7, 8, 9] })).toBe(1);
    expect(found(decoder, { part: 'decoder', writes: [7] })).toBe(0);
  });

  it('come latest first, once for each outcome and ablation, and not for ever', () => {
    const rankings = kept(word);
    rankings.keep({ asked: { outcome: word }, off: '', ranking: ranked({ outcome: word, ablation: 'mean' }) });
    rankings.keep({ asked: { outcome: word }, off: '', ranking: ranked({ outcome: word, ablation: 'zero' }) });
    expect(rankings.ofText(shown).map(({ ranking }) => ranking.ablation)).toEqual(['zero', 'mean']);
    expect(rankings.of(word, 'encoder', '')?.ranking.ablation).toBe('zero');
    for (let label = 0; label < 20; label++) {
      const outcome: Outcome = { kind: 'class', text: moon, label };
      rankings.keep({ asked: { outcome }, off: '', ranking: ranked({ outcome, ablation: 'zero' }) });
    }
    expect(rankings.of(word, 'encoder', '')).toBeNull();
  });
});

panels.describe('effects in the attention view', () => {
  const cell = (page: Page, layer: number, head: number): Locator => page.locator(`[role="gridcell"][data-layer="${layer}"][data-head="${head}"]`);
  const legend = (page: Page): Locator => page.getByRole('group', { name: 'Measured effects' });
  const order = (page: Page): Locator => page.getByLabel('Order', { exact: true });
  const show = (page: Page, subject: Subject): Promise<void> => page.evaluate((given) => { window.harness.notify('editor/show', given); }, subject);

  async function rank(page: Page): Promise<void> {
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.getByRole('button', { name: 'Measure each head' }).click();
    await card.getByLabel('Save effects as').waitFor();
  }

  /** The word at the cursor was measured, then attention is shown. */
  async function open(options: Partial<PageOptions> = {}, after: Subject = attentionOf(moon)): Promise<Page> {
    const page = await panels.open({ subject: evidenceOf(), width: 700, height: 1100, ...options });
    await rank(page);
    await show(page, after);
    await cell(page, 5, 11).waitFor();
    return page;
  }

  it('are drawn below the thumbnails, said in words, and named with their method', async () => {
    const page = await open();
    await legend(page).waitFor();
    expect(await legend(page).innerText()).toMatch(/effect on P\(moon\) 25\.0.%[\s\S]*Zero ablation[\s\S]*with the word masked/);
    const said = /Layer 2, head 1.*, P\(moon\) [+−][\d.]+ pp without it, [\d.]+.%, strongest: /;
    await expect.poll(() => cell(page, 2, 1).getAttribute('aria-label')).toMatch(said);
    expect(await cell(page, 2, 1).getAttribute('title')).toMatch(/^2\.1: P\(moon\) [+−][\d.]+ pp without it/);
    await cell(page, 2, 1).hover();
    expect(await page.locator('[data-grid-caption]').innerText()).toMatch(said);
    // The colours of bars stand on the canvas, on either side of a tile's middle.
    const sides = await page.locator('headlight-head-grid canvas').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d')!;
      const tiles = Array.from((canvas.getRootNode() as ShadowRoot).querySelectorAll<HTMLElement>('[role="gridcell"]'));
      return tiles.map((tile) => {
        const y = tile.offsetTop + tile.offsetHeight + 5;
        const hue = (x: number): string => {
          const [red, , blue] = context.getImageData(x, y, 1, 1).data;
          return red! > blue! + 40 ? 'below' : blue! > red! + 40 ? 'above' : '';
        };
        const middle = tile.offsetLeft + tile.offsetWidth / 2;
        return { sign: tile.title.includes('−') ? 'below' : 'above', left: hue(middle - 3), right: hue(middle + 3) };
      });
    });
    expect(new Set(sides.map(({ sign }) => sign)).size).toBe(2);
    for (const { left, right, sign } of sides) expect([sign === 'below' ? right : left, [sign, ''].includes(sign === 'below' ? left : right)]).toEqual(['', true]);
    expect(sides.filter(({ left, right }) => left !== '' || right !== '').length).toBeGreaterThan(40);
  });

  it('order the heads by size, dim small ones, and lead back to what was measured', async () => {
    const page = await open();
    await order(page).selectOption('by effect on P(moon)');
    const grid = page.getByRole('grid', { name: 'Attention heads by effect, the largest first' });
    await grid.waitFor();
    const sizes = await grid.locator('[role="gridcell"]').evaluateAll((tiles) => tiles.map((tile) => Number.parseFloat(/\) ([^p]+) pp/.exec((tile as HTMLElement).title)![1]!.replace(/[^\d.]/g, ''))));
    expect(sizes).toHaveLength(72);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    await page.getByRole('slider', { name: 'At least' }).fill('0.1');
    await page.getByText(/^\d+ of 72 heads$/).waitFor();
    expect(await grid.locator('.below').count()).toBe(72 - Number.parseInt(await page.getByText(/^\d+ of 72 heads$/).innerText(), 10));
    await page.getByLabel('Save grid as').selectOption('SVG picture');
    await expect.poll(async () => String((await calls(page, 'panel/save')).at(-1)?.['text'])).toContain('all heads by effect on P(moon)');
    await legend(page).getByRole('button', { name: 'Open in Evidence' }).click();
    const outcome = { kind: 'word', text: moon, at: { start: 24, end: 28 }, word: 'moon' };
    await expect.poll(() => heard(page, 'panel/openOutcome')).toEqual([{ outcome }]);
    // What was ranked is there again, without another run.
    await show(page, { ...(evidenceOf() as Extract<Subject, { lens: 'evidence' }>), opened: { id: 'b', outcome: outcome as Outcome } });
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.locator('[data-ranked]').first().waitFor();
    expect(await calls(page, 'evidence/rank')).toHaveLength(1);
    // Its word can still be chosen.
    await page.getByLabel('Masked', { exact: true }).waitFor();
  });

  it('go with the text, the model and what is off, and come back with them', async () => {
    const page = await open({}, attentionOf());
    await page.getByRole('button', { name: 'Measure effects…' }).waitFor();
    expect(await legend(page).count()).toBe(0);
    await show(page, attentionOf(moon));
    await legend(page).waitFor();
    await order(page).selectOption('by effect on P(moon)');
    await cell(page, 3, 4).click({ modifiers: ['Alt'] });
    await page.getByRole('button', { name: 'Measure effects…' }).waitFor();
    // What cannot be ordered by is ordered by layer.
    expect(await order(page).locator('option').allInnerTexts()).not.toContain('by effect on P(moon)');
    await page.getByRole('grid', { name: 'a row for each layer' }).waitFor();
    expect(await cell(page, 3, 4).getAttribute('title')).toBeNull();
    await page.getByRole('button', { name: 'Switch on: head 3.4' }).click();
    await legend(page).waitFor();
    const opened = (id: string, state: object): Subject => ({ ...attentionOf(moon), opened: { id, state } }) as Subject;
    await show(page, opened('a', { inModel: 'translator', part: 'encoder' }));
    await page.locator('[data-headline]').getByText('translator').waitFor();
    expect(await legend(page).count()).toBe(0);
    await show(page, opened('b', {}));
    await legend(page).waitFor();
    // Once the page is loaded anew, nothing is known.
    await page.reload();
    await page.getByRole('region', { name: 'Outcome' }).locator('[data-value]').waitFor();
    await show(page, attentionOf(moon));
    await page.getByRole('button', { name: 'Measure effects…' }).waitFor();
  });

  it('can be chosen among several, also of an outcome of many sentences', async () => {
    const page = await open();
    const separation = separationOf() as Extract<Subject, { lens: 'evidence' }>;
    await show(page, evidenceOf());
    const card = page.getByRole('region', { name: 'Effect of each head' });
    await card.getByRole('radio', { name: 'Mean' }).click();
    await card.getByRole('button', { name: 'Measure again' }).click();
    await expect.poll(async () => (await calls(page, 'evidence/rank')).length).toBe(2);
    await card.getByLabel('Save effects as').waitFor();
    await show(page, attentionOf(moon));
    const which = legend(page).getByLabel('Bars: effect on');
    expect(await which.locator('option').allInnerTexts()).toEqual([expect.stringMatching(/^P\(moon\) 25\.0.%, by means$/), expect.stringMatching(/by zeros$/)]);
    await legend(page).getByText('Mean ablation').waitFor();
    await which.selectOption({ index: 1 });
    await legend(page).getByText('Zero ablation').waitFor();
    await show(page, separation);
    await rank(page);
    await show(page, attentionOf(separation.source.first.text));
    await legend(page).getByText('It was measured over 9 sentences, of which this is one.').waitFor();
  });

  it('are asked for with an outcome that suits what is followed', async () => {
    const page = await panels.open({ subject: attentionOf(moon), width: 700 });
    const asked = async (): Promise<unknown> => (await heard(page, 'panel/openOutcome')).at(-1);
    const ask = async (): Promise<void> => { await page.getByRole('button', { name: 'Measure effects…' }).click(); };
    await ask();
    await expect.poll(asked).toEqual({ outcome: null });
    await page.locator('headlight-head-lines [data-side="query"][data-token-index="3"]').click();
    await ask();
    await expect.poll(asked).toEqual({ outcome: { kind: 'word', text: moon, at: { start: 8, end: 14 }, word: 'jumped' } });
    await show(page, attentionOf(moon, spoon));
    await expect.poll(async () => (await calls(page, 'attention/overview')).at(-1)).toMatchObject({ pair: spoon });
    await ask();
    await expect.poll(asked).toEqual({ outcome: { kind: 'nextSentence', first: moon, second: spoon } });
  });

  it.each(themeNames)('are drawn in %s without serious violations of accessibility', async (theme) => {
    const page = await open({ theme, width: 900 });
    await legend(page).waitFor();
    mkdirSync(join(out, 'screenshots'), { recursive: true });
    await page.screenshot({ path: join(out, 'screenshots', `effects-${theme}.png`) });
    await order(page).selectOption('by effect on P(moon)');
    await page.getByRole('grid', { name: 'Attention heads by effect' }).waitFor();
    expect(await panels.seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: join(out, 'screenshots', `effects-ordered-${theme}.png`) });
  });
});
