import { HeadlightError } from '../../errors';
import { topK } from '../../math/topK';
import { unit } from '../../math/vector';
import type { Compute } from '../compute';
import type { ModelInput, TransformerModel } from '../model';
import { perModel } from '../perModel';

/** Vectors of all words, read at the first request and kept with the model: 10 MB for the built-in one. */
const remembered = perModel(() => ({ vectors: null as Promise<Float32Array> | null }));

/** The words nearest to a word by the cosine of static vectors. */
export const nearest: Compute<'vectors/nearest'> = async ({ word, top }, { model, signal }) => {
  const { info, tokenizer } = model;
  if (info.layers > 0) {
    throw new HeadlightError(
      'out-of-range',
      `${info.name} gives a word another vector in every sentence, so that none is near to it as such. Choose a model of static vectors, such as the built-in "static".`,
    );
  }
  const pieces = tokenizer.encode(word).tokens.filter(({ special }) => !special);
  const [own] = pieces;
  if (!own || pieces.length > 1 || own.id === tokenizer.unknownId) return { model: info, words: null };
  const state = remembered(model);
  // A reading that was cancelled, or failed, is begun anew by the next request.
  state.vectors ??= unitVectors(model, signal).catch((error: unknown) => {
    state.vectors = null;
    throw error;
  });
  const cosines = cosinesWith(await state.vectors, own.id, info.hiddenSize);
  cosines[own.id] = NaN;
  const words = topK(cosines, top).map((id) => ({ token: tokenizer.display(id), cosine: cosines[id]! }));
  return { model: info, words };
};

/** `[word, hidden]` of the whole vocabulary, each of length one; zero for one that has no vector. */
async function unitVectors(model: TransformerModel, signal: AbortSignal): Promise<Float32Array> {
  const { info, tokenizer } = model;
  const ids = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id);
  const [any] = tokenizer.encode('a').tokens;
  const input: ModelInput = { tokens: ids.map(() => any!), ids };
  const { hidden } = await model.run([input], { hidden: [0] }, signal);
  const { data } = hidden.get(0)!;
  const vectors = new Float32Array(data.length);
  for (const id of ids) {
    const from = id * info.hiddenSize;
    vectors.set(unit(data.subarray(from, from + info.hiddenSize)), from);
  }
  return vectors;
}

function cosinesWith(vectors: Float32Array, id: number, size: number): Float32Array {
  const own = vectors.subarray(id * size, (id + 1) * size);
  const cosines = new Float32Array(vectors.length / size);
  // There are 25,000 rows: no view is made of each, and two sums do not wait for each other.
  for (let row = 0, at = 0; row < cosines.length; row++, at += size) {
    let even = 0;
    let odd = 0;
    for (let i = 0; i + 1 < size; i += 2) {
      even += vectors[at + i]! * own[i]!;
      odd += vectors[at + i + 1]! * own[i + 1]!;
    }
    cosines[row] = even + odd + (size % 2 === 1 ? vectors[at + size - 1]! * own[size - 1]! : 0);
  }
  return cosines;
}
