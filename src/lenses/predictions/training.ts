import { randomNumbers } from '../../math/random';
import { softmax } from '../../math/softmax';
import { rankOf } from '../../math/topK';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import { readText } from '../readText';
import { predictionsOf, requireMaskedLanguageModel } from './compute';
import type { TokenFate } from './trainingContract';

/** Of the tokens, this share is chosen; of those, these become masks and other words. */
const chosenShare = 0.15;
const maskedShare = 0.8;
const replacedShare = 0.1;

/** A training example of the text and what the model answers: BERT's own 15 %, and of those 80 % masked, 10 % replaced, 10 % kept. */
export const trainingExample: Compute<'predictions/trainingExample'> = async (request, { model, signal }) => {
  const maskId = requireMaskedLanguageModel(model);
  const input = readText(model, { text: request.text, focus: request.focus });
  const random = randomNumbers(request.seed);
  const content = input.tokens.flatMap(({ special, id }, index) => (special || id === maskId ? [] : [index]));
  const chosen = shuffled(content, random).slice(0, Math.max(1, Math.round(chosenShare * content.length))).sort((a, b) => a - b);
  const fates = new Map(chosen.map((index) => [index, fateOf(random())]));
  const ids = input.tokens.map(({ id }, index) => {
    const fate = fates.get(index);
    if (fate === 'masked') return maskId;
    return fate === 'replaced' ? anyWord(model, random) : id;
  });

  const logitsAt = chosen.map((token) => ({ row: 0, token }));
  const { logits } = await model.run([{ tokens: input.tokens, ids }], { logitsAt }, signal);
  const vocabulary = logits!.dims[1]!;
  const places = chosen.map((index, place) => {
    const probabilities = softmax(logits!.data.subarray(place * vocabulary, (place + 1) * vocabulary));
    const { id } = input.tokens[index]!;
    return {
      index,
      fate: fates.get(index)!,
      shown: model.tokenizer.display(ids[index]!),
      original: { token: model.tokenizer.display(id), id, probability: probabilities[id]!, rank: rankOf(probabilities, id) },
      predictions: predictionsOf(probabilities, request.top, model),
    };
  });
  const loss = places.reduce((sum, { original }) => sum - Math.log(original.probability), 0) / Math.max(1, places.length);
  return { model: model.info, ...input, places, loss };
};

function fateOf(number: number): TokenFate {
  if (number < maskedShare) return 'masked';
  return number < maskedShare + replacedShare ? 'replaced' : 'kept';
}

/** Any whole word of the vocabulary. */
function anyWord({ tokenizer }: TransformerModel, random: () => number): number {
  for (;;) {
    const id = Math.floor(random() * tokenizer.vocabularySize);
    if (/^\p{L}{2,}$/u.test(tokenizer.display(id))) return id;
  }
}

function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
