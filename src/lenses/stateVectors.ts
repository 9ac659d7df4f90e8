import type { ComputeContext } from './compute';
import { LruCache } from './lruCache';
import { perModel } from './perModel';
import type { OccurrenceInContext } from './senses/contract';
import { occurrenceKey } from './wordInContext';
import { wordVectors } from './wordVectors';

/** Bytes of vectors remembered per model: the content words of some 5,000 tokens in all states of the encoder, several times. */
const rememberedBytes = 128 * 2 ** 20;

const remembered = perModel(() => new LruCache<string, Float32Array[] | null>(rememberedBytes));

/**
 * Vectors of words in their sentences after every hidden state, 0 the embedding layer's. What was read before is
 * remembered, so that an edit costs its own sentence, and a word that is added costs that word.
 * @returns for each occurrence `[state][hidden]`; null for one that the model cannot read
 */
export async function stateVectors(occurrences: readonly OccurrenceInContext[], context: ComputeContext): Promise<(readonly Float32Array[] | null)[]> {
  const { info } = context.model;
  const known = remembered(context.model);
  const vectors = new Map(occurrences.map((occurrence) => [occurrenceKey(occurrence), known.get(occurrenceKey(occurrence))]));
  const missing = [...new Map(occurrences.map((occurrence) => [occurrenceKey(occurrence), occurrence]))].filter(([key]) => vectors.get(key) === undefined);
  const states = Array.from({ length: info.layers + 1 }, (_, state) => state);
  const read = await wordVectors(missing.map(([, occurrence]) => occurrence), states, context);
  missing.forEach(([key], at) => {
    vectors.set(key, read[at]);
    known.set(key, read[at]!, key.length + (read[at] ? states.length * info.hiddenSize * Float32Array.BYTES_PER_ELEMENT : 0));
  });
  return occurrences.map((occurrence) => vectors.get(occurrenceKey(occurrence)) ?? null);
}
