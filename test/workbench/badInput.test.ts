import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const sentence = 'The old sailor told a long story about the sea. ';
const files = {
  ...lessonFile,
  'empty.txt': '',
  'blank.txt': '   \n\t\n   ',
  'large.txt': sentence.repeat(Math.ceil(1_000_000 / sentence.length)),
  'unknown.txt': 'ᎣᏏᏲ ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ',
  'binary.bin': Uint8Array.from({ length: 4096 }, (_, index) => (index * 37) % 256),
};

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files, settings: { 'headlight.device': 'cpu' } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test.each(['empty.txt', 'blank.txt'])('%s is answered with what to do', async (file) => {
  await workbench.openFile(file);
  await workbench.command('Headlight: Show Attention');
  await workbench.notification(/no text here.*Put the cursor in a sentence or select some text/i).waitFor();
  await workbench.command('Notifications: Clear All Notifications');
});

test('1 MB on one line is read in a window around the cursor, and the view says so', async () => {
  await workbench.openFile('large.txt');
  await workbench.command('Select All');
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.getByRole('gridcell').first().waitFor();
  await panel.locator('.notice.info').first().waitFor();
  await workbench.screenshot('bad-input-1mb');
  await workbench.command('Headlight: Predict Masked Words');
  await panel.getByRole('tab', { name: 'Predictions', selected: true }).waitFor();
  await workbench.command('Notifications: Clear All Notifications');
});

test('text of characters that the vocabulary lacks is named as such', async () => {
  await workbench.openFile('unknown.txt');
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.locator('.notice.error').filter({ hasText: /knows none of the characters.*Select other text/ }).first().waitFor();
  await workbench.screenshot('bad-input-unknown');
});

test('a binary file has no text to read', async () => {
  await workbench.command('View: Close All Editors');
  await workbench.openFile('binary.bin');
  await workbench.command('Headlight: Show Attention');
  await workbench.notification(/No text is open in the active editor/).waitFor();
});

test('after all of it the lesson still works', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'The pie was made');
  await workbench.command('Headlight: Show Attention');
  const panel = await workbench.panel();
  await panel.locator('[data-side="query"]').filter({ hasText: 'pie' }).waitFor();
  expect(await panel.locator('.notice.error').count()).toBe(0);
});
