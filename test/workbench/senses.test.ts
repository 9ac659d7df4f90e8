import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const lines = lessonFile['lesson.md'].split('\n');

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, size: { width: 1600, height: 1000 } });
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', 'stand up when');
  await workbench.command('Headlight: Show Senses of Word');
  panel = await workbench.panel();
  await panel.locator('[data-sense]').first().waitFor();
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

test('the occurrences stand in groups, each with its line', async () => {
  const first = lines.findIndex((line) => line.includes('music stand')) + 1;
  const groups = await panel.locator('[data-sense]').evaluateAll((sections) =>
    sections.map((section) => [...section.querySelectorAll('.line')].map((line) => Number(line.textContent))),
  );
  const three = (from: number): number[] => [from, from + 1, from + 2];
  expect(groups).toHaveLength(3);
  for (const expected of [three(first), three(first + 3), three(first + 6)]) expect(groups).toContainEqual(expected);
  expect(await panel.locator('[aria-current="true"]').innerText()).toContain('Please stand up');
  await workbench.screenshot('senses');
});

test('the map goes from the static vector to the last layer, where the senses lie apart', async () => {
  const map = panel.locator('headlight-sense-map canvas');
  expect(await map.getAttribute('aria-label')).toContain('9 occurrences in 3 senses, all evidence');
  await panel.getByRole('radio', { name: 'By layer' }).click();
  await panel.getByText(/its points all but coincide/).waitFor();
  expect(await map.getAttribute('aria-label')).toContain('embeddings');
  await workbench.screenshot('senses-embeddings');
  await panel.getByRole('slider', { name: 'After' }).press('End');
  await panel.getByText(/^After layer 5 the senses lie apart by a silhouette of/).waitFor();
  await workbench.screenshot('senses-last-layer');
  await panel.getByRole('button', { name: 'Show as table' }).click();
  const widths = await panel.locator('[data-separation] tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.querySelector('td')!.textContent.replace('−', '-'))));
  expect(widths).toHaveLength(7);
  expect(Math.max(...widths)).toBeGreaterThan(widths[0]! + 0.1);
  await panel.getByRole('radio', { name: 'All evidence' }).click();
});

test('two occurrences are compared: by layer, and by the words that move them', async () => {
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  const comparison = panel.locator('headlight-occurrence-comparison');
  await comparison.locator('[data-side="B"] tbody tr').first().waitFor();
  const choice = comparison.getByLabel('A', { exact: true });
  const options = await choice.locator('option').allInnerTexts();
  expect(options).toHaveLength(9);
  await choice.selectOption({ index: options.findIndex((option) => option.includes('cannot stand the noise')) });
  await comparison.locator('[data-side="A"]').getByText('cannot').waitFor();
  expect(await comparison.locator('[data-side="A"] tbody tr th').first().innerText()).toBe('cannot');
  await comparison.scrollIntoViewIfNeeded();
  await workbench.screenshot('senses-compared');
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
});

test('to tolerate falls nearer to "cannot stand" than to the music stand', async () => {
  const linesOf = (sense: number): Promise<number[]> =>
    panel.locator(`[data-sense="${sense}"] .line`).evaluateAll((found) => found.map((line) => Number(line.textContent)));
  const senseWith = async (text: string): Promise<number> => {
    const line = lines.findIndex((one) => one.includes(text)) + 1;
    const all = await Promise.all([0, 1, 2].map(linesOf));
    return all.findIndex((found) => found.includes(line));
  };
  const [cannotStand, musicStand] = [await senseWith('cannot stand the noise'), await senseWith('on the music stand')];
  const field = panel.getByRole('textbox', { name: 'Word or phrase' });
  await field.fill('tolerate');
  await field.press('Enter');
  const row = panel.locator('[data-word="0"]');
  await row.waitFor();
  await panel.getByText('not in the document: read alone').waitFor();
  const cosines = async (): Promise<number[]> => (await row.locator('td.number').allInnerTexts()).map((text) => Number(text.replace('−', '-')));
  const expectNear = (found: readonly number[], margin: number): void => {
    expect(found).toHaveLength(3);
    expect(found[cannotStand]).toBe(Math.max(...found));
    expect(found[cannotStand]).toBeGreaterThan(found[musicStand]! + margin);
  };
  expectNear(await cosines(), 0.02);
  await panel.getByRole('radio', { name: 'By layer' }).click();
  await panel.getByRole('slider', { name: 'After' }).press('End');
  await panel.getByText('Cosine, layer 5').waitFor();
  expectNear(await cosines(), 0.05);
  // A phrase that the lesson itself has is read there.
  await field.fill('music stand');
  await field.press('Enter');
  await panel.locator('[data-word="1"]').waitFor();
  await panel.getByText('2 places in the document').waitFor();
  const near = panel.locator('[data-word="1"] td.nearest');
  expect(await near.evaluate((cell) => [...cell.parentElement!.querySelectorAll('td.number')].indexOf(cell))).toBe(musicStand);
  await panel.getByRole('radio', { name: 'UMAP' }).click();
  await panel.getByText('UMAP keeps near points near').waitFor();
  await panel.locator('headlight-sense-map').scrollIntoViewIfNeeded();
  await workbench.screenshot('senses-words-umap');
  await panel.getByRole('radio', { name: 'PCA' }).click();
  await panel.getByText('PCA: the two directions').waitFor();
  await workbench.screenshot('senses-words');
});

test('nearest neighbours in context, beside those of the static vectors', async () => {
  await panel.getByRole('button', { name: 'Find neighbours' }).click();
  const near = panel.locator('[data-near] tbody tr');
  await near.first().waitFor();
  await panel.getByText(/places of content words, all of the document/).waitFor();
  expect(await near.count()).toBe(10);
  const fixed = panel.locator('[data-static] tbody tr');
  await fixed.first().waitFor();
  expect((await fixed.allInnerTexts()).slice(0, 3).map((text) => text.split(/\s/)[0])).toEqual(['stands', 'sit', 'stood']);
  const place = near.first().getByRole('button');
  const [word, line] = /^(\S+)\s+(\d+)/.exec(await place.innerText())!.slice(1);
  expect(lines[Number(line) - 1]).toContain(word);
  await panel.locator('headlight-neighbours').scrollIntoViewIfNeeded();
  await workbench.screenshot('senses-neighbours');
  await place.click();
  await workbench.selectionStatus.getByText(new RegExp(`^Ln ${line}, Col \\d+ \\(${word!.length} selected\\)$`)).waitFor();
  await panel.getByRole('button', { name: 'Close neighbours' }).click();
  for (const name of ['Remove tolerate', 'Remove music stand']) await panel.getByRole('button', { name }).click();
  await panel.getByRole('radio', { name: 'All evidence' }).click();
});

test('choosing an occurrence selects it in the editor', async () => {
  const target = lines.findIndex((line) => line.includes('noise of the traffic')) + 1;
  await panel.locator('button.occurrence').filter({ hasText: 'noise of the traffic' }).click();
  await workbench.selectionStatus.getByText(new RegExp(`^Ln ${target}, Col \\d+ \\(5 selected\\)$`)).waitFor();
});

test('a cursor on no word is answered with what to do', async () => {
  await workbench.goTo(2, 1);
  await workbench.command('Headlight: Show Senses of Word');
  await workbench.notification(/no single word here.*Put the cursor in a word/i).waitFor();
  expect(await panel.locator('[data-sense]').count()).toBe(3);
});
