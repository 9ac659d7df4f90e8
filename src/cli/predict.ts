import { HeadlightError } from '../errors';
import { bar, percent } from './bar';
import { wholeNumber } from './options';
import type { Verb } from './verb';

const defaultTop = 5;

/** `predict TEXT`: what the model would put in the place of each mask. */
export const predict: Verb = {
  name: 'predict',
  summary: 'what stands at masked places',
  usage: 'predict TEXT [--top K]',
  words: [1, 1],
  options: { top: { type: 'string' } },
  help: `Prints the most probable vocabulary entries for each mask ([MASK]) in TEXT.

  --top K     how many (default ${defaultTop})

JSON: {masks: [{index, predictions: [{token, probability}]}]}
"index" is the index of the masked token. Probabilities are softmax over the whole vocabulary;
entries that begin with ## continue a word.`,

  async run({ call, options, output, words }) {
    const top = wholeNumber(options, 'top', 1) ?? defaultTop;
    const { masks, model, tokens, windowed } = await call('predictions/predict', { text: words[0]!, top });
    if (masks.length === 0) {
      const mask = model.maskToken ?? '[MASK]';
      throw new HeadlightError(
        'nothing-masked',
        `Nothing is masked. Write ${mask} where a word is wanted, for example "The cow jumped over the ${mask}."`,
      );
    }
    if (output.json) {
      await output.writeJson({
        masks: masks.map(({ index, predictions }) => ({
          index,
          predictions: predictions.map(({ token, probability }) => ({ token, probability })),
        })),
      });
      return;
    }
    await output.line(`${model.name} on ${model.device}`);
    if (windowed) await output.line(windowed.explanation);
    for (const { index, predictions, entropy } of masks) {
      await output.line(`\nmask at token ${index} of ${tokens.length}, entropy ${entropy.toFixed(1)} bits`);
      const width = Math.max(...predictions.map(({ token }) => token.length));
      for (const { token, probability } of predictions) {
        await output.line(`  ${token.padEnd(width)} ${bar(probability)} ${percent(probability)}`);
      }
    }
  },
};
