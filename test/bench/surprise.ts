import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, ratio, timed } from './statistics';
import { textOfTokens } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
const length = 128;
/** Tokens of the long document, each a word. */
const longLength = 2002;

/**
 * Surprise of every word, against a run for each word, against all of them masked one at a time in batches, and
 * against PyTorch doing the latter.
 */
export async function surprise(bench: Bench): Promise<Row[]> {
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const { signal } = new AbortController();
  const model = await loadModel(target, bench, signal);
  const mask = model.tokenizer.maskToken!.id;
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, join(bench.builtInModels, target.model)) : null;
  let seed = 1;
  const next = (): string => textOfTokens(length, ++seed);
  const pyTorchTimes: number[] = [];
  const measured = await interleaved(
    {
      together: () => engine.call('predictions/surprise', { ...target, text: next(), top: 5 }),
      exact: () => engine.call('predictions/surprise', { ...target, text: next(), top: 5, exact: true }),
      oneByOne: async () => {
        const { tokens } = model.tokenizer.encode(next());
        for (let token = 1; token < tokens.length - 1; token++) {
          const ids = tokens.map(({ id }, index) => (index === token ? mask : id));
          await model.run([{ tokens, ids }], { logitsAt: [{ row: 0, token }] }, signal);
        }
      },
      pyTorch: async () => {
        const ids = model.tokenizer.encode(next()).tokens.map(({ id }) => id);
        if (pyTorch) pyTorchTimes.push(await pyTorch.surprise(ids, mask));
      },
    },
    Math.ceil(bench.rounds / 3),
    1,
  );
  const long = textOfTokens(longLength, 7);
  const longTime = await timed(() => engine.call('predictions/surprise', { ...target, text: long, top: 5 }));
  const bitsOf = async (exact: boolean): Promise<number[]> =>
    (await engine.call('predictions/surprise', { ...target, text: next(), top: 1, exact })).words.map(({ bits }) => bits);
  const before = seed;
  const fast = await bitsOf(false);
  seed = before;
  const one = await bitsOf(true);
  const apart = fast.reduce((sum, bits, index) => sum + Math.abs(bits - one[index]!), 0) / fast.length;
  const rows: Row[] = [
    {
      what: `surprise of ${length - 2} words: a run for each word ÷ ours`,
      figure: `${times(ratio(measured.oneByOne, measured.together))} (${milliseconds(median(measured.oneByOne))} against ${milliseconds(median(measured.together))})`,
      goal: '≥ 4×',
    },
    { what: `surprise of ${length - 2} words: masked one at a time in batches (--exact) ÷ ours`, figure: times(ratio(measured.exact, measured.together)) },
    { what: 'mean difference between the two', figure: `${apart.toFixed(2)} bits a word, of ${(one.reduce((sum, bits) => sum + bits, 0) / one.length).toFixed(1)}` },
    { what: `surprise of ${longLength - 2} words`, figure: `${(longTime / 1000).toFixed(1)} s`, goal: '< 60 s' },
  ];
  if (pyTorch) {
    const counted = pyTorchTimes.slice(-measured.together.length);
    rows.push({
      what: `surprise of ${length - 2} words: PyTorch, masked one at a time in batches ÷ ours`,
      figure: `${times(ratio(counted, measured.together))}, ÷ ours with --exact ${times(ratio(counted, measured.exact))} (PyTorch ${milliseconds(median(counted))})`,
      goal: '≥ 2×',
    });
  } else rows.push({ what: 'PyTorch', figure: 'not measured: no Python with torch found (see --help)' });
  pyTorch?.stop();
  await model.dispose();
  await engine.dispose();
  return rows;
}
