import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

const cow = 'The cow jumped over the moon.';
const dish = 'The dish ran away with the spoon.';

interface NextAnswer {
  readonly isNext: number;
  readonly swapped: number;
  readonly control: { readonly isNext: number };
  readonly heads: readonly { readonly layer: number; readonly head: number; readonly firstToSecond: number }[];
}

/** What the command line says, which runs the same engine. */
function next(...args: string[]): NextAnswer {
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'next', ...args, '--json', '--device', 'cpu']);
  return JSON.parse(output.toString()) as NextAnswer;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: lessonFile, settings: { 'headlight.device': 'cpu' }, size: { width: 1400, height: 1300 } });
  await workbench.openFile('lesson.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const card = (): Locator => panel.locator('headlight-next-sentence');
const percentOf = async (pair: string): Promise<number> => Number.parseFloat(await card().locator(`[data-pair="${pair}"] td .number`).innerText());

test('the command compares the sentence at the cursor with the one after it, the reverse and one from elsewhere', async () => {
  await workbench.placeCursor('lesson.md', cow, 1);
  await workbench.command('Headlight: Next Sentence');
  panel = await workbench.panel();
  await card().locator('[data-chosen]').waitFor();
  expect(await card().getByRole('textbox').evaluateAll((fields) => fields.map((one) => (one as HTMLTextAreaElement).value))).toEqual([cow, dish]);
  const drawn = (): Promise<string> => card().locator('[data-pair="A, then a control"] .source-text').innerText();
  // Long ones are shown cut.
  for (let before = await drawn(); before.endsWith('…'); before = await drawn()) {
    await card().getByRole('button', { name: 'Another control sentence' }).click();
    await workbench.until('another control', async () => ((await drawn()) === before ? null : true));
  }
  const control = await drawn();
  const answer = next(cow, dish, '--swap', '--heads', '--control', control);
  expect(await percentOf('A, then B')).toBeCloseTo(100 * answer.isNext, 0);
  expect(await percentOf('B, then A')).toBeCloseTo(100 * answer.swapped, 0);
  expect(await percentOf('A, then a control')).toBeCloseTo(100 * answer.control.isNext, 0);
  // It stands in the document, where it says, and not beside the two.
  const line = Number(/lesson\.md:(\d+)/.exec(await card().locator('[data-from]').innerText())![1]);
  expect(lessonFile['lesson.md'].split('\n')[line - 1]).toContain(control);
  expect([cow, dish]).not.toContain(control);
  expect(await card().locator('[data-learnt]').innerText()).toMatch(/judges 85\.4.% rightly .* but 61\.3.%/);
  const best = answer.heads.reduce((most, head) => (head.firstToSecond > most.firstToSecond ? head : most));
  expect(await card().locator('[data-chosen]').innerText()).toContain(`Layer ${best.layer}, head ${best.head}: ${(100 * best.firstToSecond).toFixed(1)}`);
  await workbench.screenshot('next-sentence');
  await card().getByRole('button', { name: 'Another control sentence' }).click();
  await workbench.until('another control', async () => ((await drawn()) === control ? null : true));
});

test('one of its heads opens in the attention view, on the pair', async () => {
  const line = lessonFile['lesson.md'].split('\n').flatMap((text, at) => (text.includes(cow) ? [at + 1] : []))[1]!;
  const [, layer, head] = /Layer (\d), head (\d+)/.exec(await card().locator('[data-chosen]').innerText())!;
  await card().getByRole('button', { name: 'Open in the attention view', exact: true }).click();
  await panel.getByRole('heading', { name: `Layer ${layer}, head ${head}`, exact: true }).waitFor();
  await panel.getByRole('radio', { name: 'A→B', checked: true }).waitFor();
  expect(await panel.locator('[data-headline]').innerText()).toContain(`lesson.md:${line}, ${line + 1}`);
  await workbench.screenshot('next-sentence-head');
});

test('two selected sentences are compared, and Refresh keeps the pair', async () => {
  const place = await workbench.placeCursor('lesson.md', 'She folded her music stand');
  await workbench.selectLines({ line: place.line, column: 3 }, 2);
  await workbench.page.keyboard.press('Control+Alt+h');
  await workbench.page.keyboard.press('n');
  const second = card().getByRole('textbox', { name: 'B', exact: true });
  await workbench.until('the second sentence', async () => ((await second.inputValue().catch(() => '')) === 'The conductor tapped the stand with his baton.' ? true : null));
  await workbench.goTo(place.line + 1, 7);
  await workbench.type('old ');
  await panel.getByText('The document has changed since this was computed.').waitFor();
  await panel.locator('.notice').getByText('Refresh').click();
  await workbench.until('the sentence as it reads now', async () => ((await second.inputValue()) === 'The old conductor tapped the stand with his baton.' ? true : null));
});
