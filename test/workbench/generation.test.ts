import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { visibleText } from '../../src/text/visibleText';
import { keepFailures, Workbench } from '../support/workbench';

const prompt = 'The cow jumped over the';
const files = {
  'rhyme.md': `# Rhymes\n\n- ${prompt} and so on.\n\nНичего не понимаю\n`,
  // Ten times the decoder's window.
  'long.md': `${Array.from({ length: 2600 }, (_, index) => (index === 0 ? 'Once' : 'the cow')).join(' ')}\n`,
};

interface Said {
  readonly output: string;
  readonly steps: readonly {
    readonly token: string;
    readonly probability: number;
    readonly chances: readonly { readonly token: string; readonly probability: number; readonly chance: number }[];
    readonly drawable: number;
    readonly states: readonly { readonly alternatives: readonly { readonly token: string }[] }[];
  }[];
}

/** What the command line says, which runs the same engine. */
function generate(...args: string[]): Said {
  const output = execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'generate', prompt, ...args, '--json', '--device', 'cpu', '--top', '10'], { maxBuffer: 2 ** 26 });
  return JSON.parse(output.toString()) as Said;
}

let workbench: Workbench;
let panel: Frame;
beforeAll(async () => {
  workbench = await Workbench.open({ files, settings: { 'headlight.device': 'cpu' }, size: { width: 1400, height: 1300 } });
  await workbench.openFile('rhyme.md');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

const tokens = (): Locator => panel.locator('.written button');
const rows = (): Locator => panel.locator('headlight-next-tokens [data-token]');
const ended = (): Locator => panel.locator('[data-ended]');
const line = (): Promise<string> => workbench.page.locator('.monaco-editor .view-line').filter({ hasText: prompt }).first().innerText().then((text) => text.replaceAll('\u00a0', ' '));
async function slide(name: string, steps: number): Promise<void> {
  await panel.getByRole('slider', { name }).focus();
  for (let step = 0; step < Math.abs(steps); step++) await workbench.page.keyboard.press(steps > 0 ? 'ArrowRight' : 'ArrowLeft');
}

describe('generation', () => {
  test('the text before the cursor is written on, as the command line says', async () => {
    // Within the last word, which is read whole.
    await workbench.goTo(3, 2 + prompt.length);
    await workbench.command('Headlight: Write On from Here');
    panel = await workbench.panel();
    await ended().getByText('had not stopped after 40 tokens').waitFor();
    expect(await panel.locator('.prompt').innerText()).toBe(prompt);
    const said = generate('--depth');
    expect(await tokens().allInnerTexts()).toEqual(said.steps.map(({ token }) => visibleText(token)));
    const [first] = said.steps;
    expect(await rows().first().innerText()).toContain((100 * first!.probability).toFixed(1));
    expect(await panel.locator('.lens tr').first().locator('td').first().innerText()).toBe(first!.states[0]!.alternatives[0]!.token);
    expect(await panel.locator('.lens tr').count()).toBe(7);
    await tokens().nth(4).click();
    await panel.locator('headlight-head-matrix canvas').waitFor();
    await workbench.screenshot('generation');
  });

  test('settings reshape the next token at once, and draw', async () => {
    await tokens().first().click();
    await panel.getByRole('radio', { name: 'Drawn' }).click();
    await slide('Temperature', -4);
    await slide('Top-k', -4);
    await slide('Repetition penalty', 6);
    const [said] = generate('--max', '1', '--temperature', '0.6', '--top-k', '10', '--penalty', '1.3', '--seed', '1').steps;
    expect(said!.drawable).toBe(10);
    await panel.locator('[data-reshaped]').getByText('10').waitFor();
    const percent = (value: number): number => Number((100 * value).toPrecision(3));
    const shown = await workbench.until('the chances of these settings', async () => {
      const numbers = (await rows().locator('.numbers').allInnerTexts()).map((text) => /([\d.]+).% → ([\d.]+).%/.exec(text));
      return numbers[0] && Math.abs(Number(numbers[0][2]) - percent(said!.chances[0]!.chance)) < 0.11 ? numbers : null;
    });
    said!.chances.slice(0, 5).forEach(({ chance, probability }, at) => {
      expect(Math.abs(Number(shown[at]![1]) - percent(probability))).toBeLessThan(0.11);
      expect(Math.abs(Number(shown[at]![2]) - percent(chance))).toBeLessThan(0.11);
    });
    await panel.getByText('Write with these settings').click();
    await panel.locator('[data-step-text]').getByText('Drawn with').waitFor();
    await workbench.screenshot('generation-drawn');
  });

  test('an alternative leads to a branch; both stay', async () => {
    await panel.getByRole('treeitem').first().click();
    const first = generate().steps.map(({ token }) => visibleText(token));
    await workbench.until('the first continuation', async () => ((await tokens().allInnerTexts()).join() === first.join() ? true : null));
    await panel.getByRole('radio', { name: 'Most probable' }).click();
    await tokens().nth(2).click();
    const other = rows().nth(2);
    const name = await other.locator('.token').innerText();
    await other.click();
    await panel.getByRole('treeitem', { name: `From token 3: …${name}` }).waitFor();
    expect((await tokens().allInnerTexts()).slice(0, 3)).toEqual([first[0], first[1], name]);
    await workbench.screenshot('generation-branches');
    await panel.getByRole('treeitem').first().click();
    await workbench.until('the first continuation again', async () => ((await tokens().allInnerTexts()).join() === first.join() ? true : null));
  });

  test('the continuation goes into the document behind the prompt, as one edit', async () => {
    const { output } = generate();
    await panel.getByText('Insert into document').click();
    await panel.getByText('Inserted behind the prompt.').waitFor();
    const all = `- ${prompt}${output} and so on.`;
    const inserted = await workbench.until('the text', async () => {
      const text = await workbench.page.locator('.monaco-editor .view-lines').first().innerText();
      return text.replaceAll('\u00a0', ' ').replaceAll('\n', '').includes(output.slice(0, 30).trimEnd()) ? text : null;
    });
    expect(inserted).toBeTruthy();
    expect(await panel.getByText('The document has changed since this was computed.').count()).toBe(0);
    await workbench.focusEditor();
    await workbench.page.keyboard.press('Control+z');
    await workbench.until('the line as it was', async () => ((await line()) === `- ${prompt} and so on.` ? true : null));
    expect(all.length).toBeGreaterThan(`- ${prompt} and so on.`.length);
    // A prompt that was edited is not written behind.
    await workbench.goTo(3, 7);
    await workbench.type('brown ');
    await panel.getByText('The document has changed since this was computed.').waitFor();
    await panel.getByText('Insert into document').click();
    await panel.getByText('The prompt has changed in the document since it was read.').waitFor();
  });

  test('writing can be stopped at any token, and other languages and ten windows of text are read', async () => {
    await workbench.goTo(5, 19);
    await workbench.command('Headlight: Write On from Here');
    await workbench.until('the other prompt', async () => ((await panel.locator('.prompt').innerText()) === 'Ничего не понимаю' ? true : null));
    await ended().getByText(/had not stopped|stop token/).waitFor();
    await slide('Most tokens', 3);
    await panel.getByText('Write with these settings').click();
    await ended().getByText(/Writing: \d+ of at most 320.tokens/).waitFor();
    await panel.getByRole('button', { name: 'Stop' }).click();
    await ended().getByText(/You stopped it after \d+.tokens/).waitFor();
    const kept = Number(/after (\d+)/.exec(await ended().innerText())![1]);
    expect(await tokens().count()).toBe(kept);
    // Before its window was full.
    expect(kept).toBeLessThan(240);
    await workbench.openFile('long.md');
    await workbench.goTo(1, files['long.md'].length);
    await workbench.page.keyboard.press('Control+a');
    await workbench.command('Headlight: Write On from Here');
    await panel.getByText(/Read the last \d+ tokens of the prompt/).waitFor();
    await ended().getByText(/had not stopped|window of 256/).waitFor();
    await workbench.screenshot('generation-long');
  });
});
