import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { Bench } from './main';
import { findPython } from '../../scripts/steps/python.mjs';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, ratio } from './statistics';
import { textOfTokens } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;

/**
 * From text to the thumbnails of all heads, against the same model file run as it is (ids to logits) and against
 * PyTorch eager with `output_attentions=True`.
 */
export async function textToAttention(bench: Bench): Promise<Row[]> {
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const model = await loadModel(target, bench, new AbortController().signal);
  const folder = join(bench.builtInModels, target.model);
  const plain = await InferenceSession.create(readFileSync(join(folder, 'model.onnx')), {
    logSeverityLevel: 3,
    // fp32 weights, as Headlight has them; the default would round activations to int8, which is slower here.
    extra: { session: { disable_quant_qdq: '1' } },
  });
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, folder) : null;
  const rows: Row[] = [];
  for (const length of [16, 128, 512]) {
    let seed = 1;
    const idsOf = (text: string): number[] => model.tokenizer.encode(text).tokens.map((token) => token.id);
    const next = (): string => textOfTokens(length, ++seed);
    const pyTorchTimes: number[] = [];
    const measured = await interleaved(
      {
        plain: () => runPlain(plain, idsOf(next())),
        exposed: () => exposed(model, next()),
        lens: () => engine.call('attention/overview', { ...target, text: next() }),
        pyTorch: async () => pyTorch && pyTorchTimes.push(await pyTorch.forward(idsOf(next()))),
      },
      bench.rounds,
    );
    const beside = `${milliseconds(median(measured.lens))} against ${milliseconds(median(measured.plain))}`;
    rows.push(
      {
        what: `${length} tokens: text → all heads as thumbnails ÷ same model uninstrumented`,
        figure: `${times(ratio(measured.lens, measured.plain))} (${beside})`,
        goal: '≤ 1.10×',
      },
      {
        what: `${length} tokens: all attention copied out ÷ same model uninstrumented`,
        figure: times(ratio(measured.exposed, measured.plain)),
      },
    );
    if (pyTorch) {
      const counted = pyTorchTimes.slice(-bench.rounds);
      rows.push({
        what: `${length} tokens: PyTorch eager with attentions ÷ text → thumbnails`,
        figure: `${times(ratio(counted, measured.lens))} (PyTorch ${milliseconds(median(counted))})`,
        ...(length === 128 ? { goal: '≥ 1.4×' } : {}),
      });
    }
  }
  if (!pyTorch) rows.push({ what: 'PyTorch', figure: 'not measured: no Python with torch found (see --help)' });
  pyTorch?.stop();
  await plain.release();
  await model.dispose();
  await engine.dispose();
  return rows;
}

/** From ids to logits or hidden states, as the file computes them. */
export async function runPlain(session: InferenceSession, ids: readonly number[]): Promise<void> {
  const row = (values: readonly number[]): Tensor => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, ids.length]);
  await session.run({
    input_ids: row(ids),
    attention_mask: row(ids.map(() => 1)),
    token_type_ids: row(ids.map(() => 0)),
  });
}

async function exposed(model: Awaited<ReturnType<typeof loadModel>>, text: string): Promise<void> {
  const attention = Array.from({ length: model.info.layers }, (_, layer) => layer);
  await model.run([{ tokens: model.tokenizer.encode(text).tokens }], { attention }, new AbortController().signal);
}
