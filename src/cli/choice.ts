import type { Sampling } from '../lenses/writing/contract';
import { positiveNumber, wholeNumber } from './options';
import type { OptionValues } from './verb';

/** Options by which a token is drawn. */
export const samplingOptions = {
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  seed: { type: 'string' },
} as const;

export const samplingHelp = `  --temperature T  draw each token by its probability, with the logits divided by T first
  --top-k K        draw among the K most probable only
  --top-p P        draw among the most probable that together have probability P, above 0 to 1
  --seed S         draw as another call with this seed drew (default 0)`;

/** The sampling that these options ask for; undefined where none of them is given. */
export function samplingOf(options: OptionValues): Sampling | undefined {
  const temperature = positiveNumber(options, 'temperature');
  const topK = wholeNumber(options, 'top-k', 1);
  const topP = positiveNumber(options, 'top-p');
  const seed = wholeNumber(options, 'seed', 0);
  if ([temperature, topK, topP, seed].every((value) => value === undefined)) return undefined;
  return {
    kind: 'sample',
    seed: seed ?? 0,
    ...(temperature !== undefined && { temperature }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
  };
}
