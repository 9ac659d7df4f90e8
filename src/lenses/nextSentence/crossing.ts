import { attend } from '../attention/compute';
import type { Compute } from '../compute';
import { requireText } from '../readText';
import { crossingShares } from './crossingShares';

/** Attention between two sentences, from the same run as the attention lens's. */
export const crossing: Compute<'nextSentence/crossing'> = async ({ first, second, ...target }, context) => {
  requireText(second, 'The second sentence');
  const { input, attention } = await attend({ ...target, text: first, pair: second }, context);
  const { layers, heads } = context.model.info;
  return { model: context.model.info, ...input, layers, heads, ...crossingShares(attention, input.tokens, layers, heads) };
};
