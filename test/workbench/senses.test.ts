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
