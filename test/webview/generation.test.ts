import type { Locator, Page } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { out } from '../../scripts/steps/paths.mjs';
import type { SavedFile } from '../../src/panel/contract';
import { generation } from './harness/fakeGeneration';
import type { PageOptions } from './harness/page';
import { panelTests } from './harness/panelTests';
import { calls } from './harness/posted';
import { generationOf, hostile, longText } from './harness/subjects';
import { themeNames } from './harness/themes';

const panels = panelTests();
const prompt = 'The cow jumped over the';

const tokens = (page: Page): Locator => page.locator('.written button');
const shownStep = (page: Page): Promise<string | null> => page.locator('.written [aria-pressed="true"]').getAttribute('data-step');
const branches = (page: Page): Locator => page.getByRole('treeitem');
/** The rows of what could come next. */
const rows = (page: Page): Locator => page.locator('headlight-next-tokens [data-token]');
/** Sets a slider by the keyboard, as many steps as it says. */
async function slide(page: Page, name: string, steps: number): Promise<void> {
  await page.getByRole('slider', { name }).focus();
  for (let step = 0; step < Math.abs(steps); step++) await page.keyboard.press(steps > 0 ? 'ArrowRight' : 'ArrowLeft');
}

panels.describe('generation', () => {
  async function open(options: Partial<PageOptions> = {}): Promise<Page> {
    const page = await panels.open({ subject: generationOf(), ...options });
    await page.locator('[data-ended]').getByText('had not stopped').or(page.locator('[data-ended]').getByText('stop token')).waitFor();
    return page;
  }

  it('writes the prompt on with the built-in decoder, and says how each token stood and why it ended', async () => {
    const page = await open();
    expect(await calls(page, 'generation/generate')).toMatchObject([{ text: prompt, inModel: 'decoder', choice: { kind: 'greedy' }, alternatives: 10, maxTokens: 40, lens: 3 }]);
    const { steps } = generation({ text: prompt, choice: { kind: 'greedy' }, alternatives: 10 });
    expect(await tokens(page).allInnerTexts()).toEqual(steps.map(({ token }) => token));
    expect(await page.locator('[data-ended]').innerText()).toBe('The model had not stopped after 40 tokens, the most that it was allowed to write.');
    expect(await page.locator('[data-step-text]').innerText()).toMatch(/^Probability [\d.]+.%, place 1 of the vocabulary; entropy [\d.]+ bits/);
    // Nothing changes the model's own probabilities, so that there is one bar and one number each.
    expect(await rows(page).first().innerText()).toMatch(/%\s*✓$/);
    expect(await page.locator('[data-reshaped]').count()).toBe(0);
    expect(await calls(page, 'generation/next')).toEqual([]);
    await page.getByRole('button', { name: 'What does this show?' }).click();
    await page.getByText('Holtzman et al. 2020').waitFor();
  });

  it('reshapes the distribution of the shown step while a slider moves, with the model’s own beside it', async () => {
    const page = await open();
    await tokens(page).nth(3).click();
    const own = await rows(page).allInnerTexts();
    await page.getByRole('radio', { name: 'Drawn' }).click();
    // Drawing from all at temperature 1 changes nothing.
    expect(await rows(page).allInnerTexts()).toEqual(own);
    await slide(page, 'Top-k', -7);
    await expect.poll(async () => (await calls(page, 'generation/next')).at(-1)).toMatchObject({ choice: { kind: 'sample', temperature: 1, topK: 2, topP: 1 }, maxTokens: 40 });
    await expect.poll(() => page.locator('[data-reshaped]').innerText()).toMatch(/2.tokens can be drawn/);
    const numbers = await rows(page).locator('.numbers').allInnerTexts();
    expect(numbers.map((text) => text.endsWith('out'))).toEqual(numbers.map((_, at) => at > 1));
    const after = numbers.slice(0, 2).map((text) => Number(/→ ([\d.]+)/.exec(text)![1]));
    expect(after[0]! + after[1]!).toBeCloseTo(100, 0);
    // Another step is another place, and what was written stays as it is.
    const { after: before } = (await calls(page, 'generation/next')).at(-1) as { after: number[] };
    expect(before).toHaveLength(3);
    await tokens(page).nth(5).click();
    await expect.poll(async () => ((await calls(page, 'generation/next')).at(-1) as { after: number[] }).after.length).toBe(5);
    expect(await calls(page, 'generation/generate')).toHaveLength(1);
    await page.getByRole('button', { name: 'Write with these settings' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ choice: { kind: 'sample', seed: 1, topK: 2 } });
    await page.locator('[data-step-text]').getByText('Drawn with').waitFor();
    await page.getByRole('button', { name: 'Draw again' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ choice: { kind: 'sample', seed: 2, topK: 2 } });
  });

  it('shows no chances of other settings where those now cannot be had', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.failOf = 'generation/next'; window.harness.fail = 'The engine stopped.'; });
    await slide(page, 'Repetition penalty', 8);
    const card = page.getByRole('region', { name: 'Next token' });
    await card.getByText('The engine stopped.').waitFor();
    expect(await page.locator('[data-reshaped]').count()).toBe(0);
    expect(await rows(page).first().innerText()).not.toContain('→');
    await page.evaluate(() => { window.harness.fail = null; });
    await card.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(async () => (await calls(page, 'generation/next')).at(-1)).toMatchObject({ repetitionPenalty: 1.4 });
    await expect.poll(() => card.getByRole('alert').count()).toBe(0);
  });

  it('is walked step by step: by its tokens, the scrubber and by playing, which ends at the end', async () => {
    const page = await panels.open({ subject: generationOf() });
    await page.clock.install();
    await tokens(page).nth(39).waitFor();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await tokens(page).first().focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowLeft']) await page.keyboard.press(key);
    expect(await shownStep(page)).toBe('38');
    expect(await page.locator('[data-step="38"]').evaluate((button) => button.matches(':focus'))).toBe(true);
    // What is walked to is in sight, in its list.
    expect(await page.locator('[data-step="38"]').evaluate((button) => button.getBoundingClientRect().bottom <= button.parentElement!.getBoundingClientRect().bottom + 1)).toBe(true);
    const scrubber = page.getByRole('slider', { name: 'Steps of the continuation' });
    await scrubber.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await shownStep(page)).toBe('1');
    expect(await scrubber.getAttribute('aria-valuetext')).toMatch(/^2 of 40: \S/);
    await page.keyboard.press(' ');
    await page.clock.runFor(3 * 700 + 50);
    expect(await shownStep(page)).toBe('4');
    await page.keyboard.press(' ');
    await page.clock.runFor(2000);
    expect(await shownStep(page)).toBe('4');
    await page.keyboard.press('End');
    expect(await page.getByRole('button', { name: 'Next step' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Previous step' }).click();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.clock.runFor(750);
    expect(await shownStep(page)).toBe('39');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    // From the end it plays from the start; whatever the reader does ends it.
    await page.getByRole('button', { name: 'Play' }).click();
    await page.clock.runFor(750);
    expect(await shownStep(page)).toBe('1');
    await page.getByRole('button', { name: 'Next step' }).click();
    await page.clock.runFor(2000);
    expect(await shownStep(page)).toBe('2');
  });

  it('goes on from an alternative, keeps all branches as a tree, and opens them again', async () => {
    const page = await open();
    const first = await tokens(page).allInnerTexts();
    await tokens(page).nth(2).click();
    const other = rows(page).nth(2);
    const [id, name] = [Number(await other.getAttribute('data-token')), await other.locator('.token').innerText()];
    await rows(page).first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await branches(page).nth(1).waitFor();
    const { prefix } = (await calls(page, 'generation/generate')).at(-1) as { prefix: { ids: number[] } };
    expect([prefix.ids.length, prefix.ids[2]]).toEqual([3, id]);
    expect((await tokens(page).allInnerTexts()).slice(0, 3)).toEqual([first[0], first[1], name]);
    expect(await page.locator('[data-step-text]').innerText()).toContain('It was given.');
    expect(await branches(page).nth(1).getAttribute('aria-label')).toMatch(new RegExp(`^From token 3: …${name} .*40.tokens, cut$`));
    expect(await branches(page).nth(1).getAttribute('aria-level')).toBe('2');
    // Those that were whole are shown without asking again.
    const asked = (await calls(page, 'generation/generate')).length;
    await branches(page).nth(1).focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(() => tokens(page).allInnerTexts()).toEqual(first);
    expect((await calls(page, 'generation/generate')).length).toBe(asked);
    // The written one is no branch.
    await rows(page).first().click();
    expect((await calls(page, 'generation/generate')).length).toBe(asked);
    await tokens(page).nth(5).click();
    await rows(page).nth(3).click();
    await branches(page).nth(2).waitFor();
    expect(await branches(page).evaluateAll((items) => items.map((item) => item.getAttribute('aria-level')))).toEqual(['1', '2', '2']);
  });

  it('remembers branches, step and settings, and deletes branches', async () => {
    const page = await open();
    await tokens(page).nth(2).click();
    await rows(page).nth(2).click();
    await branches(page).nth(1).waitFor();
    const second = await tokens(page).allInnerTexts();
    const given = await page.locator('[data-step-text]').innerText();
    await page.reload();
    await expect.poll(() => tokens(page).allInnerTexts()).toEqual(second);
    await expect.poll(async () => (await calls(page, 'generation/generate')).length).toBe(1);
    expect((await calls(page, 'generation/generate'))[0]).toMatchObject({ stopAfter: 40, maxTokens: 40, prefix: { ids: { length: 40 } } });
    expect(await shownStep(page)).toBe('2');
    await expect.poll(() => page.locator('[data-step-text]').innerText()).toBe(given);
    await tokens(page).nth(3).click();
    // What only stands there because the branch is opened again was not given.
    expect(await page.locator('[data-step-text]').innerText()).not.toContain('It was given.');
    await branches(page).nth(1).focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => branches(page).count()).toBe(0);
    expect(await tokens(page).allInnerTexts()).not.toEqual(second);
    await expect.poll(() => tokens(page).count()).toBe(40);
    // Another prompt has branches of its own.
    await page.evaluate((subject) => { window.harness.notify('editor/show', subject); }, generationOf('The dish'));
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ text: 'The dish' });
    expect(await branches(page).count()).toBe(0);
  });

  it('stops at any token and keeps what was written', async () => {
    const page = await open();
    const { steps } = generation({ text: prompt, choice: { kind: 'greedy' }, alternatives: 10, maxTokens: 80, lens: 3 });
    await page.evaluate(() => { window.harness.delays = [60_000]; });
    await slide(page, 'Most tokens', 1);
    await page.getByRole('button', { name: 'Write with these settings' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).length).toBe(2);
    const { call } = (await calls(page, 'generation/generate'))[1] as { call: number };
    for (const at of [0, 1, 2]) {
      const written = { keep: at, steps: [steps[at]], output: steps.slice(0, at + 1).map(({ token }) => ` ${token}`).join('') };
      await page.evaluate((value) => { window.harness.notify('editor/progress', value); }, { method: 'generation/generate', message: 'Writing', done: at + 1, total: 80, call, written });
    }
    await page.getByText('Writing: 3 of at most 80 tokens.').waitFor();
    expect(await tokens(page).count()).toBe(3);
    // What came can be looked at while more is written.
    await tokens(page).nth(1).click();
    await page.getByRole('heading', { name: `Token 2: ${steps[1]!.token}` }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('You stopped it after 3 tokens.').waitFor();
    expect((await calls(page, 'generation/generate'))[2]).toMatchObject({ stopAfter: 3, maxTokens: 80, prefix: { ids: steps.slice(0, 3).map(({ id }) => id) } });
    expect(await tokens(page).count()).toBe(3);
    await branches(page).nth(1).getByText('3 tokens, stopped').waitFor();
    await page.getByRole('button', { name: 'Write on' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ maxTokens: 83, prefix: { ids: { length: 3 } } });
    await expect.poll(() => tokens(page).count()).toBe(83);
  });

  it('keeps what was written under a failure, with Retry', async () => {
    const page = await open();
    await page.evaluate(() => { window.harness.delays = [300]; window.harness.fail = 'The engine ended unexpectedly. Try again.'; window.harness.failCode = 'engine-died'; });
    await page.getByRole('button', { name: 'Write on' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).length).toBe(2);
    const { call } = (await calls(page, 'generation/generate'))[1] as { call: number };
    const { steps } = generation({ text: prompt, choice: { kind: 'greedy' }, alternatives: 10, maxTokens: 2 });
    await page.evaluate((value) => { window.harness.notify('editor/progress', value); }, { method: 'generation/generate', message: 'Writing', done: 2, total: 80, call, written: { keep: 0, steps, output: ' and' } });
    await page.getByText('The engine ended unexpectedly.').waitFor();
    await page.getByText('Kept is what was written until then: 2 tokens.').waitFor();
    expect(await tokens(page).count()).toBe(2);
    await page.evaluate(() => { window.harness.fail = null; });
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => tokens(page).count()).toBe(80);
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it('puts the continuation behind the prompt, copies it, and says why it cannot', async () => {
    const page = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const { output } = generation({ text: prompt, choice: { kind: 'greedy' }, alternatives: 10 });
    await page.getByRole('button', { name: 'Insert into document' }).click();
    await page.getByText('Inserted behind the prompt.').waitFor();
    expect(await calls(page, 'panel/insertBehind')).toEqual([{ text: output }]);
    await page.getByRole('button', { name: 'Copy continuation' }).click();
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(output);
    await page.evaluate(() => { window.harness.fail = 'The prompt has changed in the document since it was read. Refresh, and try again.'; });
    await page.getByRole('button', { name: 'Insert into document' }).click();
    await page.getByRole('alert').getByText('The prompt has changed').waitFor();
  });

  it('grows the causal triangle by a row a step, of any layer and head, with its numbers', async () => {
    const page = await open();
    const card = page.getByRole('region', { name: 'Causal triangle' });
    const label = (): Promise<string | null> => card.locator('canvas').getAttribute('aria-label');
    expect(await label()).toContain('mean of all layers and heads: attention of 1 tokens to the 5 tokens');
    await tokens(page).nth(4).click();
    expect(await label()).toContain('attention of 5 tokens to the 9 tokens');
    // A click on a row leads to its step.
    await card.locator('canvas').click({ position: { x: 20, y: 100 } });
    await expect.poll(label).toContain('attention of 2 tokens to the 6 tokens');
    await tokens(page).nth(4).click();
    await card.getByLabel('Layer', { exact: true }).selectOption('layer 1');
    await card.getByLabel('Head', { exact: true }).selectOption('head 2');
    expect(await label()).toContain('layer 1, head 2');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const weights = (await card.locator('td.number').allInnerTexts()).map(Number);
    expect(weights).toHaveLength(9);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 1);
    expect(weights[0]).toBe(0.7);
  });

  it('shows what each layer would write, and leaves it out where it is not wanted', async () => {
    const page = await open();
    const lens = page.getByRole('region', { name: 'Logit lens' });
    expect(await lens.locator('[data-state]').count()).toBe(3);
    await page.getByRole('button', { name: 'Show as table' }).click();
    expect(await lens.getByRole('row').last().innerText()).toMatch(/^Layer 1\s+[\d.]+.% #1/);
    await page.getByRole('button', { name: 'Hide layers' }).click();
    expect(await lens.count()).toBe(0);
    await page.getByRole('button', { name: 'Write on' }).click();
    await expect.poll(() => tokens(page).count()).toBe(80);
    expect((await calls(page, 'generation/generate')).at(-1)).not.toHaveProperty('lens');
    await page.getByRole('button', { name: 'By layer' }).click();
    await lens.waitFor();
    expect((await calls(page, 'generation/generate')).at(-1)).toMatchObject({ lens: 3, stopAfter: 80 });
  });

  it('asks another model, whose branches are its own', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ inModel: 'static' });
    await expect.poll(() => page.locator('[data-ended]').innerText()).toContain('had not stopped');
    expect(await branches(page).count()).toBe(0);
    await page.reload();
    await expect.poll(async () => (await calls(page, 'generation/generate')).at(-1)).toMatchObject({ inModel: 'static' });
  });

  it('saves steps and triangle', async () => {
    const page = await open();
    await tokens(page).nth(2).click();
    const saved = async (label: string, format: string): Promise<SavedFile> => {
      const before = (await calls(page, 'panel/save')).length;
      await page.getByLabel(label).selectOption(format);
      await expect.poll(async () => (await calls(page, 'panel/save')).length).toBe(before + 1);
      return (await calls(page, 'panel/save')).at(-1) as unknown as SavedFile;
    };
    const lines = (await saved('Save steps as', 'CSV numbers')).text!.trim().split('\r\n');
    expect(lines[0]).toBe('step,written,token,id,probability,chance,rank,entropy');
    expect(lines).toHaveLength(1 + 40 * 10);
    const json = JSON.parse((await saved('Save steps as', 'JSON numbers')).text!) as { prompt: string; steps: object[]; choice: object };
    expect(json).toMatchObject({ prompt, choice: { kind: 'greedy' }, stopped: 'limit' });
    expect(json.steps[0]).toMatchObject({ rank: 1, states: [{}, {}, {}] });
    const svg = await saved('Save triangle as', 'SVG picture');
    expect(svg.name).toBe('causal-triangle-decoder-mean-of-all-layers-and-heads.svg');
    expect(svg.text).toContain('<svg');
    const png = Buffer.from((await saved('Save triangle as', 'PNG picture')).base64!, 'base64');
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg.text!)![1]));
    expect((await saved('Save triangle as', 'CSV numbers')).text!.trim().split('\r\n')).toHaveLength(4);
  });

  it('says that a long prompt is read from its end, and shows that end', async () => {
    const page = await open({ subject: generationOf(`Beginning ${longText(400)} end`) });
    await page.getByText('Read the last 60 tokens of the prompt').waitFor();
    const shown = page.locator('.prompt');
    expect(await shown.innerText()).not.toContain('Beginning');
    expect(await shown.evaluate((element) => Math.abs(element.scrollHeight - element.scrollTop - element.clientHeight))).toBeLessThan(2);
  });

  it('says what to do with a text that cannot be written on', async () => {
    const page = await panels.open({ subject: null });
    await page.evaluate((subject) => {
      window.harness.fail = 'The prompt is empty. Select some text and try again.';
      window.harness.failOf = 'generation/generate';
      window.harness.failCode = 'empty-text';
      window.harness.notify('editor/show', subject);
    }, generationOf('…'));
    await page.getByRole('alert').getByText('The prompt is empty.').waitFor();
    expect(await tokens(page).count()).toBe(0);
  });

  it('shows text that would harm as text', async () => {
    const page = await open({ subject: generationOf(hostile), width: 300 });
    await tokens(page).nth(3).click();
    await rows(page).filter({ hasText: '<i·onclick' }).click();
    await tokens(page).getByText('<i·onclick="x">⟨U+202E⟩abc⟨U+202C⟩</i>').first().waitFor();
    expect(await page.locator('main i[onclick], img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });

  it.each(themeNames.flatMap((theme) => [[theme, 1, 300], [theme, 1.25, 375], [theme, 1, 900]] as const))(
    '%s at %d, %d wide: no accessibility violation and no sideways scrolling, as drawing and as table',
    async (theme, zoom, width) => {
      const page = await open({ theme, zoom, width, height: 1500 });
      const check = async (state: string): Promise<void> => {
        expect([state, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([state, 0]);
        expect([state, await panels.seriousViolations(page)]).toEqual([state, []]);
        mkdirSync(join(out, 'screenshots'), { recursive: true });
        await page.screenshot({ path: join(out, 'screenshots', `generation-${state}-${theme}-${zoom}-${width}.png`), fullPage: true });
      };
      await tokens(page).nth(3).click();
      await rows(page).nth(1).click();
      await branches(page).nth(1).waitFor();
      await page.getByRole('radio', { name: 'Drawn' }).click();
      await slide(page, 'Temperature', 6);
      await slide(page, 'Top-k', -3);
      await page.locator('[data-reshaped]').waitFor();
      await check('drawing');
      await page.getByRole('button', { name: 'Show as table' }).click();
      await check('table');
    },
    60_000,
  );
});
