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

test('the map shows contextual and static vectors', async () => {
  const map = panel.locator('headlight-sense-map canvas');
  expect(await map.getAttribute('aria-label')).toContain('9 occurrences in 3 senses, contextual');
  await panel.getByRole('radio', { name: 'Static' }).click();
  await panel.getByText(/its points all but coincide/).waitFor();
  expect(await map.getAttribute('aria-label')).toContain('static');
  await workbench.screenshot('senses-static');
  await panel.getByRole('radio', { name: 'Contextual' }).click();
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
