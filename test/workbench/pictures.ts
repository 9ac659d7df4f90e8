import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { findPython, missingForRecipes } from '../../scripts/steps/python.mjs';
import { lessonFile, maskSentence, treatSentence } from '../support/lesson';
import { Workbench } from '../support/workbench';

const folder = join(root, 'media', 'pictures');
const largest = 240_000;
const size = { width: 1280, height: 960 };

let workbench: Workbench;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const settings = { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Light Modern', 'editor.stickyScroll.enabled': false };
  const files = {
    ...lessonFile,
    'review.md': '# Last night\n\nThe plot is not good, although the unforgettable music almost saves it.\n',
    'sentiment.tsv': readFileSync(join(root, 'media', 'sentiment.tsv'), 'utf8'),
  };
  workbench = await Workbench.open({ files, settings, size });
  await workbench.openFile('lesson.md');
  await workbench.command('View: Toggle Primary Side Bar Visibility');
});
afterAll(() => workbench.close());

async function take(name: string, clip: { x: number; y: number; width: number; height: number }): Promise<void> {
  const path = join(folder, `${name}.png`);
  await workbench.page.screenshot({ path, clip });
  expect(statSync(path).size).toBeLessThan(largest);
}

/** The panel, down to the end of what it shows. */
async function takePanel(name: string, content: Locator): Promise<void> {
  const bar = (await workbench.sideBar.boundingBox())!;
  const { y, height } = (await content.boundingBox())!;
  await take(name, { ...bar, height: Math.min(bar.height, y + height + 16 - bar.y) });
}

/** A card of a view, as a whole. */
async function takeCard(name: string, card: Locator): Promise<void> {
  const path = join(folder, `${name}.png`);
  await card.screenshot({ path });
  expect(statSync(path).size).toBeLessThan(largest);
}

test('hover card', async () => {
  await workbench.select('lesson.md', 'stand his constant');
  await workbench.placeCursor('lesson.md', 'stand his constant');
  const card = await workbench.wholeCard(/senses in/);
  await workbench.page.waitForTimeout(500);
  const box = (await card.boundingBox())!;
  const editor = (await workbench.page.locator('.editor-instance').first().boundingBox())!;
  const top = Math.max(editor.y, box.y - 90);
  await take('hover', { x: editor.x, y: top, width: box.x + box.width + 24 - editor.x, height: Math.min(box.height + 240, editor.y + editor.height - top) });
  await workbench.page.keyboard.press('Escape');
});

test('attention', async () => {
  await workbench.placeCursor('lesson.md', treatSentence);
  await workbench.command('Headlight: Show Attention');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  await panel.locator('[data-layer="2"][data-head="5"]').click();
  const it = panel.locator('[data-side="query"]').filter({ has: panel.getByText('it', { exact: true }) }).first();
  await it.hover();
  await workbench.page.waitForTimeout(500);
  await takePanel('attention', panel.locator('headlight-attention'));
});

test('attention in its other drawings', async () => {
  const panel = await workbench.panel();
  // High enough to show a card as a whole.
  await workbench.page.setViewportSize({ width: size.width, height: 1700 });
  const head = panel.locator('section[aria-label="One head"]');
  await head.scrollIntoViewIfNeeded();
  const takeHead = async (name: string): Promise<void> => {
    await workbench.page.waitForTimeout(500);
    await takeCard(name, head);
  };
  await panel.getByRole('radio', { name: 'Text', exact: true }).click();
  const it = panel.locator('headlight-head-text [role="option"]').filter({ hasText: /^it$/ });
  await it.click();
  await takeHead('attention-text');
  await it.press('Escape');
  await panel.getByRole('radio', { name: 'Lines', exact: true }).click();
  for (const [layer, place] of [[0, 3], [3, 1]] as const) {
    await panel.locator(`[data-layer="${layer}"][data-head="${place}"]`).click({ modifiers: ['Shift'] });
  }
  await panel.getByRole('heading', { name: '3 heads together' }).waitFor();
  await panel.locator('[data-side="query"]').filter({ has: panel.getByText('it', { exact: true }) }).first().click();
  await panel.locator('[data-side="key"]').filter({ has: panel.getByText('cow', { exact: true }) }).first().hover();
  await takeHead('attention-heads');
  await panel.getByRole('button', { name: 'One head alone' }).click();
  await panel.locator('[data-layer="2"][data-head="5"]').click();
  await panel.getByRole('button', { name: 'Show', exact: true }).click();
  await panel.getByRole('button', { name: '6', exact: true }).click();
  await workbench.page.waitForTimeout(500);
  await takeCard('attention-sum', panel.locator('section[aria-label="The sum, step by step"]'));
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  await workbench.page.setViewportSize(size);
});

test('words shaded in the document', async () => {
  const panel = await workbench.panel();
  const it = panel.locator('[data-side="query"]').filter({ has: panel.getByText('it', { exact: true }) }).first();
  // Kept already: a click alone would let it go.
  await it.press('Escape');
  await it.click();
  await panel.getByRole('heading', { name: 'All heads' }).hover();
  await workbench.widenPanel(420);
  await workbench.placeCursor('lesson.md', '## 3. A pair');
  await workbench.page.waitForTimeout(1000);
  const editor = (await workbench.page.locator('.editor-instance').first().boundingBox())!;
  const marks = await workbench.page.locator('.view-overlays .cdr[class*="TextEditorDecorationType"]').all();
  const tops = await Promise.all(marks.map(async (mark) => (await mark.boundingBox())!.y));
  const [top, bottom] = [Math.min(...tops) - 50, Math.max(...tops) + 70];
  await take('attention-document', { x: editor.x, y: Math.max(editor.y, top), width: editor.width, height: bottom - top });
  await workbench.page.keyboard.press('Escape');
  await workbench.widenPanel(820);
});

test('two texts compared', async () => {
  await workbench.page.setViewportSize({ width: size.width, height: 1700 });
  await workbench.placeCursor('lesson.md', 'He put the sheet of notes');
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.locator('[data-side="query"]').filter({ has: panel.getByText('sheet', { exact: true }) }).first().waitFor();
  await panel.getByRole('button', { name: 'Compare…' }).click();
  const card = panel.locator('headlight-attention-compare');
  await card.getByRole('radio', { name: 'Text', exact: true }).click();
  await workbench.placeCursor('lesson.md', 'stand the noise');
  await card.getByRole('button', { name: /Use the editor.s selection/ }).click();
  const words = card.locator('headlight-word-comparison');
  await card.getByRole('heading', { name: '“stand” in both texts' }).waitFor();
  await card.locator('headlight-layer-chart canvas').waitFor();
  await words.scrollIntoViewIfNeeded();
  await workbench.page.waitForTimeout(1000);
  await takeCard('attention-compare', words);
  await card.getByRole('button', { name: 'Close comparison' }).click();
  await workbench.page.setViewportSize(size);
});

test('predictions', async () => {
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  const panel = await workbench.panel();
  await panel.locator('headlight-prediction-bars').first().waitFor();
  const field = panel.getByRole('textbox', { name: 'Probability of a word' });
  await field.fill('moon');
  await field.press('Enter');
  await panel.locator('table.asked').waitFor();
  await workbench.page.waitForTimeout(500);
  await takePanel('predictions', panel.locator('headlight-predictions'));
  await panel.getByRole('button', { name: 'By layer' }).click();
  const depth = panel.locator('headlight-predictions-depth');
  await depth.locator('headlight-layer-chart canvas').waitFor();
  await workbench.page.setViewportSize({ width: size.width, height: 1700 });
  await workbench.page.waitForTimeout(1000);
  await takeCard('predictions-layers', depth);
  await panel.getByRole('button', { name: 'Hide layers' }).click();
  await workbench.page.setViewportSize(size);
});

test('surprise', async () => {
  await workbench.placeCursor('lesson.md', '# The lesson');
  await workbench.command('Headlight: Shade Words by Surprise');
  await workbench.page.locator('.statusbar-item').filter({ hasText: /bits a word/ }).waitFor();
  await workbench.widenPanel(420);
  await workbench.goTo(30, 1);
  await workbench.page.waitForTimeout(1000);
  const editor = (await workbench.page.locator('.editor-instance').first().boundingBox())!;
  await take('surprise', { x: editor.x, y: editor.y + 40, width: editor.width, height: Math.min(460, editor.height - 40) });
  await workbench.widenPanel(820);
  await workbench.page.keyboard.press('Escape');
  await workbench.page.keyboard.press('Escape');
});

test('senses', async () => {
  await workbench.placeCursor('lesson.md', 'stand up when');
  await workbench.command('Headlight: Show Senses of Word');
  const panel = await workbench.panel();
  await panel.locator('[data-sense]').first().waitFor();
  await workbench.page.waitForTimeout(1000);
  await takePanel('senses', panel.locator('headlight-senses'));
  await panel.getByRole('radio', { name: 'By layer' }).click();
  await panel.getByRole('slider', { name: 'After' }).press('End');
  await panel.getByText(/^After layer 5 the senses lie apart/).waitFor();
  await workbench.page.waitForTimeout(1500);
  await takePanel('senses-layers', panel.locator('headlight-senses section[aria-label="Map"]'));
});

test('translation', async () => {
  await workbench.page.setViewportSize(size);
  await workbench.placeCursor('lesson.md', 'The cow jumped over the moon.', 2);
  await workbench.command('Headlight: Translate Selection Step by Step');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  const words = panel.getByRole('group', { name: 'Translation, token by token' }).getByRole('button');
  await words.filter({ hasText: /^vac$/ }).click();
  await workbench.page.waitForTimeout(500);
  await takePanel('translation', panel.locator('headlight-translation .layout'));
  await workbench.page.setViewportSize({ width: size.width, height: 1700 });
  await panel.getByRole('radio', { name: 'Beams' }).click();
  const beams = panel.getByRole('region', { name: 'Beams', exact: true });
  await beams.waitFor();
  await beams.scrollIntoViewIfNeeded();
  await workbench.page.waitForTimeout(500);
  await takeCard('translation-beams', beams);
});

test('three generations', async () => {
  await workbench.page.setViewportSize(size);
  await workbench.placeCursor('lesson.md', 'Yesterday my sister bought');
  await workbench.command('Headlight: Compare Three Generations of Translators');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  await panel.locator('[data-model="translator"] [data-output]').waitFor();
  await panel.locator('[data-model="rnn"] [data-left]').waitFor();
  await workbench.page.setViewportSize({ width: size.width, height: 1500 });
  await workbench.page.waitForTimeout(1500);
  await takePanel('lineage', panel.locator('headlight-lineage'));
});

test('generation', async () => {
  await workbench.page.setViewportSize(size);
  await workbench.placeCursor('lesson.md', 'Once upon a time there was');
  await workbench.page.keyboard.press('End');
  await workbench.command('Headlight: Write On from Here');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  await panel.locator('[data-ended]').waitFor();
  await panel.getByRole('radio', { name: 'Drawn' }).click();
  await workbench.page.waitForTimeout(2000);
  await workbench.page.setViewportSize({ width: size.width, height: 1500 });
  await workbench.page.waitForTimeout(1000);
  await takePanel('generation', panel.locator('headlight-generation'));
});

test('what is off', async () => {
  await workbench.page.setViewportSize({ width: size.width, height: 1500 });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  await workbench.widenPanel(820);
  const panel = await workbench.panel();
  await panel.locator('headlight-prediction-bars').first().waitFor();
  await panel.getByRole('button', { name: 'What if…' }).click();
  const field = panel.getByRole('textbox', { name: 'Switch off heads' });
  await field.fill('4.4');
  await field.press('Enter');
  await panel.locator('headlight-predictions [data-outcome]').first().waitFor();
  await workbench.page.waitForTimeout(1000);
  await takePanel('what-if', panel.locator('headlight-predictions'));
  await panel.getByRole('button', { name: 'All on', exact: true }).click();
});

test('evidence', async () => {
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.command('Headlight: Show Evidence');
  const panel = await workbench.panel();
  const effects = panel.locator('headlight-evidence').getByRole('region', { name: 'Effect of each head' });
  await effects.getByRole('button', { name: 'Measure each head' }).click();
  await effects.getByLabel('Save effects as').waitFor();
  await workbench.page.waitForTimeout(1000);
  await takeCard('evidence', effects);
  const patching = panel.locator('headlight-evidence').getByRole('region', { name: 'Patching' });
  await patching.getByRole('button', { name: 'Try:' }).click();
  await patching.locator('[data-moved]').waitFor();
  await workbench.page.waitForTimeout(1000);
  await takeCard('patching', patching);
});

test('classes', async () => {
  await workbench.openFile('review.md');
  await workbench.placeCursor('review.md', 'The plot');
  await workbench.command('Headlight: Classify Selection');
  const panel = await workbench.panel();
  await panel.locator('headlight-classification').getByRole('button', { name: /^unforgettable:/ }).waitFor();
  await workbench.page.waitForTimeout(1500);
  const editor = (await workbench.page.locator('.editor-instance').first().boundingBox())!;
  const bar = (await workbench.sideBar.boundingBox())!;
  await take('classes', { ...bar, x: editor.x, width: bar.x + bar.width - editor.x, height: 620 });
});

test('training', async () => {
  await workbench.openFile('sentiment.tsv');
  await workbench.command('Headlight: Train a Classifier on This File');
  const panel = await workbench.panel();
  await panel.locator('[data-figures]').waitFor({ timeout: 80_000 });
  await workbench.page.waitForTimeout(1500);
  await takePanel('training', panel.locator('headlight-training'));
});

const python = findPython();
test.skipIf(missingForRecipes(python) !== null)('two files of one model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headlight-pictures-'));
  try {
    // What Headlight's own command runs, with the first classifier from before anything was unfrozen.
    const [frozen, unfrozen] = [join(folder, 'frozen'), join(folder, 'unfrozen')];
    execFileSync(python!, [join(root, 'models/recipes/fine_tune.py'), join(root, 'media/sentiment.tsv'), '--model', join(root, 'models/encoder'), '--out', unfrozen, '--frozen-out', frozen], { stdio: 'ignore' });
    await workbench.command('Headlight: Compare Two Models on This File…');
    for (const [title, path] of [['(1 of 2)', frozen], ['(2 of 2)', unfrozen]] as const) {
      await workbench.asked(title).locator('.monaco-list-row').filter({ hasText: 'A Folder…' }).click();
      await workbench.fillAsked('Choose a Model Folder', `${path}/`);
      await workbench.asked('Choose a Model Folder').getByRole('button', { name: 'Use This Model', exact: true }).click();
    }
    const panel = await workbench.panel();
    await panel.locator('headlight-drift').getByRole('region', { name: 'Heads' }).waitFor({ timeout: 120_000 });
    await workbench.page.waitForTimeout(1500);
    await takePanel('drift', panel.locator('headlight-drift'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 900_000);
