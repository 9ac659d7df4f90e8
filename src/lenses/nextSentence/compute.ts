import { softmax } from '../../math/softmax';
import type { Compute } from '../compute';
import { readText, requireText } from '../readText';
import { heldOutOf } from './heldOut';
import { requireNextSentenceHead } from './requireHead';

/** Probability that the second sentence follows the first, by BERT's next-sentence head (Devlin et al. 2019, § 3.1). */
export const scoreNextSentence: Compute<'nextSentence/score'> = async ({ first, second }, { model, signal }) => {
  requireNextSentenceHead(model.info);
  requireText(second, 'The second sentence');
  const input = readText(model, { text: first, pair: second });
  const { nextSentence } = await model.run([{ tokens: input.tokens }], { nextSentence: true }, signal);
  return { model: model.info, ...input, isNext: softmax(nextSentence!.data)[0]!, heldOut: await heldOutOf(model) };
};
