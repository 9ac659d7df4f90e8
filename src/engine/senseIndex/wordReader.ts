import type { ComputeContext } from '../../lenses/compute';
import type { WordReader } from '../../lenses/model';
import { perModel } from '../../lenses/perModel';
import { exactWordReader } from '../../lenses/senses/indexWords';
import type { WordSpace } from '../../lenses/senses/wordSpace';
import { dot } from '../../math/vector';

/** Least cosine with the exact vectors of the same words that still counts as the same. */
const leastCosine = 0.99;
const sample = 'The speed at which a model reads is measured on a sentence of about as many words as people write.';
const sampleRows = 16;
const timedRuns = 2;

const remembered = perModel(() => ({ reader: null as WordReader | null }));

/**
 * The faster way to read many words where the model has one, if on this machine it is faster indeed and its vectors
 * agree with the exact ones; else the model's own run.
 */
export async function wordReaderOf(space: WordSpace, context: ComputeContext): Promise<WordReader> {
  const known = remembered(context.model);
  if (known.reader) return known.reader;
  const exact = exactWordReader(space, context.model);
  // Opening takes some tenths of a second, in which nothing else can run.
  const reader = await context.inTurn(async () => context.model.openWordReader?.(space.probe) ?? null);
  known.reader = reader && (await serves(reader, exact, space, context)) ? reader : exact;
  return known.reader;
}

async function serves(reader: WordReader, exact: WordReader, { dimensions }: WordSpace, context: ComputeContext): Promise<boolean> {
  const [ours, others] = [await measure(reader, context), await measure(exact, context)];
  return ours.tokensPerSecond > others.tokensPerSecond && agree(ours.vectors, others.vectors, dimensions);
}

/** Whether two lists of unit vectors are nearly the same. */
function agree(some: Float32Array, others: Float32Array, dimensions: number): boolean {
  if (some.length !== others.length) return false;
  for (let from = 0; from < some.length; from += dimensions) {
    // NaN agrees with nothing.
    if (!(dot(some.subarray(from, from + dimensions), others.subarray(from, from + dimensions)) >= leastCosine)) return false;
  }
  return true;
}

/** How fast words are read on this machine just now, and what came out. The first run also pays for memory and is not timed. */
export async function measure({ atOnce, read }: WordReader, { model, signal }: ComputeContext): Promise<{ tokensPerSecond: number; vectors: Float32Array }> {
  const { tokens } = model.tokenizer.encode(sample);
  const words = tokens.flatMap(({ special }, index) => (special ? [] : [[index]]));
  const batch = Array.from({ length: sampleRows }, () => ({ tokens, words }));
  const readAll = (): Promise<Float32Array[]> => Promise.all(Array.from({ length: atOnce }, () => read(batch, signal)));
  const [vectors] = await readAll();
  let least = Infinity;
  for (let run = 0; run < timedRuns; run++) {
    const start = performance.now();
    await readAll();
    least = Math.min(least, performance.now() - start);
  }
  return { tokensPerSecond: (tokens.length * sampleRows * atOnce * 1000) / least, vectors: vectors! };
}
