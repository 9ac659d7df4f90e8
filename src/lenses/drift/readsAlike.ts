import { dot, subtract } from '../../math/vector';
import type { ModelInput, TransformerModel } from '../model';

/** Share of its length by which a vector may move beside another line: more than rounding, less than any drift that matters. */
const tolerance = 2e-3;

/**
 * Whether a model computes the same of a line by itself and in a batch. A graph in integers that finds the scale of its
 * activations anew at each run (dynamic quantization) takes one for the whole batch, padding included: its lines have to be
 * read one by one, or their drift could come out twice as large.
 * @param lines of which the shortest is read beside the longest
 */
export async function readsAlike(model: TransformerModel, lines: readonly ModelInput[], signal: AbortSignal): Promise<boolean> {
  const byLength = [...lines].sort((a, b) => a.tokens.length - b.tokens.length);
  const [short, long] = [byLength[0]!, byLength.at(-1)!];
  if (short === long) return true;
  const { layers } = model.info;
  const read = async (batch: readonly ModelInput[]): Promise<Float32Array> => {
    const { data, dims } = (await model.run(batch, { hidden: [layers] }, signal)).hidden.get(layers)!;
    return data.subarray(0, short.tokens.length * dims[2]!);
  };
  const alone = await read([short]);
  const moved = subtract(await read([short, long]), alone);
  return dot(moved, moved) <= tolerance ** 2 * dot(alone, alone);
}
