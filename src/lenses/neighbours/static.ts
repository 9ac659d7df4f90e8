import { HeadlightError } from '../../errors';
import { cosine, dot, mean } from '../../math/vector';
import { topK } from '../../math/topK';
import type { Compute, ComputeContext } from '../compute';
import { perModel } from '../perModel';

const vocabularies = perModel(() => ({ vectors: null as readonly Float32Array[] | null }));

/** The nearest entries of the vocabulary of a model without layers, such as word2vec's: one vector for all uses of a word. */
export const staticNeighbours: Compute<'vectors/staticNeighbours'> = async ({ word, top }, context) => {
  const { model } = context;
  if (model.info.layers > 0) {
    throw new HeadlightError('cannot-instrument', `${model.info.name} reads words in their context and has no one vector for each. Choose a model of static vectors.`);
  }
  const { tokenizer } = model;
  const state = vocabularies(model);
  state.vectors ??= await vocabularyOf(context);
  const { vectors } = state;
  const parts = tokenizer.encode(word).tokens.filter(({ special }) => !special);
  const known = parts.filter(({ id }) => id !== tokenizer.unknownId);
  const unknown = parts.filter(({ id }) => id === tokenizer.unknownId).map(({ text }) => text);
  // The unknown and the empty entry are no words; neither are those without a vector.
  const isWord = vectors.map((vector, id) => id !== tokenizer.unknownId && id !== tokenizer.padId && dot(vector, vector) > 0);
  const compared = isWord.filter(Boolean).length;
  if (known.length === 0) return { model: model.info, words: null, unknown, compared };
  const asked = mean(known.map(({ id }) => vectors[id]!));
  const own = new Set(known.map(({ id }) => id));
  const cosines = Float32Array.from(vectors, (vector, id) => (own.has(id) || !isWord[id] ? NaN : cosine(asked, vector)));
  return {
    model: model.info,
    words: topK(cosines, top).map((id) => ({ word: tokenizer.display(id), cosine: cosines[id]! })),
    unknown,
    compared,
  };
};

/** The vector of each entry of the vocabulary, by its id. */
async function vocabularyOf({ model, signal }: ComputeContext): Promise<readonly Float32Array[]> {
  const { hiddenSize, window } = model.info;
  const [token] = model.tokenizer.encode('a').tokens;
  const vectors: Float32Array[] = [];
  while (vectors.length < model.tokenizer.vocabularySize) {
    const ids = Array.from({ length: Math.min(window, model.tokenizer.vocabularySize - vectors.length) }, (_, at) => vectors.length + at);
    const { hidden } = await model.run([{ tokens: ids.map((id) => ({ ...token!, id })) }], { hidden: [0] }, signal);
    const { data } = hidden.get(0)!;
    ids.forEach((_, at) => vectors.push(data.slice(at * hiddenSize, (at + 1) * hiddenSize)));
  }
  return vectors;
}
