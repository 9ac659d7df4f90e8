import { batchesByLength } from './batches';
import type { ComputeContext } from './compute';
import type { ModelInput } from './model';
import type { OccurrenceInContext } from './senses/contract';
import { meanOfPieces, readWord } from './wordInContext';

/**
 * Vectors of words in their sentences, each the mean of its pieces. Sentences that occur twice are run once.
 * @param states hidden states to read
 * @returns for each occurrence one vector `[hidden]` a state; null for one that the model cannot read
 */
export async function wordVectors(
  occurrences: readonly OccurrenceInContext[],
  states: readonly number[],
  { model, signal, progress }: ComputeContext,
): Promise<(Float32Array[] | null)[]> {
  const words = occurrences.map((occurrence) => readWord(model, occurrence));
  const rows = new Map<string, { readonly input: ModelInput; readonly words: number[] }>();
  words.forEach((word, index) => {
    if (!word) return;
    const key = word.tokens.map(({ id }) => id).join();
    const row = rows.get(key);
    if (row) row.words.push(index);
    else rows.set(key, { input: { tokens: word.tokens }, words: [index] });
  });

  const vectors: (Float32Array[] | null)[] = words.map(() => null);
  const inputs = [...rows.values()];
  let done = 0;
  for (const batch of batchesByLength(inputs.map(({ input }) => input))) {
    progress({ message: 'Reading sentences', done, total: inputs.length });
    const { hidden } = await model.run(
      batch.map((index) => inputs[index]!.input),
      { hidden: states },
      signal,
    );
    batch.forEach((index, row) => {
      for (const word of inputs[index]!.words) {
        vectors[word] = states.map((state) => meanOfPieces(hidden.get(state)!, row, words[word]!.pieces));
      }
    });
    done += batch.length;
  }
  return vectors;
}
