import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { findPython } from '../../scripts/steps/python.mjs';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import { bertBase } from './bertBase';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, ratio } from './statistics';
import { runPlain } from './textToAttention';
import { textOfTokens } from './texts';

const tokens = 32;
/** A pass takes long, and 144 of them much longer: this many are timed for all. */
const timedPasses = 24;

/** Every head of a model of BERT-base's size ablated in turn, against a forward pass each, and PyTorch with hooks. */
export async function evidence(bench: Bench): Promise<Row[]> {
  const folder = bertBase(bench, true);
  const python = findPython();
  if (folder === null || !python) return [{ what: 'every head of BERT-base ablated in turn', figure: 'not measured: needs Python' }];
  const target = { model: folder, device: 'cpu' } as const;
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const plain = await InferenceSession.create(join(folder, 'model.onnx'), { executionProviders: ['cpu'], logSeverityLevel: 4, extra: { session: { intra_op: { allow_spinning: '0' } } } });
  const pyTorch = await PyTorch.start(bench.root, python, folder, 'pytorch_ablation.py');
  const info = await engine.call('model/load', target);
  const heads = info.layers * info.heads;
  let seed = 1;
  const next = (): string => textOfTokens(tokens, ++seed);
  const lastWord = (text: string): { start: number; end: number } => ({ start: text.lastIndexOf(' ') + 1, end: text.length });
  const read = await loadModel(target, bench, new AbortController().signal);
  const idsOf = (text: string): number[] => read.tokenizer.encode(text).tokens.map(({ id }) => id);
  await read.dispose();
  const hooked: number[] = [];
  const measured = await interleaved({
    ours: () => {
      const text = next();
      const at = lastWord(text);
      return engine.call('evidence/rank', { ...target, ablation: 'zero', outcome: { kind: 'word', text, at, word: text.slice(at.start, at.end) } });
    },
    passes: async () => {
      const ids = idsOf(next());
      for (let pass = 0; pass < timedPasses; pass++) await runPlain(plain, ids);
    },
    pyTorch: async () => { hooked.push(await pyTorch.ablations(idsOf(next()), tokens - 2, 1037)); },
  }, bench.rounds, 1);
  pyTorch.stop();
  await Promise.all([plain.release(), engine.dispose()]);
  const each = measured.passes.map((time) => (time * heads) / timedPasses);
  const counted = hooked.slice(-bench.rounds);
  return [
    {
      what: `BERT-base, ${tokens} tokens, ${heads} heads ablated in turn: a forward pass of the file for each ÷ ours`,
      figure: `${times(ratio(each, measured.ours))} (${milliseconds(median(each))} against ${milliseconds(median(measured.ours))})`,
      goal: '≥ 3×',
    },
    {
      what: 'the same: PyTorch with a hook on each ÷ ours',
      figure: `${times(ratio(counted, measured.ours))} (PyTorch ${milliseconds(median(counted))})`,
      goal: '≥ 2×',
    },
  ];
}
