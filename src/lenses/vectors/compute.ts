import { HeadlightError } from '../../errors';
import { batchesByLength } from '../batches';
import type { Compute } from '../compute';
import type { ModelInput, TransformerModel } from '../model';
import { meanOfPieces, readWord } from '../wordInContext';

/** Vectors of words in their sentences, from one hidden state. Sentences that occur twice are run once. */
export const embed: Compute<'vectors/embed'> = async ({ layer, occurrences }, { model, signal, progress }) => {
  const hiddenState = hiddenStateIndex(layer, model);
  const words = occurrences.map((occurrence) => readWord(model, occurrence));
  const rows = new Map<string, { readonly input: ModelInput; readonly words: number[] }>();
  words.forEach((word, index) => {
    if (!word) return;
    const key = word.tokens.map(({ id }) => id).join();
    const row = rows.get(key);
    if (row) row.words.push(index);
    else rows.set(key, { input: { tokens: word.tokens }, words: [index] });
  });

  const vectors: (Float32Array | null)[] = words.map(() => null);
  const inputs = [...rows.values()];
  let done = 0;
  for (const batch of batchesByLength(inputs.map(({ input }) => input))) {
    progress({ message: 'Reading sentences', done, total: inputs.length });
    const { hidden } = await model.run(
      batch.map((index) => inputs[index]!.input),
      { hidden: [hiddenState] },
      signal,
    );
    batch.forEach((index, row) => {
      for (const word of inputs[index]!.words) {
        vectors[word] = meanOfPieces(hidden.get(hiddenState)!, row, words[word]!.pieces);
      }
    });
    done += batch.length;
  }
  return { model: model.info, vectors };
};

/** @throws HeadlightError `out-of-range` */
function hiddenStateIndex(layer: number, { info: { layers } }: TransformerModel): number {
  if (layer === -1) return layers;
  if (Number.isInteger(layer) && layer >= 0 && layer <= layers) return layer;
  throw new HeadlightError(
    'out-of-range',
    `There is no hidden state ${layer}: this model has states 0 (the embedding layer) to ${layers} (the last layer, ` +
      'which -1 means too). Choose one of them.',
  );
}
