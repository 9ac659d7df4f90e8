import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { TextTokenizer } from '../../src/text/tokenizer';
import { findPython } from '../../scripts/steps/python.mjs';
import type { Bench } from './main';
import type { Painted } from './panel';
import { launchChromium, now } from './panelPage';
import { times, type Row } from './report';
import { textOfTokens } from './texts';

/** Milliseconds that a page of BertViz may take until its first picture. */
const limit = 60_000;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const goals: Readonly<Record<number, string>> = { 128: 'time ≥ 10×', 256: 'payload ≥ 100×' };

interface Made {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** BertViz's two views on the same weights and texts, from ids to the first SVG on screen, against what we took. */
export async function bertVizRows(bench: Bench, model: string, tokenizer: TextTokenizer, ours: ReadonlyMap<number, Painted>): Promise<Row[]> {
  const installed = join(bench.root, '.cache', 'bertviz');
  const python = findPython();
  if (!python || !existsSync(join(installed, 'bertviz'))) {
    return [{ what: 'BertViz', figure: 'not measured: it is not installed; test/bench/README.md has the commands' }];
  }
  const folder = join(bench.root, '.cache', 'bench');
  mkdirSync(folder, { recursive: true });
  const rows: Row[] = [];
  for (const view of ['model', 'head'] as const) {
    for (const [length, own] of ours) {
      const what = `BertViz ${view} view, ${length} tokens`;
      const out = join(folder, `bertviz-${view}.html`);
      const { tokens } = tokenizer.encode(textOfTokens(length));
      const asked = { ids: tokens.map(({ id }) => id), tokens: tokens.map(({ piece }) => piece), view, out };
      const made = await make(bench, python, installed, model, asked);
      if (!made) {
        rows.push({ what, figure: 'Python failed to make the page' });
        continue;
      }
      const opened = await open(out);
      const payload = `${megabytes(made.bytes)}, ${times(made.bytes / own.bytes)} ours (${megabytes(own.bytes)})`;
      const took = opened === null ? null : made.milliseconds + opened;
      const row: Row = {
        what,
        figure: took === null
          ? `no picture within ${limit / 1000} s of opening (${(made.milliseconds / 1000).toFixed(1)} s to make); payload ${payload}`
          : `${(took / 1000).toFixed(2)} s to the first picture, ${times(took / own.milliseconds)} ours (${(own.milliseconds / 1000).toFixed(2)} s); payload ${payload}`,
        ...(goals[length] === undefined ? {} : { goal: goals[length] }),
      };
      console.error(`${row.what}: ${row.figure}`);
      rows.push(row);
    }
  }
  return rows;
}

/** Has a Python of its own make the page, for the second time, so that nothing is loaded within the time; null when it fails. */
async function make(bench: Bench, python: string, installed: string, model: string, asked: object): Promise<Made | null> {
  const child = spawn(python, ['-W', 'ignore', join(bench.root, 'test', 'bench', 'bertviz_server.py'), model, join(installed, 'node_modules')], {
    env: { ...process.env, PYTHONPATH: installed },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const answer = async (): Promise<Made | null> => {
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    const line = await lines.next();
    return line.done ? null : (JSON.parse(line.value) as Made);
  };
  const made = (await answer()) && (await answer());
  child.kill();
  return made;
}

/** Milliseconds until the page shows its first SVG; null when that takes too long or the page breaks. */
async function open(file: string): Promise<number | null> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const start = now();
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit', timeout: limit });
    const shown = page.waitForFunction(() => document.querySelector('svg *') !== null, undefined, { polling: 'raf', timeout: limit });
    await Promise.race([shown, new Promise((_, reject) => page.once('crash', reject))]);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    return now() - start;
  } catch {
    return null;
  } finally {
    await browser.close();
  }
}
