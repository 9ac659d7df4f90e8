import { entropyBits } from '../../math/softmax';
import { topK } from '../../math/topK';
import type { TextTokenizer } from '../../text/tokenizer';
import { drawable } from './choose';
import type { ChosenFrom, Greedy, Sampling } from './contract';
import { alternativeOf, type Distribution } from './describeStep';

/**
 * What a token is chosen from.
 * @param own the model's distribution
 * @param logits its logits after the rules
 * @param count most entries to list by either probability
 * @param written listed in any case
 */
export function chosenFrom(
  own: Distribution,
  logits: Float32Array,
  choice: Greedy | Sampling,
  count: number,
  written: readonly number[],
  tokenizer: TextTokenizer,
): ChosenFrom {
  const { ids, probabilities } = drawable(logits, choice.kind === 'sample' ? choice : {});
  const chances = new Float32Array(logits.length);
  ids.forEach((id, index) => { chances[id] = probabilities[index]!; });
  const likely = topK(chances, count).filter((id) => chances[id]! > 0);
  const listed = new Set([...own.alternatives.map(({ id }) => id), ...likely, ...written]);
  return {
    chances: Array.from(listed, (id) => ({ ...alternativeOf(id, Math.exp(own.logs[id]!), tokenizer), chance: chances[id]! })),
    drawable: probabilities.reduce((sum, probability) => sum + (probability > 0 ? 1 : 0), 0),
    entropy: entropyBits(probabilities),
  };
}
