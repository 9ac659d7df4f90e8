import { HeadlightError } from '../errors';
import type { Prediction } from '../lenses/predictions/contract';
import { predictionsPage } from '../standalone/predictionsPage';
import { visibleText } from '../text/visibleText';
import { bar, percent } from './bar';
import { positiveNumber, text, wholeNumber } from './options';
import { UsageError, type Verb } from './verb';
import { writeWholeFile } from './writeFile';

const defaultTop = 5;

const bare = ({ token, probability }: Prediction): Omit<Prediction, 'id'> => ({ token, probability });

/** `predict TEXT`: what the model would put in the place of each mask. */
export const predict: Verb = {
  name: 'predict',
  summary: 'what stands at masked places',
  usage: 'predict TEXT [--top K] [--temperature T] [--depth] [--html FILE]',
  switchable: true,
  words: [1, 1],
  options: { top: { type: 'string' }, temperature: { type: 'string' }, depth: { type: 'boolean' }, html: { type: 'string' } },
  help: `Prints the most probable vocabulary entries for each mask ([MASK]) in TEXT.

  --top K     how many (default ${defaultTop})
  --temperature T  divide the logits by T before the softmax: below 1 it is surer, above evener
  --depth     also what each hidden state would say there, 0 the embedding layer's: the vocabulary
              head, made for the last one, reads them all (the logit lens)
  --html FILE write a page with the text, its masks and their predictions that opens in any browser,
              offline, and can be printed

JSON: {masks: [{index, predictions: [{token, probability}], states?: [{entropy, predictions}]}]}
With --html: {model, device, files: [FILE]}
"index" is the index of the masked token. Probabilities are softmax over the whole vocabulary;
entries that begin with ## continue a word. "entropy" is in bits.`,

  async run({ call, options, output, words }) {
    const top = wholeNumber(options, 'top', 1) ?? defaultTop;
    const temperature = positiveNumber(options, 'temperature');
    const page = text(options, 'html');
    if (page !== undefined && options['depth'] === true) throw new UsageError('A page holds no hidden states: leave out --depth, or --html.');
    const request = { text: words[0]!, top, ...(temperature !== undefined && { temperature }) };
    const { masks, model, tokens, windowed } = await call('predictions/predict', request);
    if (masks.length === 0) {
      const mask = model.maskToken ?? '[MASK]';
      throw new HeadlightError(
        'nothing-masked',
        `Nothing is masked. Write ${mask} where a word is wanted, for example "The cow jumped over the ${mask}."`,
      );
    }
    if (page !== undefined) {
      const answer = { model, tokens, windowed, masks };
      await writeWholeFile(page, predictionsPage({ answer, text: words[0]!, temperature: temperature ?? 1, label: '', made: new Date() }));
      await (output.json ? output.writeJson({ model: model.id, device: model.device, files: [page] }) : output.line(`${page}: ${model.name} · predictions`));
      return;
    }
    const depth = options['depth'] === true ? await call('predictions/depth', request) : undefined;
    const statesAt = (mask: number) => depth?.places.find(({ index }) => index === mask)?.states;
    if (output.json) {
      await output.writeJson({
        masks: masks.map(({ index, predictions }) => ({
          index,
          predictions: predictions.map(bare),
          ...(depth && { states: statesAt(index)?.map((state) => ({ entropy: state.entropy, predictions: state.predictions.map(bare) })) ?? null }),
        })),
      });
      return;
    }
    await output.line(`${model.name} on ${model.device}`);
    if (windowed) await output.line(windowed.explanation);
    for (const { index, predictions, entropy } of masks) {
      await output.line(`\nmask at token ${index} of ${tokens.length}, entropy ${entropy.toFixed(1)} bits`);
      const width = Math.max(...predictions.map(({ token }) => visibleText(token).length));
      for (const { token, probability } of predictions) {
        await output.line(`  ${visibleText(token).padEnd(width)} ${bar(probability)} ${percent(probability)}`);
      }
      for (const [state, said] of (statesAt(index) ?? []).entries()) {
        const best = said.predictions.map((one) => `${one.token} ${percent(one.probability)}`).join(', ');
        await output.line(`  state ${state}  ${best}`);
      }
    }
  },
};
