import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const cow = 'The cow jumped over the moon.';

interface Answer {
  readonly queries: readonly { readonly text: string }[];
  readonly tokens: readonly { readonly text: string }[];
  readonly attention: readonly (readonly (readonly (readonly number[])[])[])[];
}

/** What the command line says, which runs the same engine. */
function cross(...args: string[]): Answer {
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'attention', cow, '--model', 'translator', '--part', 'cross', '--layer', '5', '--head', '3', '--json', ...args]);
  return JSON.parse(output.toString()) as Answer;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu', 'headlight.model': 'translator' }, size: { width: 1500, height: 1100 } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const labels = (side: 'query' | 'key'): Promise<string[]> => panel.locator(`[data-side="${side}"] .source-text`).allInnerTexts();

/** Weights beside the keys of a row that is kept, against those of the command line, as far as they are written. */
async function expectRow(row: number, { attention }: Answer): Promise<void> {
  await panel.locator('[data-side="query"]').nth(row).click();
  const shown = await workbench.until('the weights of the row', async () => {
    const numbers = await panel.locator('[data-side="key"] .value').allInnerTexts();
    return numbers.every((text) => text !== '') ? numbers.map((text) => (text.startsWith('<') ? 0 : Number(text))) : null;
  });
  shown.forEach((weight, key) => { expect(weight).toBeCloseTo(attention[0]![0]![row]![key]!, 2); });
}

test('a translator is looked at writing the selected sentence', async () => {
  await workbench.select('lesson.md', cow);
  await workbench.command('Headlight: Show Attention');
  panel = await workbench.panel();
  await panel.getByRole('radio', { name: 'Across', exact: true }).click();
  await panel.locator('[data-written]').waitFor();
  expect(await panel.locator('[data-written]').innerText()).toBe('La vaca saltó sobre la luna.');
  await panel.locator('[data-layer="5"][data-head="3"]').click();
  await panel.getByRole('heading', { name: 'Layer 5, head 3', exact: true }).waitFor();
  const answer = cross();
  expect(await labels('query')).toEqual(answer.queries.map(({ text }) => text));
  expect((await labels('key')).map((text) => text.replace(/^[·\s]/, ''))).toEqual(answer.tokens.map(({ text }) => text.trim()));
  await expectRow(answer.queries.findIndex(({ text }) => text === 'luna'), answer);
  await workbench.screenshot('written-attention');
});

test('a written token shades the source words that it looks at', async () => {
  await panel.getByRole('heading', { name: 'All heads' }).hover();
  await workbench.placeCursor('lesson.md', 'moon.');
  await workbench.hover(/luna → moon 0\.9\d{3} · layer 5, head 3/);
  await workbench.leaveHover('lesson.md', '## 3. A pair');
});

test('another translation is looked into', async () => {
  await panel.getByRole('button', { name: 'Another translation…' }).click();
  const field = panel.getByRole('textbox', { name: 'Another translation' });
  await field.fill('La vaca saltó por encima de la luna.');
  await field.press('Enter');
  const answer = cross('--written', 'La vaca saltó por encima de la luna.');
  await workbench.until('the other rows', async () => ((await labels('query')).length === answer.queries.length ? true : null));
  expect(await labels('query')).toEqual(answer.queries.map(({ text }) => text));
  await expectRow(answer.queries.findIndex(({ text }) => text === 'luna'), answer);
  await workbench.screenshot('written-attention-given');
});

test('for a model of one text nothing of this is offered, and the text stays', async () => {
  await workbench.setSettings({ 'headlight.device': 'cpu', 'headlight.model': 'encoder' });
  await workbench.until('the encoder', async () => ((await panel.locator('[data-headline]').innerText()).includes('encoder') ? true : null));
  expect(await panel.getByRole('region', { name: 'Which attention' }).count()).toBe(0);
  await workbench.until('its tokens', async () => ((await labels('query')).includes('cow') ? true : null));
});
