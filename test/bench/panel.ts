import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packMap } from '../../src/editor/panel/packMap';
import { EngineClient } from '../../src/engine/client';
import { loadModel } from '../../src/engine/loadModel';
import { InferenceSession } from 'onnxruntime-node';
import { bertBase } from './bertBase';
import { bertVizRows } from './bertViz';
import { residentMegabytes } from './engineStart';
import type { Bench } from './main';
import { attentionOf, framesDuring, gridPainted, heapBytes, launchChromium, now, type FrameTimes } from './panelPage';
import { PanelServer } from './panelServer';
import { milliseconds, report, times, type Row } from './report';
import { median, ratio, timed } from './statistics';
import { runPlain } from './textToAttention';
import { textOfTokens } from './texts';

const size = '12 × 12 heads';
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;

/** What was measured of the panel with one length of text. */
export interface Painted {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** The panel with a model of BERT-base's size: time to the grid, bytes sent, heap and frames; then BertViz. */
export async function panel(bench: Bench): Promise<Row[]> {
  const model = bertBase(bench);
  if (!model) return [{ what: `${size}: the panel`, figure: 'not measured: no Python with torch found (see --help)' }];
  const target = { model, device: 'cpu' } as const;
  const { tokenizer, ...loaded } = await loadModel(target, bench, new AbortController().signal).then((own) => ({
    tokenizer: own.tokenizer,
    dispose: () => own.dispose(),
  }));
  await loaded.dispose();
  const idsOf = (text: string): number[] => tokenizer.encode(text).tokens.map(({ id }) => id);
  const plain = await InferenceSession.create(readFileSync(join(model, 'model.onnx')), { logSeverityLevel: 3 });
  const engine = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  const server = new PanelServer(bench.root, engine, target);
  const browser = await launchChromium();
  const rows: Row[] = [];
  const painted = new Map<number, Painted>();
  try {
    const address = await server.listen();
    const page = await browser.newPage({ viewport: { width: 400, height: 900 } });
    let seed = 1000;
    for (const length of [16, 64, 128, 256, 512]) {
      const paints: number[] = [];
      const plains: number[] = [];
      const counted = Math.min(bench.rounds, 9);
      for (let round = -1; round < counted; round++) {
        server.subject = null;
        await page.goto(address);
        await page.locator('headlight-app').waitFor({ state: 'attached' });
        await page.waitForTimeout(300);
        server.sent.length = 0;
        const shown = gridPainted(page);
        const start = now();
        server.show(attentionOf(textOfTokens(length, ++seed)));
        const took = (await shown) - start;
        await page.waitForTimeout(500);
        const forward = await timed(() => runPlain(plain, idsOf(textOfTokens(length, ++seed))));
        if (round >= 0) {
          paints.push(took);
          plains.push(forward);
        }
      }
      const sent = (method: string): number => Math.max(...server.sent.filter((one) => one.method === method).map(({ bytes }) => bytes));
      await page.locator('headlight-head-lines, headlight-head-matrix, headlight-head-text').first().waitFor();
      painted.set(length, { milliseconds: median(paints), bytes: sent('attention/overview') });
      console.error(`${length} tokens: grid ${milliseconds(median(paints))}, forward pass ${milliseconds(median(plains))}`);
      if (length !== 128 && length !== 512) continue;
      const left = median(paints) - 1.3 * median(plains);
      rows.push(
        {
          what: `${size}, ${length} tokens: text → painted grid`,
          figure: `${milliseconds(median(paints))}, forward pass alone ${milliseconds(median(plains))}: ${times(ratio(paints, plains))}, or 1.3× and ${left.toFixed(0)} ms`,
          ...(length === 512 ? { goal: '≤ 1.3× + 300 ms' } : {}),
        },
        { what: `${size}, ${length} tokens: sent for the grid`, figure: kilobytes(sent('attention/overview')), ...(length === 512 ? { goal: '≤ 1 MB' } : {}) },
        { what: `${size}, ${length} tokens: sent for an opened head`, figure: kilobytes(sent('attention/map')) },
        ...(await frameRows(page, length)),
        { what: `${size}, ${length} tokens: heap of the panel`, figure: `${((await heapBytes(page)) / 1e6).toFixed(1)} MB`, ...(length === 512 ? { goal: '≤ 100 MB' } : {}) },
      );
    }
    await page.close();
  } finally {
    server.close();
    await browser.close();
    await plain.release();
    await engine.dispose();
  }
  rows.push(await openedHeads(bench), ...(await memoryRows(bench, model)));
  // BertViz may take minutes, or all memory.
  console.error(report(rows));
  return [...rows, ...(await bertVizRows(bench, model, tokenizer, painted))];
}

/** Frames while the pointer moves over each drawing of a head, and while the grid and the panel scroll. */
async function frameRows(page: Page, length: number): Promise<Row[]> {
  const row = (what: string, { p50, p95, frames }: FrameTimes): Row => ({
    what: `${size}, ${length} tokens: frames, ${what}`,
    figure: `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (${frames} frames)`,
    goal: 'p95 ≤ 16.7 ms',
  });
  const rows: Row[] = [];
  for (const name of ['Lines', 'Text', 'Matrix']) {
    const drawing = page.locator(`headlight-head-${name.toLowerCase()}`);
    await page.getByRole('radio', { name, exact: true }).click();
    await drawing.waitFor();
    await drawing.scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    const box = (await drawing.boundingBox())!;
    const height = Math.min(box.height, 900 - Math.max(0, box.y) - 10);
    const frames = await framesDuring(page, async () => {
      for (let step = 0; step < 240; step++) {
        await page.mouse.move(box.x + box.width * (0.15 + 0.5 * ((step / 60) % 1)), Math.max(0, box.y) + height * (0.05 + 0.9 * (step / 240)));
      }
    });
    rows.push(row(`pointer over ${name.toLowerCase()}`, frames));
    const scrolled = await framesDuring(page, async () => {
      for (let step = 0; step < 60; step++) await page.mouse.wheel(0, step < 30 ? 40 : -40);
    });
    rows.push(row(`scrolling ${name.toLowerCase()}`, scrolled));
  }
  const grid = page.locator('headlight-head-grid');
  await grid.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await grid.boundingBox())!;
  rows.push(row('pointer over the grid', await framesDuring(page, async () => {
    for (let step = 0; step < 240; step++) await page.mouse.move(x + width * ((step / 24) % 1), Math.max(0, y) + height * (step / 240));
  })));
  await page.mouse.move(x + width / 2, Math.max(10, y + 10));
  rows.push(row('scrolling the grid', await framesDuring(page, async () => {
    for (let step = 0; step < 60; step++) await page.mouse.wheel(0, step < 30 ? 40 : -40);
  })));
  return rows;
}

/** Bytes of the opened heads of a trained model: those of random weights are even in high layers, and pack to almost nothing. */
async function openedHeads(bench: Bench): Promise<Row> {
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  try {
    const request = { model: 'encoder', device: 'cpu', text: textOfTokens(512) } as const;
    const { layers, heads } = await client.call('attention/overview', request);
    const bytes: number[] = [];
    for (let at = 0; at < layers * heads; at++) {
      const map = await packMap(await client.call('attention/map', { ...request, map: { kind: 'head', layer: Math.floor(at / heads), head: at % heads } }));
      bytes.push('packed' in map ? map.packed.byteLength : map.weights.byteLength);
    }
    return {
      what: `built-in encoder, ${layers} × ${heads} heads, 512 tokens: sent for an opened head`,
      figure: `${kilobytes(median(bytes))} in the middle, ${kilobytes(Math.max(...bytes))} for the largest`,
      goal: '≤ 300 KB',
    };
  } finally {
    await client.dispose();
  }
}

/** Resident memory of a fresh engine after texts of growing length, beside the size of all attention weights. */
async function memoryRows(bench: Bench, model: string): Promise<Row[]> {
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  try {
    const rows: Row[] = [];
    // Once more than the first, after which the engine still gives back what loading took.
    for (const seed of [1, 2, 3]) await client.call('attention/overview', { model, device: 'cpu', text: textOfTokens(16, seed) });
    const before = residentMegabytes(client.pid);
    for (const length of [128, 256, 512]) {
      const elapsed = await timed(() => client.call('attention/overview', { model, device: 'cpu', text: textOfTokens(length, length) }));
      const after = residentMegabytes(client.pid);
      rows.push({
        what: `${size}, ${length} tokens: memory of the engine over 16 tokens`,
        figure: `+${after - before} MB (attention itself ${Math.round((144 * length ** 2 * 4) / 1e6)} MB; ${milliseconds(elapsed)})`,
      });
    }
    return rows;
  } finally {
    await client.dispose();
  }
}
