import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import { readExamples } from '../../src/lenses/training/examples';
import { labelledLines } from './labelledLines';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { type Row, times } from './report';
import { interleaved, median, ratio, timed } from './statistics';

const target = { model: 'encoder', device: 'cpu' } as const;
const lines = 1000;
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;

/**
 * Training on 1,000 short lines: vectors of all hidden states, cross-validation, the classifier, learning curve and curve
 * over the hidden states; beside PyTorch and scikit-learn doing the same.
 */
export async function training(bench: Bench): Promise<Row[]> {
  const text = labelledLines(lines);
  const request = { ...target, name: 'lines.tsv', text, layer: -1, pooling: 'mean', cache: null } as const;
  const start = (): Engine => new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const first = start();
  const fromStart = await timed(() => first.call('training/train', { ...request, seed: 1 }));
  await first.dispose();
  const engine = start();
  const { examples } = readExamples(request.name, text);
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const model = await loadModel(target, bench, new AbortController().signal);
  const ids = examples.map((example) => model.tokenizer.encode(example.text).tokens.map(({ id }) => id));
  await model.dispose();
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, join(bench.builtInModels, target.model)) : null;
  const pyTorchTimes: number[] = [];
  let seed = 1;
  const measured = await interleaved(
    {
      ours: () => engine.call('training/train', { ...request, seed: ++seed }),
      pyTorch: async () => {
        if (pyTorch) pyTorchTimes.push(await pyTorch.train(ids, examples.map(({ label }) => labels.indexOf(label))));
      },
    },
    Math.ceil(bench.rounds / 2),
    1,
  );
  pyTorch?.stop();
  await engine.dispose();
  const rows: Row[] = [{ what: `training on ${lines} short lines, the model's load included, to the last curve`, figure: seconds(fromStart), goal: '< 30 s' }];
  if (pyTorch) {
    const counted = pyTorchTimes.slice(-measured.ours.length);
    rows.push({
      what: 'training: PyTorch and scikit-learn doing the same, tokenized beforehand ÷ ours, all included',
      figure: `${times(ratio(counted, measured.ours))} (${seconds(median(counted))} against ${seconds(median(measured.ours))})`,
      goal: '≥ 2×',
    });
  } else rows.push({ what: 'PyTorch', figure: 'not measured: no Python with torch found (see --help)' });
  return rows;
}
