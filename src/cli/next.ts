import { bar, percent } from './bar';
import type { Verb } from './verb';

/** `next A B`: whether B follows A. */
export const next: Verb = {
  name: 'next',
  summary: 'whether sentence B follows sentence A',
  usage: 'next A B',
  words: [2, 2],
  options: {},
  help: `Prints the probability that sentence B follows sentence A, by the model's next-sentence head.

JSON: {isNext}, a probability from 0 to 1`,

  async run({ call, output, words }) {
    const { isNext, model } = await call('nextSentence/score', { first: words[0]!, second: words[1]! });
    if (output.json) await output.writeJson({ isNext });
    else await output.line(`B follows A: ${bar(isNext)} ${percent(isNext)} (${model.name} on ${model.device})`);
  },
};
