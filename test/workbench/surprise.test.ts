import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/steps/paths.mjs';
import { keepFailures, Workbench } from '../support/workbench';

const text =
  'The cow jumped over the moon. The little dog laughed to see such sport, and the dish ran away with the spoon.\n\n' +
  'Nobody had expected that the refrigerator would sing opera at midnight.\n';

interface SurpriseAnswer {
  readonly words: readonly { readonly start: number; readonly end: number; readonly bits: number; readonly expected: readonly { readonly token: string }[] }[];
  readonly mean: number;
}

/** What the command line says, which runs the same engine. */
function surprise(of: string): SurpriseAnswer {
  const path = join(tmpdir(), `headlight-surprise-${process.pid}.txt`);
  writeFileSync(path, of);
  return JSON.parse(execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'surprise', path, '--top', '5', '--json', '--device', 'cpu']).toString()) as SurpriseAnswer;
}

let workbench: Workbench;
beforeAll(async () => {
  workbench = await Workbench.open({ files: { 'rhyme.txt': text }, settings: { 'headlight.device': 'cpu', 'workbench.colorTheme': 'Dark Modern' } });
  await workbench.openFile('rhyme.txt');
});
afterAll(() => workbench.close());
keepFailures(() => workbench);

/** Marks behind the text: how many are shaded, underlined, or left from before an edit. */
function marks(): Promise<{ shaded: number; underlined: number; stale: number }> {
  return workbench.page.evaluate(() => {
    const styles = Array.from(document.querySelectorAll('.view-overlays .cdr[class*="TextEditorDecorationType"]'), (mark) => getComputedStyle(mark));
    const clear = (color: string): boolean => color === 'transparent' || /, 0\)$/.test(color);
    return {
      shaded: styles.filter((style) => !clear(style.backgroundColor)).length,
      underlined: styles.filter((style) => style.borderBottomStyle === 'solid' && style.borderBottomWidth !== '0px' && !clear(style.borderBottomColor)).length,
      stale: styles.filter((style) => style.borderBottomStyle === 'dashed').length,
    };
  });
}
const status = (name: RegExp) => workbench.page.locator('.statusbar-item').filter({ hasText: name });
const surprising = ({ words }: SurpriseAnswer): number => words.filter(({ bits }) => bits >= 3).length;

test('the palette shades a document by what the engine says, with the mean in the status bar', async () => {
  await workbench.command('Headlight: Shade Words by Surprise');
  const answer = surprise(text);
  await status(new RegExp(`${answer.mean.toFixed(1)} bits a word`)).waitFor();
  await workbench.until('the shades', async () => ((await marks()).shaded === surprising(answer) ? true : null));
  await workbench.screenshot('surprise');
});

test('hovering over a word tells its bits and what was expected', async () => {
  const answer = surprise(text);
  const opera = answer.words.find(({ start }) => start === text.indexOf('opera'))!;
  await workbench.placeCursor('rhyme.txt', 'opera');
  const card = await workbench.hover(/Expected here/);
  const said = await card.innerText();
  expect(said).toContain(`${opera.bits.toFixed(1)} bits`);
  expect(said).toContain(opera.expected[0]!.token);
  await workbench.screenshot('surprise-hover');
  await workbench.leaveHover('rhyme.txt', 'little');
});

test('the status bar item explains the shades', async () => {
  await status(/bits a word/).hover();
  const legend = workbench.page.locator('.monaco-hover, .workbench-hover').filter({ hasText: 'How hard each word is to guess' }).first();
  await legend.waitFor();
  expect(await legend.locator('span[style*="background-color"]').count()).toBe(4);
  await workbench.screenshot('surprise-legend');
  await workbench.page.mouse.move(400, 400);
});

test('an edit leaves dashed lines, and a click on the status bar shades anew', async () => {
  await workbench.goTo(1, 8);
  await workbench.type('s');
  await status(/before your edit/).waitFor();
  await workbench.until('marks from before', async () => {
    const now = await marks();
    return now.shaded === 0 && now.stale > 0 ? true : null;
  });
  await status(/before your edit/).click();
  const answer = surprise(text.replace('cow', 'cows'));
  await workbench.until('new shades', async () => {
    const now = await marks();
    return now.stale === 0 && now.shaded === surprising(answer) ? true : null;
  });
});

test('a selection alone is shaded, and Escape clears', async () => {
  await workbench.select('rhyme.txt', 'refrigerator would sing opera');
  await workbench.command('Headlight: Shade Words by Surprise');
  await workbench.until('fewer shades', async () => {
    const { shaded } = await marks();
    return shaded > 0 && shaded <= 4 ? true : null;
  });
  await workbench.goTo(3, 1);
  await workbench.page.keyboard.press('Escape');
  await workbench.until('no shade', async () => ((await marks()).shaded === 0 ? true : null));
  await status(/bits a word/).waitFor({ state: 'detached' });
});

test('in light and high contrast the words can be told apart too', async () => {
  await workbench.setSettings({ 'workbench.colorTheme': 'Light Modern' });
  await workbench.command('Headlight: Shade Words by Surprise');
  await workbench.until('shades', async () => ((await marks()).shaded > 5 ? true : null));
  await workbench.screenshot('surprise-light');
  await workbench.setSettings({ 'workbench.colorTheme': 'Default High Contrast' });
  await workbench.until('lines', async () => {
    const now = await marks();
    return now.shaded === 0 && now.underlined > 5 ? true : null;
  });
  await workbench.screenshot('surprise-high-contrast');
});
