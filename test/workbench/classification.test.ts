import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { strengthOf } from '../../src/editor/evidence/strength';
import { keepFailures, Workbench } from '../support/workbench';

const sentence = 'The plot is not good, although the unforgettable music almost saves it.';
const lines = ['negative\tA dull, badly written mess.', 'positive\tA warm and funny film.', 'positive\tTerrible.', ''].join('\n');

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly logit: number;
}

interface Answer {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly evidence: { readonly words: readonly Word[] };
}

/** What the command line says, which runs the same engine. */
function classify(text: string): Answer {
  return JSON.parse(execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'classify', text, '--evidence', '--json', '--device', 'cpu']).toString()) as Answer;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({
    files: { 'review.md': `Of last night.\n\n${sentence}\n`, 'lines.tsv': lines },
    settings: { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Dark Modern' },
  });
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const word = (name: string): Locator => panel.getByRole('button', { name: new RegExp(`^${name}:`) });

/** How many marks of either kind these words make: VS Code draws neighbours of one look, such as a last word and its full stop, as one. */
function looksOf(words: readonly Word[]): { solid: number; dashed: number } {
  const most = Math.max(...words.map(({ logit }) => Math.abs(logit)));
  const look = ({ logit }: Word): number => Math.sign(logit) * (strengthOf(logit, most) ?? 0);
  const marked = words.filter((word, at) => look(word) !== 0 && !(words[at - 1]?.end === word.start && look(words[at - 1]!) === look(word)));
  return { solid: marked.filter(({ logit }) => logit > 0).length, dashed: marked.filter(({ logit }) => logit < 0).length };
}

/** Marks behind the text of the editors: lines that are solid, for the class, or dashed, against it. */
function marks(): Promise<{ solid: number; dashed: number }> {
  return workbench.page.evaluate(() => {
    const styles = Array.from(document.querySelectorAll('.view-overlays .cdr[class*="TextEditorDecorationType"]'), (mark) => getComputedStyle(mark));
    const lined = (kind: string): number => styles.filter((style) => style.borderBottomStyle === kind && style.borderBottomWidth !== '0px').length;
    return { solid: lined('solid'), dashed: lined('dashed') };
  });
}
const untilNone = (): Promise<true> => workbench.until('no mark', async () => (Object.values(await marks()).every((count) => count === 0) ? true : null));

test('the palette classifies the sentence at the cursor, and shades its words in the document', async () => {
  await workbench.openFile('review.md');
  await workbench.placeCursor('review.md', 'unforgettable');
  await workbench.command('Headlight: Classify Selection');
  panel = await workbench.panel();
  await panel.locator('[data-correlation]').waitFor();
  const { evidence, label } = classify(sentence);
  expect(await panel.locator('[data-label]').innerText()).toBe(label);
  const expected = looksOf(evidence.words);
  await workbench.until('the shades', async () => (isDeepStrictEqual(await marks(), expected) ? true : null));
  await workbench.screenshot('classification');
});

test('hovering over a word tells what it does', async () => {
  const { evidence, label } = classify(sentence);
  const [strongest] = [...evidence.words].sort((a, b) => Math.abs(b.logit) - Math.abs(a.logit));
  await workbench.placeCursor('review.md', strongest!.word);
  const card = await workbench.hover(/log-odds/);
  expect(await card.innerText()).toContain(`“${strongest!.word}” speaks ${strongest!.logit > 0 ? 'for' : 'against'} ${label}`);
  await workbench.screenshot('classification-hover');
  await workbench.leaveHover('review.md', 'Of last');
});

test('a click on a word goes to it, and Escape clears the shades', async () => {
  await word('music').click();
  await workbench.until('the selection', async () => ((await workbench.page.locator('.statusbar-item').filter({ hasText: '(5 selected)' }).count()) > 0 ? true : null));
  await workbench.focusEditor();
  await workbench.page.keyboard.press('Escape');
  await untilNone();
});

test('an edit of the text ends the shades', async () => {
  await panel.getByRole('radio', { name: 'Delete' }).click();
  await workbench.until('the shades', async () => ((await marks()).solid > 0 ? true : null));
  await workbench.goTo(3, 5);
  await workbench.type('x');
  await untilNone();
  await panel.getByText('The document has changed').waitFor();
});

test('the palette classifies the lines of a file, and goes to the most wrong one', async () => {
  await workbench.openFile('lines.tsv');
  await workbench.command('Headlight: Classify Lines of This File');
  const table = panel.locator('headlight-classified-lines');
  await table.getByText('2 of 3 as labelled').waitFor();
  await table.getByLabel('Order').selectOption('most wrong first');
  expect(await table.locator('[data-line]').first().innerText()).toContain('Terrible.');
  await table.getByRole('button', { name: 'Terrible.' }).click();
  await workbench.until('the selection', async () => ((await workbench.page.locator('.statusbar-item').filter({ hasText: '(9 selected)' }).count()) > 0 ? true : null));
  await workbench.screenshot('classification-lines');
});
