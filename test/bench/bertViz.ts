import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { TextTokenizer } from '../../src/text/tokenizer';
import { findPython } from '../../scripts/steps/python.mjs';
import type { Bench } from './main';
import type { Painted } from './panel';
import { launchMortal, now } from './panelPage';
import { times, type Row } from './report';
import { textOfTokens } from './texts';

/** Milliseconds that a page of BertViz may take to be made, and to be opened until its first picture. */
const making = 120_000;
const opening = 60_000;
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
      const asked = (text: string): object => {
        const { tokens } = tokenizer.encode(text);
        return { ids: tokens.map(({ id }) => id), tokens: tokens.map(({ piece }) => piece), view, out };
      };
      const made = await make(bench, python, installed, model, asked(textOfTokens(16, length)), asked(textOfTokens(length)));
      if (typeof made === 'string') {
        rows.push({ what, figure: made });
        console.error(`${what}: ${made}`);
        continue;
      }
      const opened = await open(out);
      const payload = `${megabytes(made.bytes)}, ${times(made.bytes / own.bytes)} ours`;
      const took = opened === null ? null : made.milliseconds + opened;
      const row: Row = {
        what,
        figure: took === null
          ? `no picture within ${opening / 1000} s of opening (${(made.milliseconds / 1000).toFixed(1)} s to make); payload ${payload}`
          : `${(took / 1000).toFixed(2)} s to the first picture, ${times(took / own.milliseconds)} ours (${(own.milliseconds / 1000).toFixed(2)} s); payload ${payload}`,
        ...(goals[length] === undefined ? {} : { goal: goals[length] }),
      };
      console.error(`${row.what}: ${row.figure}`);
      rows.push(row);
    }
  }
  return rows;
}

/** Has a Python of its own make a page after a short one, so that nothing is loaded within the time; what happened where it fails. */
async function make(bench: Bench, python: string, installed: string, model: string, short: object, asked: object): Promise<Made | string> {
  const child = spawn(python, ['-W', 'ignore', join(bench.root, 'test', 'bench', 'bertviz_server.py'), model, join(installed, 'node_modules')], {
    env: { ...process.env, PYTHONPATH: installed },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const answer = async (page: object): Promise<Made | string> => {
    child.stdin.write(`${JSON.stringify(page)}\n`);
    const line = await lines.next();
    return line.done ? 'Python ended without a page' : (JSON.parse(line.value) as Made);
  };
  await answer(short);
  const timer = setTimeout(() => child.kill('SIGKILL'), making);
  const made = await answer(asked);
  clearTimeout(timer);
  const ranOut = child.killed;
  child.kill();
  return ranOut ? `no page within ${making / 1000} s` : made;
}

/** Milliseconds until the page shows its first SVG; null when that takes too long or the page breaks. */
async function open(file: string): Promise<number | null> {
  const { browser, kill } = await launchMortal();
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const start = now();
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit', timeout: opening });
    const shown = page
      .waitForFunction(() => document.querySelector('svg *') !== null, undefined, { polling: 'raf', timeout: opening })
      .then(() => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))));
    await Promise.race([
      shown,
      new Promise((_, reject) => {
        page.once('crash', reject);
        timer = setTimeout(reject, opening, new Error('no picture'));
      }),
    ]);
    return now() - start;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    // To close it would wait for the page.
    await kill();
  }
}
