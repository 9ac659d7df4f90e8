import type { ComputeContext } from '../../lenses/compute';
import type { WordReader } from '../../lenses/model';
import { perModel } from '../../lenses/perModel';
import { exactWordReader, indexWords } from '../../lenses/senses/indexWords';
import type { WordSpace } from '../../lenses/senses/wordSpace';
import { dot } from '../../math/vector';

/** Least cosine with the exact vectors of the same words that still counts as the same. */
const leastCosine = 0.99;
const sample = 'The speed at which a model reads is measured on a sentence of about as many words as people write.';
const sampleRows = 16;
const timedRuns = 2;
/** Text as people write it, with sentences of several lengths. */
const prose =
  'The cow jumped over the moon. Most of the shops in this street stand empty on Sundays, but the bank opens at ten. Money? ' +
  'Nobody remembers when the committee, which was to vote on the money for the new bridge over the river, met for the last ' +
  'time before the heavy rain washed away a part of its bank.';
/** Milliseconds that a measurement takes at least: enough batches for each thread. */
const leastTime = 300;

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

/** How fast batches of one sentence are read, and what came out. The first run also pays for memory and is not timed. */
async function measure({ atOnce, read }: WordReader, { model, signal }: ComputeContext): Promise<{ tokensPerSecond: number; vectors: Float32Array }> {
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

/** Tokens of running text that an update takes in in a second, with all that it does to them, on this machine as busy as it is now. */
export async function paceOf(reader: WordReader, { dimensions }: WordSpace, context: ComputeContext): Promise<number> {
  const tokens = context.model.tokenizer.encode(prose).tokens.filter(({ special }) => !special).length;
  const silent = { ...context, progress: () => undefined };
  const timed = async (copies: number): Promise<number> => {
    const start = performance.now();
    await indexWords([Array<string>(copies).fill(prose).join('\n\n')], dimensions, reader, silent);
    return performance.now() - start;
  };
  // Threads that have ended start again, which an update pays for once.
  await timed(1);
  for (let copies = 1; ; copies *= 2) {
    const time = await timed(copies);
    if (time >= leastTime) return (1000 * copies * tokens) / time;
  }
}
