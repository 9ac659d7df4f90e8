import { statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadModel } from '../../src/engine/loadModel';
import { readGraphFile } from '../../src/library/graphFile';
import { instrument } from '../../src/onnx/instrument';
import { bertBase } from './bertBase';
import type { Bench } from './main';
import { milliseconds, type Row } from './report';
import { interleaved, median, timed } from './statistics';
import { textOfTokens } from './texts';

const tokens = 128;
const megabyte = 1e6;

/** A foreign model of BERT-base's size: how long its file takes to be edited, and what looking inside costs. */
export async function anyModel(bench: Bench): Promise<Row[]> {
  const folder = bertBase(bench);
  if (folder === null) return [{ what: 'a model of BERT-base’s size', figure: 'not measured: needs Python' }];
  const path = join(folder, 'model.onnx');
  const size = statSync(path).size;
  return [...(await editing(path, size, bench.rounds)), ...(await running(bench, folder, path))];
}

async function editing(path: string, size: number, rounds: number): Promise<Row[]> {
  const shape = { heads: 12, headSize: 64, vocabulary: null };
  const [times, growth]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    times.push(await timed(async () => instrument(await readGraphFile(path, () => Promise.resolve()), shape)));
    growth.push(process.memoryUsage().rss - before);
  }
  return [
    { what: `editing a file of ${Math.round(size / megabyte)} MB, its SHA-256 included`, figure: milliseconds(median(times)), goal: '≤ 1.5 s' },
    { what: 'memory that editing it takes ÷ its size', figure: `${(Math.max(...growth) / size).toFixed(2)}× (${Math.round(Math.max(...growth) / megabyte)} MB)`, goal: '≤ 1.2×' },
  ];
}

async function running(bench: Bench, folder: string, path: string): Promise<Row[]> {
  const { signal } = new AbortController();
  const model = await loadModel({ model: folder, device: 'cpu' }, { builtInModels: bench.builtInModels, storage: null }, signal);
  const plain = await InferenceSession.create(path, { executionProviders: ['cpu'], logSeverityLevel: 4, extra: { session: { intra_op: { allow_spinning: '0' } } } });
  const read = model.tokenizer.encode(textOfTokens(tokens)).tokens;
  const int64 = (values: readonly number[]): Tensor => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const all: Record<string, Tensor> = {
    input_ids: int64(read.map(({ id }) => id)), attention_mask: int64(read.map(() => 1)), token_type_ids: int64(read.map(() => 0)),
  };
  const feeds = Object.fromEntries(plain.inputNames.map((name) => [name, all[name]!]));
  const layers = Array.from({ length: model.info.layers }, (_, layer) => layer);
  const times = await interleaved({
    looked: () => model.run([{ tokens: read }], { attention: layers, hidden: [layers.length] }, signal),
    plain: () => plain.run(feeds),
  }, bench.rounds);
  await Promise.all([model.dispose(), plain.release()]);
  const [looked, untouched] = [median(times.looked), median(times.plain)];
  return [{
    what: `BERT-base, ${read.length} tokens: all attention and the last hidden state ÷ the file as it is`,
    figure: `${(looked / untouched).toFixed(2)}× (${milliseconds(looked)} against ${milliseconds(untouched)})`,
    goal: '≤ 1.10×',
  }];
}
