import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Attended, Subject } from '../../src/panel/contract';
import { attendedBy, foundAgain } from '../../webview/lenses/attention/attended';
import { headView, type HeadView } from '../../webview/lenses/attention/headView';
import { togetherView } from '../../webview/lenses/attention/severalHeads';
import { tokensOf, weightsOf } from './harness/fakeModel';
import { panelTests } from './harness/panelTests';
import { attentionOf, cow } from './harness/subjects';

const panels = panelTests();

const text = 'It ran wonderfully';
const tokens = tokensOf(text, 'So did she');
const weights = weightsOf(tokens, 2, 3);
const { source } = attentionOf(text, 'So did she');
const all = { hideSpecial: false, pairs: 'all' } as const;
const view = headView(weights, tokens, all);
const weight = (query: number, key: number): number => weights[query * tokens.length + key]!;
const place = (word: string, from: string, offset: number): { start: number; end: number } => ({
  start: offset + from.indexOf(word),
  end: offset + from.indexOf(word) + word.length,
});
const weightOf = (attended: Attended | null, word: { start: number; end: number }): number | undefined =>
  attended?.words.find(({ start, end }) => start === word.start && end === word.end)?.weight;
const wonderfully = place('wonderfully', text, 100);

describe('what a kept token attends to', () => {
  it('is the words of both texts in document offsets, special tokens left out', () => {
    const attended = attendedBy(view, tokens, { side: 'query', token: 2 }, source, 'Layer 2, head 3');
    expect(attended).toMatchObject({
      uri: source.uri,
      version: 1,
      kept: { side: 'query', range: place('ran', text, 100) },
      label: 'ran',
      map: 'layer 2, head 3',
    });
    expect(attended?.words.map(({ start }) => start)).toEqual([100, 103, 107, 400, 403, 407]);
    expect(weightOf(attended, place('did', 'So did she', 400))).toBeCloseTo(weight(2, 7), 6);
  });

  it('is a sum over the pieces of a key, and a mean over those of a query', () => {
    expect(tokens[3]!.text + tokens[4]!.text).toBe('wonderfully');
    const ofQuery = attendedBy(view, tokens, { side: 'query', token: 1 }, source, 'L');
    expect(weightOf(ofQuery, wonderfully)).toBeCloseTo(weight(1, 3) + weight(1, 4), 6);
    const ofKey = attendedBy(view, tokens, { side: 'key', token: 1 }, source, 'L');
    expect(weightOf(ofKey, wonderfully)).toBeCloseTo((weight(3, 1) + weight(4, 1)) / 2, 6);
  });

  it('is the same for words that the view has merged, and keeps the whole word', () => {
    const merged = headView(weights, tokens, { ...all, mergePieces: true });
    const attended = attendedBy(merged, tokens, { side: 'query', token: 3 }, source, 'L');
    expect(attended?.kept.range).toEqual(wonderfully);
    expect(weightOf(attended, place('It', text, 100))).toBeCloseTo((weight(3, 1) + weight(4, 1)) / 2, 6);
  });

  it('follows the filters of the view', () => {
    const hidden = headView(weights, tokens, { ...all, hideSpecial: true });
    const words = attendedBy(hidden, tokens, { side: 'query', token: 2 }, source, 'L')!.words;
    expect(words.reduce((sum, word) => sum + word.weight, 0)).toBeCloseTo(1, 5);
    expect(attendedBy(hidden, tokens, { side: 'query', token: 0 }, source, 'L')).toBeNull();
    const across = headView(weights, tokens, { ...all, pairs: 'ab' });
    expect(attendedBy(across, tokens, { side: 'query', token: 2 }, source, 'L')?.words.map(({ start }) => start)).toEqual([400, 403, 407]);
  });

  it('leaves out what the model forbids to look at', () => {
    const causal: HeadView = { ...view, kind: 'causal' };
    expect(attendedBy(causal, tokens, { side: 'query', token: 2 }, source, 'L')?.words.map(({ start }) => start)).toEqual([100, 103]);
  });

  it('is the largest of several heads, word by word', () => {
    const other = weightsOf(tokens, 1, 1);
    const together = togetherView([
      { map: { kind: 'head', layer: 2, head: 3 }, view },
      { map: { kind: 'head', layer: 1, head: 1 }, view: headView(other, tokens, all) },
    ]);
    const attended = attendedBy(together, tokens, { side: 'query', token: 1 }, source, '2 heads together');
    const sums = [weights, other].map((map) => map[tokens.length + 3]! + map[tokens.length + 4]!);
    expect(weightOf(attended, wonderfully)).toBeCloseTo(Math.max(...sums), 6);
    expect(attended?.map).toBe('2 heads together, the largest of their weights');
  });

  it('has no place for a special token', () => {
    expect(attendedBy(view, tokens, { side: 'key', token: 0 }, source, 'L')).toMatchObject({ kept: { side: 'key', range: null }, label: '[CLS]' });
  });
});

describe('a kept token in an edited text', () => {
  const edited = tokensOf('Then it ran');
  const { source: after } = attentionOf('Then it ran');

  it('is found where it stands now', () => {
    expect(foundAgain({ side: 'key', range: { start: 108, end: 111 } }, undefined, edited, after)).toEqual({ side: 'key', token: 3, kept: true });
    expect(foundAgain({ side: 'query', range: { start: 50, end: 53 } }, undefined, edited, after)).toBeNull();
  });

  it('is the same special token', () => {
    const separator = tokens.findIndex(({ piece, segment }) => piece === '[SEP]' && segment === 1);
    expect(foundAgain({ side: 'query', range: null }, tokens[0], edited, after)?.token).toBe(0);
    expect(foundAgain({ side: 'query', range: null }, tokens[separator], tokens, source)?.token).toBe(separator);
    expect(foundAgain({ side: 'query', range: null }, tokens[separator], edited, after)).toBeNull();
  });
});

panels.describe('the attention view', () => {
  let page: Page;
  async function open(subject: Subject = attentionOf()): Promise<void> {
    page = await panels.open({ subject });
    await page.getByRole('heading', { name: 'Layer 5, head 0', exact: true }).waitFor();
    await page.locator('[data-side="query"]').first().waitFor();
  }
  const token = (side: 'query' | 'key', word: string): Locator =>
    page.locator(`[data-side="${side}"]`).filter({ has: page.getByText(word, { exact: true }) }).first();
  /** A null travels as a list that holds it. */
  const heard = (): Promise<(Attended | null)[]> =>
    page.evaluate(() => window.harness.heard.flatMap(({ name, value }) => (name === 'panel/attended' ? (value as never) : [])));
  const last = async (): Promise<Attended | null | undefined> => (await heard()).at(-1);
  const notify = (name: string, value: unknown): Promise<void> =>
    page.evaluate(([to, sent]) => { window.harness.notify(to as string, sent); }, [name, value]);
  const pinnedWord = (): Promise<string[]> => page.locator('[data-side="query"].followed .source-text').allInnerTexts();
  const away = (): Promise<void> => page.locator('[data-headline]').hover();

  it('says what a kept token attends to, anew for another head, map or filter, and that it was let go', async () => {
    await open();
    await expect.poll(heard).toEqual([null]);
    await token('query', 'treat').click();
    await expect.poll(async () => (await last())?.label).toBe('treat');
    const first = (await last())!;
    expect(first.words).toHaveLength(tokensOf(cow).length - 2);
    await page.getByRole('button', { name: 'Next head' }).click();
    await expect.poll(async () => (await last())?.map).toBe('layer 5, head 1');
    expect((await last())!.words).not.toEqual(first.words);
    await page.getByLabel('Show', { exact: true }).first().selectOption({ label: 'Rollout through the layers' });
    await expect.poll(async () => (await last())?.map).toMatch(/^rollout up to layer 5/);
    await page.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    await expect.poll(async () => (await last())!.words.reduce((sum, { weight: share }) => sum + share, 0)).toBeCloseTo(1, 5);
    await token('key', 'Sally').click();
    await expect.poll(async () => (await last())?.kept.side).toBe('key');
    const told = (await heard()).length;
    await page.keyboard.press('Escape');
    await expect.poll(heard).toHaveLength(told + 1);
    expect(await last()).toBeNull();
  });

  it('says nothing for a token that only the editor’s cursor chose, and keeps the reader’s own against the cursor', async () => {
    await open();
    const uri = 'file:///lesson.md';
    const treat = 100 + cow.indexOf('treat');
    await notify('editor/selection', { uri, start: treat, end: treat });
    await expect.poll(pinnedWord).toEqual(['treat']);
    expect(await heard()).toEqual([null]);
    await token('query', 'Sally').click();
    await away();
    await expect.poll(async () => (await last())?.label).toBe('Sally');
    await notify('editor/selection', { uri, start: treat, end: treat });
    await page.locator('[data-side="key"].selected').filter({ hasText: 'treat' }).waitFor();
    expect(await pinnedWord()).toEqual(['Sally']);
    await notify('editor/selection', { uri, start: treat, end: treat + 5 });
    await expect.poll(pinnedWord).toEqual(['treat']);
    await expect.poll(async () => (await last())?.label).toBe('treat');
  });

  it('lets the token go when the editor or Escape anywhere in the panel says so', async () => {
    await open();
    await token('query', 'treat').click();
    await expect.poll(async () => (await last())?.label).toBe('treat');
    await notify('editor/release', null);
    await expect.poll(last).toBeNull();
    await away();
    await expect.poll(pinnedWord).toEqual([]);
    await token('query', 'treat').click();
    await expect.poll(async () => (await last())?.label).toBe('treat');
    await page.getByRole('button', { name: 'Next head' }).focus();
    await page.keyboard.press('Escape');
    await expect.poll(last).toBeNull();
  });

  it('keeps layer, head and word when the edited text is read anew, and says nothing in between', async () => {
    await open();
    await page.locator('[data-layer="2"][data-head="4"]').click();
    await token('query', 'Sally').click();
    await away();
    await expect.poll(async () => (await last())?.label).toBe('Sally');
    const told = (await heard()).length;
    const edited = cow.replace('her treat', 'her tasty treat');
    const { source: now } = attentionOf(edited);
    const kept = { side: 'query', range: place('Sally', edited, 100) };
    await page.evaluate(() => { window.harness.delays = [300, 300]; });
    await notify('editor/show', { lens: 'attention', source: { ...now, version: 2 }, kept });
    await token('key', 'tasty').waitFor();
    await expect.poll(async () => (await last())?.version).toBe(2);
    expect(await heard()).toHaveLength(told + 1);
    expect(await last()).toMatchObject({ label: 'Sally', kept, map: 'layer 2, head 4' });
    expect(await pinnedWord()).toEqual(['Sally']);
  });

  it('lets a word go that was deleted, and says so', async () => {
    await open();
    await token('query', 'Sally').click();
    await away();
    await expect.poll(async () => (await last())?.label).toBe('Sally');
    await notify('editor/show', attentionOf(cow.replace('Sally', 'I')));
    await expect.poll(last).toBeNull();
    await token('key', 'I').waitFor();
    expect(await pinnedWord()).toEqual([]);
  });

  it('says it again when the same text is opened anew, and that it is over when another lens is', async () => {
    await open();
    await token('query', 'treat').click();
    await expect.poll(async () => (await last())?.label).toBe('treat');
    const told = (await heard()).length;
    await notify('editor/show', attentionOf());
    await expect.poll(heard).toHaveLength(told + 1);
    expect((await last())?.label).toBe('treat');
    await page.getByRole('tab', { name: 'Predictions' }).click();
    await expect.poll(last).toBeNull();
  });
});
