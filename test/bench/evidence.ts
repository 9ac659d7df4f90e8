import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { findPython } from '../../scripts/steps/python.mjs';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { Outcome } from '../../src/lenses/evidence/contract';
import type { TextTokenizer } from '../../src/text/tokenizer';
import { bertBase } from './bertBase';
import type { Bench } from './main';
import { type Changed, type Place, PyTorch, type ReadPlace } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, ratio } from './statistics';
import { runPlain } from './textToAttention';
import { textOfTokens } from './texts';

const tokens = 32;
/** Passes that are timed for all: one takes long, and hundreds much longer. */
const timedPasses = 24;
/** Batches of PyTorch that are timed for all. */
const timedBatches = 2;
/** Of the results that both come to, in shares of the greater. */
const mostApart = 0.01;

/** A model that all run, and how each is asked. */
interface Runs {
  readonly engine: Engine;
  readonly plain: InferenceSession;
  readonly pyTorch: PyTorch;
  readonly target: { readonly model: string; readonly device: 'cpu' };
  readonly layers: number;
  readonly heads: number;
  readonly tokenizer: TextTokenizer;
  readonly rounds: number;
}

/** Every head of a model of BERT-base's size ablated in turn, and every hidden state patched, against a pass each, and PyTorch with hooks. */
export async function evidence(bench: Bench): Promise<Row[]> {
  const folder = bertBase(bench, true);
  const python = findPython();
  if (folder === null || !python) return [{ what: 'every head of BERT-base ablated in turn', figure: 'not measured: needs Python' }];
  const target = { model: folder, device: 'cpu' } as const;
  const read = await loadModel(target, bench, new AbortController().signal);
  const { info: { heads, layers }, tokenizer } = read;
  await read.dispose();
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const plain = await InferenceSession.create(join(folder, 'model.onnx'), { executionProviders: ['cpu'], logSeverityLevel: 4 });
  const pyTorch = await PyTorch.start(bench.root, python, folder, 'pytorch_ablation.py');
  const runs: Runs = { engine, plain, pyTorch, target, layers, heads, tokenizer, rounds: bench.rounds };
  try {
    return [...(await ranking(runs)), ...(await patching(runs))];
  } finally {
    pyTorch.stop();
    await Promise.all([plain.release(), engine.dispose()]);
  }
}

async function ranking({ engine, plain, pyTorch, target, layers, heads, tokenizer, rounds }: Runs): Promise<Row[]> {
  const places = Array.from({ length: layers * heads }, (_, at): Place => [Math.floor(at / heads), at % heads]);
  const [spread, whole] = [everyNth(places, timedPasses), places.filter(([layer]) => layer % (layers / timedBatches) === 0)];
  const [alone, batched]: [number[], number[]] = [[], []];
  let text = '';
  let values: readonly number[] = [];
  let seed = 1;
  const measured = await interleaved({
    ours: async () => {
      text = textOfTokens(tokens, ++seed);
      const { parts: [part], value } = await engine.call('evidence/rank', { ...target, ablation: 'zero', outcome: lastWordOf(text) });
      values = Array.from(part!.effects, (effect) => value + effect);
    },
    passes: async () => {
      const { ids } = masked(text, tokenizer);
      for (let pass = 0; pass < timedPasses; pass++) await runPlain(plain, ids);
    },
    alone: async () => { alone.push(await passesOf(spread, 1)); },
    batched: async () => { batched.push(await passesOf(whole, heads)); },
  }, rounds, 1);
  async function passesOf(some: readonly Place[], rows: number): Promise<number> {
    const changed = await pyTorch.changed({ ...masked(text, tokenizer), heads: some, rows });
    requireSame(changed, some.map(([layer, head]) => values[layer * heads + head]!));
    return (changed.ms * places.length) / some.length;
  }
  const each = measured.passes.map((time) => (time * places.length) / timedPasses);
  const { ours } = measured;
  return [
    {
      what: `BERT-base, ${tokens} tokens, ${places.length} heads ablated in turn: a forward pass of the file for each ÷ ours`,
      figure: `${times(ratio(each, ours))} (${milliseconds(median(each))} against ${milliseconds(median(ours))})`,
      goal: '≥ 3×',
    },
    ...besidePyTorch(`the same: PyTorch with hooks`, heads, { alone, batched, ours }),
  ];
}

async function patching({ engine, pyTorch, target, layers, tokenizer, rounds }: Runs): Promise<Row[]> {
  // First states of the same token are the same, and nobody has to run them.
  const changedWord = 1;
  const places: Place[] = [[0, changedWord], ...Array.from({ length: layers * tokens }, (_, at): Place => [Math.floor(at / tokens) + 1, at % tokens])];
  const [spread, whole] = [everyNth(places, timedPasses), places.filter(([state]) => state > 0 && state % (layers / timedBatches) === 1)];
  const [alone, batched]: [number[], number[]] = [[], []];
  let [clean, corrupted] = ['', ''];
  let values: Float32Array;
  let seed = 1000;
  const measured = await interleaved({
    ours: async () => {
      const rest = textOfTokens(tokens - 1, ++seed);
      [clean, corrupted] = [`music ${rest}`, `river ${rest}`];
      ({ patched: values } = await engine.call('evidence/patch', { ...target, of: 'states', direction: 'denoising', clean: lastWordOf(clean), corrupted: lastWordOf(corrupted) }));
    },
    alone: async () => { alone.push(await passesOf(spread, 1)); },
    batched: async () => { batched.push(await passesOf(whole, tokens)); },
  }, rounds, 1);
  async function passesOf(some: readonly Place[], rows: number): Promise<number> {
    const changed = await pyTorch.changed({ ...masked(corrupted, tokenizer), source: masked(clean, tokenizer).ids, cells: some, rows });
    requireSame(changed, some.map(([state, token]) => values[state * tokens + token]!));
    return (changed.ms * places.length) / some.length;
  }
  return besidePyTorch(`BERT-base, ${tokens} tokens, ${places.length} hidden states patched in turn: PyTorch with hooks`, tokens, { alone, batched, ours: measured.ours });
}

function besidePyTorch(what: string, rows: number, { alone, batched, ours }: Readonly<Record<'alone' | 'batched' | 'ours', readonly number[]>>): Row[] {
  return ([[alone, 'a pass each'], [batched, `${rows} in a pass`]] as const).map(([all, how]) => {
    // Those of the warm-up stand in front.
    const counted = all.slice(-ours.length);
    return { what: `${what}, ${how} ÷ ours`, figure: `${times(ratio(counted, ours))} (PyTorch ${milliseconds(median(counted))}, ours ${milliseconds(median(ours))})`, goal: '≥ 2×' };
  });
}

/** The probability of the last word in its place. */
function lastWordOf(text: string): Outcome {
  const at = { start: text.lastIndexOf(' ') + 1, end: text.length };
  return { kind: 'word', text, at, word: text.slice(at.start) };
}

/** The same for PyTorch: ids with the last word masked. */
function masked(text: string, tokenizer: TextTokenizer): ReadPlace {
  const ids = tokenizer.encode(text).tokens.map(({ id }) => id);
  const at = tokens - 2;
  if (ids.length !== tokens) throw new Error(`${ids.length} tokens, not ${tokens}: ${text}`);
  return { ids: ids.with(at, tokenizer.maskToken!.id), at, word: ids[at]! };
}

function everyNth<T>(all: readonly T[], wanted: number): T[] {
  return Array.from({ length: wanted }, (_, at) => all[Math.floor((at * all.length) / wanted)]!);
}

/** Or it would not be the same work. */
function requireSame({ values }: Changed, ours: readonly number[]): void {
  values.forEach((value, at) => {
    if (Math.abs(value - ours[at]!) > mostApart * Math.max(value, ours[at]!)) throw new Error(`PyTorch comes to ${value}, and we to ${ours[at]}.`);
  });
}
