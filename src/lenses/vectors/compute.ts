import { HeadlightError } from '../../errors';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import { wordVectors } from '../wordVectors';

/** Vectors of words in their sentences, from one hidden state. */
export const embed: Compute<'vectors/embed'> = async ({ layer, occurrences }, context) => {
  const vectors = await wordVectors(occurrences, [hiddenStateIndex(layer, context.model)], context);
  return { model: context.model.info, vectors: vectors.map((states) => states?.[0] ?? null) };
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
