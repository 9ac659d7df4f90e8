import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import { EngineClient } from '../../src/engine/client';
import { loadModel } from '../../src/engine/loadModel';
import { sentencesAt } from '../../src/text/sentences';
import { contentWords } from '../../src/text/contentWords';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, quantile, ratio, timed } from './statistics';
import { prose } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
/** Sentences of one file, of 6 to 30 words. */
const sentences = 150;
/** Calls that are made while the index is built. */
const asked = 24;

/** The sentences that the index reads of a text. */
function sentencesOf(text: string): string[] {
  return [...new Set(sentencesAt(text, contentWords(text)).map(({ start, end }) => `${start} ${end}`))].map((range) => {
    const [start, end] = range.split(' ').map(Number);
    return text.slice(start, end);
  });
}

/** Making the index beside PyTorch embedding the same sentences, and what a call waits meanwhile. */
export async function senseIndex(bench: Bench): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'headlight-bench-index-'));
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  const { tokenizer } = await loadModel(target, bench, new AbortController().signal);
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, join(bench.builtInModels, target.model)) : null;
  const update = (seed: number, text: string): Promise<unknown> =>
    client.call('senseIndex/update', { ...target, folder, files: [{ key: `file:///${seed}`, mtime: 1, size: 1, text }], removed: [], finish: null });
  await client.call('senseIndex/open', { ...target, folder, measure: false });
  let seed = 0;
  let text = '';
  const tokens: number[] = [];
  const pyTorchTimes: number[] = [];
  const rounds = Math.max(3, Math.ceil(bench.rounds / 3));
  const measured = await interleaved(
    {
      ours: async () => {
        text = prose(++seed, sentences);
        await update(seed, text);
      },
      pyTorch: async () => {
        const ids = sentencesOf(text).map((sentence) => tokenizer.encode(sentence).tokens.map(({ id }) => id));
        tokens.push(ids.reduce((sum, { length }) => sum + length, 0));
        if (pyTorch) pyTorchTimes.push(await pyTorch.embed(ids));
      },
    },
    rounds,
    1,
  );
  pyTorch?.stop();
  const counted = pyTorchTimes.slice(-rounds);
  const perSecond = (elapsed: readonly number[]): number => median(elapsed.map((ms, round) => (1000 * tokens.slice(-rounds)[round]!) / ms));
  const rows: Row[] = [
    {
      what: `sense index, files of ${sentences} sentences through the engine process: tokens a second`,
      figure: `${perSecond(measured.ours).toFixed(0)}; a million tokens in ${(1e6 / perSecond(measured.ours) / 60).toFixed(0)} min, extrapolated`,
    },
    pyTorch
      ? {
          what: 'PyTorch embedding the tokens of the same sentences, tokenized beforehand ÷ ours, all included',
          figure: `${times(ratio(counted, measured.ours))} (PyTorch ${perSecond(counted).toFixed(0)} tokens a second)`,
          goal: '≥ 1.5×',
        }
      : { what: 'PyTorch', figure: 'not measured: no Python with torch found (see --help)' },
  ];

  const hover = { ...target, word: 'stand', top: 5, occurrences: [{ sentence: 'She put it on the music stand.', start: 24, end: 29 }] };
  const idle: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < asked; round++) {
    // A sentence that was read before would be remembered.
    const ask = (): Promise<unknown> => client.call('senses/group', { ...hover, occurrences: [{ ...hover.occurrences[0]!, sentence: `She put it on the music stand ${idle.length} ${busy.length}.` }] });
    idle.push(await timed(ask));
    const background = update(++seed, prose(seed, 4 * sentences));
    await new Promise((resolve) => setTimeout(resolve, 150));
    busy.push(await timed(ask));
    await background;
  }
  await client.dispose();
  await rm(folder, { recursive: true });
  return [
    ...rows,
    { what: 'group senses of one new occurrence: alone, and while the index is built', figure: `p50 ${milliseconds(median(idle))}, p50 ${milliseconds(median(busy))} and p95 ${milliseconds(quantile(busy, 0.95))}` },
  ];
}
