import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionLink } from '../../src/link/attentionLink';
import { linkText, readLink } from '../../src/link/linkCode';
import { lessonFile, treatSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const music = 'He put the sheet of notes on the music stand.';
const extension = 'headlight.headlight';

let workbench: Workbench;
let panel: Frame;
let link: string;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1600, height: 1000 } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const headline = (): Locator => panel.locator('[data-headline]');
const query = (text: string): Locator => panel.locator('[data-side="query"]').filter({ has: panel.getByText(text, { exact: true }) }).first();

async function show(sentence: string): Promise<void> {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', sentence);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
}

async function paste(text: string): Promise<void> {
  await workbench.command('Headlight: Open Link to a View…');
  await workbench.answer('Paste a link', text);
}

/** The view that the link was made of. */
async function restored(): Promise<void> {
  await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
  await panel.getByRole('checkbox', { name: 'Hide special tokens', checked: true }).waitFor();
  await panel.getByRole('radio', { name: 'Lines', exact: true, checked: true }).waitFor();
  await query('treat').waitFor();
  await panel.locator('[data-side="query"].followed').filter({ hasText: 'it' }).first().waitFor();
}

/** Saves the lesson, whose places are read from the disk. */
async function saved(): Promise<void> {
  await workbench.page.keyboard.press('Control+s');
  await workbench.page.locator('.tab.active:not(.dirty)[data-resource-name="lesson.md"]').waitFor();
}

describe('a link to a view', () => {
  test('the link is copied, without the place of the folder', async () => {
    await show(treatSentence);
    await panel.locator('[data-layer="2"][data-head="5"]').click();
    await panel.getByRole('heading', { name: 'Layer 2, head 5', exact: true }).waitFor();
    await panel.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    await panel.getByRole('radio', { name: 'Lines', exact: true }).click();
    await query('it').click();
    await panel.getByRole('button', { name: 'Copy link to this view' }).click();
    await panel.getByText('Link copied.').waitFor();
    await workbench.screenshot('link-copied');
    link = await workbench.page.evaluate(() => navigator.clipboard.readText());
    const { path, first, model } = readLink(link, extension);
    expect({ path, text: first.text, model }).toEqual({ path: 'lesson.md', text: treatSentence, model: { name: 'encoder' } });
  });

  test('opened after all was changed, it restores text, layer, head and filters, and follows the document', async () => {
    await panel.getByRole('checkbox', { name: 'Hide special tokens' }).click();
    await panel.locator('[data-layer="0"][data-head="2"]').click();
    await show(music);
    await query('sheet').waitFor();
    await panel.getByRole('radio', { name: 'Matrix', exact: true }).click();
    await paste(link);
    await restored();
    expect(await headline().innerText()).toMatch(/^lesson\.md:\d+ ·/);
    await query('Sally').click();
    await workbench.selectionStatus.getByText('(5 selected)').waitFor();
    await query('Sally').click();
  });

  test('an address of the system opens the same, once the reader has allowed it', async () => {
    await show(music);
    await query('sheet').waitFor();
    await workbench.command('Developer: Open URL');
    await workbench.answer('URL to open', link);
    await workbench.page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await restored();
  });

  test('what is not a link to a view is said to be none', async () => {
    await paste('https://example.org/attention?v=1&d=AAAA');
    await workbench.notification(/This link cannot be opened.*Copy it again/).waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await restored();
  });

  test('a text that has moved is found where it stands now', async () => {
    const before = await headline().innerText();
    await workbench.openFile('lesson.md');
    await workbench.goTo(1, 1);
    await workbench.page.keyboard.type('A line before.');
    await workbench.page.keyboard.press('Enter');
    await saved();
    await show(music);
    await query('sheet').waitFor();
    await paste(link);
    await restored();
    const line = (text: string): number => Number(/^lesson\.md:(\d+) ·/.exec(text)?.[1]);
    expect(line(await headline().innerText())).toBe(line(before) + 1);
  });

  test('a text that was changed is shown as the link has it, in a document of its own', async () => {
    await workbench.openFile('lesson.md');
    await workbench.placeCursor('lesson.md', 'treat that Sally');
    await workbench.page.keyboard.press('ArrowLeft');
    await workbench.page.keyboard.type('good ');
    await saved();
    await show(music);
    await query('sheet').waitFor();
    await paste(link);
    await restored();
    expect(await headline().innerText()).toMatch(/^lesson\.md:\d+, as the link has it ·/);
    expect(await query('good').count()).toBe(0);
    await query('Sally').click();
    await workbench.selectionStatus.getByText('(5 selected)').waitFor();
    const editor = workbench.page.locator('.editor-group-container.active .view-line').filter({ hasText: treatSentence });
    await editor.waitFor();
    await workbench.screenshot('link-own-document');
    // It makes the same link again, and outlives a reload.
    await query('Sally').click();
    await query('it').click();
    await panel.getByRole('button', { name: 'Copy link to this view' }).click();
    await panel.getByText('Link copied.').waitFor();
    const again = readLink(await workbench.page.evaluate(() => navigator.clipboard.readText()), extension);
    const { path, label, first, selection } = readLink(link, extension);
    expect(again).toMatchObject({ path, label, first, selection });
    await workbench.reload();
    panel = await workbench.panel();
    await restored();
    expect(await headline().innerText()).toMatch(/^lesson\.md:\d+, as the link has it ·/);
    await query('Sally').click();
    await workbench.selectionStatus.getByText('(5 selected)').waitFor();
  });

  test('a link of another model is shown with the one in use, and that one gives way only to the reader', async () => {
    const tiny = join(import.meta.dirname, '..', 'fixtures', 'models', 'roberta-tiny');
    await workbench.setSettings({ 'headlight.model': tiny });
    await headline().getByText('roberta-tiny').waitFor();
    await paste(link);
    const asked = workbench.notification(/made with the model encoder.*shown with roberta-tiny/);
    await asked.waitFor();
    await headline().getByText('roberta-tiny').waitFor();
    await workbench.screenshot('link-other-model');
    await asked.getByRole('button', { name: 'Use encoder' }).click();
    await headline().getByText('encoder').waitFor();
    await restored();
  });

  test('a link of a model that is not known names it, and opens with the one in use if the reader wants', async () => {
    const strange: AttentionLink = { ...readLink(link, extension), model: { name: 'strange-bert', folder: '0123456789abcdef' }, first: { text: 'A strange cow.', offset: 0 } };
    await paste(linkText(strange, 'vscode', extension));
    const asked = workbench.notification(/made with the model strange-bert, which is not known here/);
    await asked.waitFor();
    await workbench.screenshot('link-unknown-model');
    expect(await query('strange').count()).toBe(0);
    await asked.getByRole('button', { name: 'Use encoder' }).click();
    await query('strange').waitFor();
  });
});
