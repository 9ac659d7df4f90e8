import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { keepFailures, Workbench } from '../support/workbench';

const long = 'When I was a little child, my grandmother told me long stories about the old village near the river.';
const story = `# A story

${long} She said that the people there never went to bed before midnight. My brother did not believe her, but he always asked for more.
We sat in the kitchen and listened to her until the fire went out. In the morning we had forgotten half of what she had told us.
`;
const pairs = 'The cow jumped over the moon.\tLa vaca saltó sobre la luna.\nWhere is the bank?\t¿Dónde está el banco?\nI want to eat something before I go home.\tQuiero comer algo antes de irme a casa.';

interface Lineage {
  readonly generations: readonly {
    readonly model: string;
    readonly output: string;
    readonly logProbability: number;
    readonly bleu: number;
    readonly recorded: { readonly bleu: number };
    readonly reference: { readonly bitsPerToken: number };
    readonly forgetting?: readonly { readonly word: string; readonly atEnd: { readonly cosineDistance: number }; readonly justRead: { readonly cosineDistance: number } }[];
  }[];
}

/** What the command line says, which runs the same engine. */
function lineage(...args: string[]): Lineage {
  return JSON.parse(execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'lineage', ...args, '--json', '--device', 'cpu']).toString()) as Lineage;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: { 'story.md': story, 'pairs.tsv': pairs }, settings: { 'headlight.device': 'cpu' }, size: { width: 1500, height: 1300 } });
  await workbench.openFile('story.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const column = (model: string): Locator => panel.locator(`[data-model="${model}"]`);
const reference = (): Locator => panel.locator('headlight-lineage-reference');
const lengths = (): Locator => panel.locator('headlight-lineage-lengths');
const forgetting = (): Locator => panel.locator('headlight-lineage-forgetting');

test('lineage: the sentence at the cursor by all three, as the command line has it, and what is left of each word', async () => {
  await workbench.placeCursor('story.md', 'grandmother');
  await workbench.command('Headlight: Compare Three Generations of Translators');
  panel = await workbench.panel();
  await column('translator').locator('[data-output]').waitFor();
  await column('rnn').locator('[data-left]').waitFor();
  const { generations } = lineage(long);
  for (const { logProbability, model, output } of generations) {
    expect(await column(model).locator('[data-output]').innerText()).toBe(`${output} </s>`);
    expect(await column(model).locator('[data-facts]').innerText()).toContain(Math.abs(logProbability).toFixed(2));
  }
  const words = generations[0]!.forgetting!;
  expect(await column('rnn').locator('[data-influence] .word').allInnerTexts()).toEqual(words.map(({ word }) => word));
  const bars = await column('rnn').locator('[data-influence] .end').evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width / bar.parentElement!.getBoundingClientRect().width));
  const most = Math.max(...words.flatMap(({ atEnd, justRead }) => [atEnd.cosineDistance, justRead.cosineDistance]));
  words.forEach(({ atEnd }, at) => {
    expect(bars[at]).toBeCloseTo(atEnd.cosineDistance / most, 1);
  });
  // Of the first half of the words less is left than of the second.
  const [first, second] = Array.from((await column('rnn').locator('[data-left]').innerText()).matchAll(/([\d.]+).%/g), (match) => Number(match[1])) as [number, number];
  expect(first).toBeLessThan(second / 2);
  await column('rnn-attention').locator('headlight-head-matrix').waitFor();
  await workbench.screenshot('lineage');
});

test('lineage: what was recorded, and pasted pairs beside it', async () => {
  await lengths().getByRole('textbox').fill(pairs);
  await lengths().getByRole('button', { name: 'Translate by all three' }).click();
  await lengths().getByText('At most 500 pairs').waitFor();
  await lengths().locator('[data-overall]').waitFor();
  const { generations } = lineage('--pairs', join(workbench.server.folder, 'pairs.tsv'));
  const rows = (await lengths().locator('[data-overall] tbody tr').allInnerTexts()).map((row) => row.split(/\s+/));
  expect(rows).toEqual(generations.map(({ bleu, model, recorded }) => [model, bleu.toFixed(1), recorded.bleu.toFixed(1)]));
});

test('lineage: forgetting, measured over the sentences of the document', async () => {
  await forgetting().locator('[data-measured]').getByText(/5.sentences of the document/).waitFor();
  const left = Array.from((await forgetting().locator('[data-course]').innerText()).matchAll(/([\d.]+).%/g), (match) => Number(match[1]));
  expect(left).toHaveLength(2);
  expect(left[0]).toBeLessThan(80);
  expect(left[1]).toBeLessThan(left[0]!);
  await forgetting().scrollIntoViewIfNeeded();
  await workbench.screenshot('lineage-forgetting');
});

test('lineage: a reference is scored by all three', async () => {
  const given = 'Cuando yo era niño, mi abuela me contaba largas historias.';
  await reference().getByRole('textbox').fill(given);
  await reference().getByRole('textbox').press('Enter');
  await reference().locator('[data-pieces]').waitFor();
  const { generations } = lineage(long, '--reference', given);
  await workbench.until('all scores', async () => ((await reference().locator('[data-totals] tbody').innerText()).includes('–') ? null : true));
  const rows = (await reference().locator('[data-totals] tbody tr').allInnerTexts()).map((row) => row.split(/\s+/)[1]);
  expect(rows).toEqual(generations.map(({ reference: score }) => score.bitsPerToken.toFixed(2)));
  await reference().scrollIntoViewIfNeeded();
  await workbench.screenshot('lineage-reference');
});
