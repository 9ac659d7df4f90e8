import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { lessonFile, maskSentence } from '../support/lesson';
import { keepFailures, Workbench } from '../support/workbench';

interface PredictAnswer {
  readonly masks: readonly { readonly index: number; readonly predictions: readonly { readonly token: string; readonly probability: number }[] }[];
}

/** What the command line says, which runs the same engine. */
function predict(text: string, top: number): PredictAnswer {
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'predict', text, '--top', String(top), '--json', '--device', 'cpu']);
  return JSON.parse(output.toString()) as PredictAnswer;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files: { ...lessonFile, 'own.txt': '' }, settings: { 'headlight.device': 'cpu' } });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const chart = (): Locator => panel.locator('headlight-prediction-bars canvas');
const chip = (text: string): Locator => panel.getByRole('group', { name: /^Tokens/ }).getByText(text, { exact: true }).first();

/** The words that a chart says it shows, with their percentages. */
async function charted(canvas: Locator): Promise<{ token: string; percent: number }[]> {
  const label = (await canvas.getAttribute('aria-label')) ?? '';
  return [...label.matchAll(/(\S+) [>< ]*([\d.]+)\s%/gu)].map(([, token, percent]) => ({ token: token!.replace(/^,/, ''), percent: Number(percent) }));
}

/** Waits until the first chart shows what the command line says about the sentence. */
async function expectCharted(sentence: string, top: number): Promise<void> {
  const expected = predict(sentence, top).masks[0]!.predictions;
  await vi.waitFor(
    async () => {
      const shown = await charted(chart().first());
      expect(shown.map(({ token }) => token)).toEqual(expected.map(({ token }) => token));
      expected.forEach(({ probability }, index) => { expect(shown[index]!.percent).toBeCloseTo(probability * 100, 0); });
    },
    { timeout: 30_000, interval: 200 },
  );
}

test('the palette predicts the typed mask, and the chart shows what the engine says', async () => {
  await workbench.openFile('lesson.md');
  await workbench.placeCursor('lesson.md', maskSentence);
  await workbench.command('Headlight: Predict Masked Words');
  panel = await workbench.panel();
  await chart().first().waitFor();
  await expectCharted(maskSentence, 8);
  await workbench.screenshot('predictions-palette');
});

test('the setting changes how many are shown', async () => {
  await workbench.setSettings({ 'headlight.topK': 3 });
  await workbench.until('three predictions', async () => ((await charted(chart().first())).length === 3 ? true : null));
  await workbench.setSettings({});
  await workbench.until('eight predictions', async () => ((await charted(chart().first())).length === 8 ? true : null));
});

test('the probability of a word that is typed appears with its rank', async () => {
  const field = panel.getByRole('textbox', { name: 'Probability of a word' });
  await field.fill('fence');
  await field.press('Enter');
  const row = panel.locator('table.asked tr').filter({ hasText: 'fence' });
  await row.waitFor();
  expect(await row.innerText()).toMatch(/[\d.]+\s%\s+[\d,]+/u);
  await workbench.screenshot('predictions-candidate');
});

test('clicking tokens masks several at once', async () => {
  await chip('cow').click();
  await workbench.until('two masks', async () => ((await chart().count()) === 2 ? true : null));
  await chip('jumped').click();
  await workbench.until('three masks', async () => ((await chart().count()) === 3 ? true : null));
  expect(await panel.locator('[data-original] .source-text').allInnerTexts()).toEqual(['cow', 'jumped']);
  await workbench.screenshot('predictions-three-masks');
  await chip('jumped').click();
  await chip('cow').click();
  await workbench.until('one mask', async () => ((await chart().count()) === 1 ? true : null));
});

test('what each layer would say ends in what the model says', async () => {
  await panel.getByRole('button', { name: 'By layer' }).click();
  const depth = panel.locator('headlight-predictions-depth');
  await depth.locator('[data-state="6"]').waitFor();
  const [best] = predict(maskSentence, 1).masks[0]!.predictions;
  const column = await depth.locator('[data-place]').evaluateAll((places) => places.findIndex((place) => place.textContent === '▁▁▁'));
  const said = await depth.locator('[data-state] td').evaluateAll((cells, at) => cells.filter((cell) => (cell as HTMLTableCellElement).cellIndex === at + 1).map((cell) => cell.textContent), column);
  expect(said).toHaveLength(7);
  expect(said.at(-1)).toBe(best!.token);
  await depth.getByRole('heading', { name: 'What each layer would say' }).scrollIntoViewIfNeeded();
  await workbench.screenshot('predictions-by-layer');
  await panel.getByRole('button', { name: 'Hide layers' }).click();
});

test('the reader trains like BERT: guesses, then answers of the model', async () => {
  await workbench.placeCursor('lesson.md', 'Every sentence here can be');
  await workbench.command('Headlight: Predict Masked Words');
  await chip('sentence').waitFor();
  await panel.getByRole('button', { name: 'Train like BERT' }).click();
  const game = panel.locator('headlight-predictions-training');
  const first = game.getByRole('textbox').first();
  await first.fill('nonsense');
  await workbench.screenshot('predictions-training');
  await first.press('Enter');
  const score = /You had 0 of (\d+) right, the model (\d+)\. Its loss here, .* is (\d+\.\d\d)/.exec(await game.locator('[data-score]').innerText());
  expect(score).not.toBeNull();
  const places = Number(score![1]);
  expect(await game.locator('[data-answer]').count()).toBe(places);
  expect(await game.locator('.place').count()).toBe(places);
  await game.locator('[data-score]').scrollIntoViewIfNeeded();
  await workbench.screenshot('predictions-training-answers');
  await panel.getByRole('button', { name: 'Hide the game' }).click();
});

test('a word without a mask is masked by the context menu', async () => {
  await workbench.openFile('lesson.md');
  await workbench.select('lesson.md', 'telescope');
  await workbench.contextMenu('Predict Masked Words');
  panel = await workbench.panel();
  await panel.getByText('stood here').first().waitFor();
  expect((await panel.locator('[data-original] .source-text').allInnerTexts()).join('').replaceAll('##', '')).toBe('telescope');
});

test('typing [MASK] in a file and the keybinding do the same', async () => {
  await workbench.openFile('own.txt');
  await workbench.type('The dish ran away with the [MASK].');
  await workbench.page.keyboard.press('Control+Alt+h');
  await workbench.page.keyboard.press('p');
  await panel.locator('[data-headline]').getByText(/own\.txt:1/).waitFor();
  await expectCharted('The dish ran away with the [MASK].', 8);
});

test('an edit marks the answer as stale, and Refresh asks again', async () => {
  await workbench.goTo(1, 1);
  await workbench.page.keyboard.press('Control+ArrowRight');
  await workbench.type(' big');
  await panel.getByText('The document has changed since this was computed.').waitFor();
  await panel.locator('.notice').getByText('Refresh').click();
  await chip('big').waitFor();
});
