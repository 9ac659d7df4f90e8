import type { AttentionPart } from '../attention/contract';
import { sizeOf } from '../attention/parts';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import type { ModelInput, Tensor } from '../model';
import { ordinarySentences } from '../nextSentence/ordinarySentences';
import { perModel } from '../perModel';
import { readWindow } from '../readText';
import { translate } from '../translation/compute';
import { readSource } from '../translation/source';

/** What each head makes on average, `[head size]` by layer and head. */
export type HeadMeans = readonly (readonly Float32Array[])[];

/** Sentences that a writer is looked at writing, which takes a run for each token. */
const mostWritten = 4;

const known = perModel(() => new Map<AttentionPart, Promise<HeadMeans>>());

/**
 * The mean of each head's output over all tokens of ordinary sentences, for ablation by the mean (as Wang et al. 2023,
 * arXiv:2211.00593, do over a reference distribution). Of a decoder, over what it writes of some of them itself.
 * @throws HeadlightError as `TransformerModel.run`
 */
export function headMeans(context: ComputeContext, part: AttentionPart): Promise<HeadMeans> {
  const means = known(context.model);
  let found = means.get(part);
  if (!found) {
    found = measure(context, part);
    means.set(part, found);
    // Who was cancelled, or met a fault, must not stand in the way of the next.
    found.catch(() => means.delete(part));
  }
  return found;
}

async function measure(context: ComputeContext, part: AttentionPart): Promise<HeadMeans> {
  const { model, signal } = context;
  const { layers, heads } = sizeOf(model.info, part);
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const sums = new Sums(heads);
  if (part === 'encoder' || model.info.writes?.task === 'continuation') {
    const inputs: ModelInput[] = ordinarySentences.map((text) => ({ tokens: readWindow(model, { text }).tokens }));
    for (const batch of batchesByLength(inputs)) {
      const rows = batch.map((index) => inputs[index]!);
      sums.add((await model.run(rows, { headOutputs: all }, signal)).headOutputs, rows.map(({ tokens }) => tokens.length));
    }
  } else {
    for (const text of ordinarySentences.slice(0, mostWritten)) {
      const source = readSource(model, text);
      const quiet = { ...context, progress: () => undefined };
      const { steps } = await translate({ model: model.info.id, device: model.info.device, text, choice: { kind: 'greedy' }, alternatives: 0, attention: false }, quiet);
      const inputs = [...source.writer.rules.start, ...steps.slice(0, -1).map(({ id }) => id)];
      sums.add((await model.decoder!.run(part, { source: source.ids, inputs }, { headOutputs: all }, signal)).headOutputs, [inputs.length]);
    }
  }
  return sums.means();
}

/** Adds up outputs of heads over the tokens of texts. */
class Sums {
  private readonly sums = new Map<number, Float64Array>();
  private count = 0;

  constructor(private readonly heads: number) {}

  /**
   * @param outputs by layer, `[row, head, token, head size]`
   * @param lengths tokens of each row; those behind are padding
   */
  add(outputs: ReadonlyMap<number, Tensor>, lengths: readonly number[]): void {
    for (const [layer, { dims, data }] of outputs) {
      const [, heads, width, size] = dims as [number, number, number, number];
      const sums = this.sums.get(layer) ?? new Float64Array(heads * size);
      this.sums.set(layer, sums);
      lengths.forEach((length, row) => {
        for (let head = 0; head < heads; head++) {
          for (let token = 0; token < length; token++) {
            const from = ((row * heads + head) * width + token) * size;
            for (let at = 0; at < size; at++) sums[head * size + at]! += data[from + at]!;
          }
        }
      });
    }
    this.count += lengths.reduce((sum, length) => sum + length, 0);
  }

  means(): HeadMeans {
    return [...this.sums].sort(([a], [b]) => a - b).map(([, sums]) => {
      const size = sums.length / this.heads;
      return Array.from({ length: this.heads }, (_, head) => Float32Array.from(sums.subarray(head * size, (head + 1) * size), (sum) => sum / this.count));
    });
  }
}
