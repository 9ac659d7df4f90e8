import { HeadlightError } from '../../errors';
import { atTemperature, entropyBits, softmax } from '../../math/softmax';
import { rankOf, topK } from '../../math/topK';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import { readText } from '../readText';
import { scoreCandidates } from './candidates';
import type { MaskPredictions, Prediction, PredictionsRequest } from './contract';
import { placesToMask } from './mask';

/** What a masked language model would put into the masked places. */
export const predict: Compute<'predictions/predict'> = async (request, { model, signal, progress }) => {
  const maskId = requireMaskedLanguageModel(model);
  const temperature = temperatureOf(request);
  const input = readText(model, { text: request.text, pair: request.pair, focus: focusOf(request, model) });
  const places = placesToMask(input.tokens, maskId, request);
  const subject = { model: model.info, ...input };
  if (places.length === 0) return { ...subject, masks: [] };

  const masked = new Set(places);
  const ids = input.tokens.map((token, index) => (masked.has(index) ? maskId : token.id));
  const logitsAt = places.map((token) => ({ row: 0, token }));
  const { logits } = await model.run([{ tokens: input.tokens, ids }], { logitsAt }, signal);
  const vocabulary = logits!.dims[1]!;
  const masks: MaskPredictions[] = [];
  for (const [row, index] of places.entries()) {
    const probabilities = softmax(atTemperature(logits!.data.subarray(row * vocabulary, (row + 1) * vocabulary), temperature));
    const place = { tokens: input.tokens, ids, index, probabilities, temperature };
    const original = input.tokens[index]!.id;
    masks.push({
      index,
      original:
        original === maskId
          ? null
          : { ...predictionOf(original, probabilities, model), rank: rankOf(probabilities, original) },
      predictions: predictionsOf(probabilities, request.top, model),
      candidates: await scoreCandidates(request.candidates ?? [], place, model, signal),
      entropy: entropyBits(probabilities),
    });
    if (places.length > 1) progress({ message: 'Predicting', done: row + 1, total: places.length });
  }
  return { ...subject, masks };
};

/** The `top` most probable vocabulary entries, word pieces such as `##ing` included. */
export function predictionsOf(probabilities: Float32Array, top: number, model: TransformerModel): Prediction[] {
  return topK(probabilities, top).map((id) => predictionOf(id, probabilities, model));
}

/**
 * The id of the model's mask token.
 * @throws HeadlightError `no-mask-token` or `no-masked-lm-head` for a model that predicts no masked words
 */
export function requireMaskedLanguageModel(model: TransformerModel): number {
  const { maskToken } = model.tokenizer;
  if (!maskToken) {
    throw new HeadlightError(
      'no-mask-token',
      `${model.info.name} has no mask token, so nothing can be masked. Choose a masked language model, such as BERT, ` +
        'RoBERTa, or the built-in encoder.',
    );
  }
  if (!model.info.hasMaskedLanguageHead) {
    throw new HeadlightError(
      'no-masked-lm-head',
      `${model.info.name} was exported without its masked-language head, so it predicts no words. Export it for the ` +
        'task "fill-mask", or choose the built-in encoder.',
    );
  }
  return maskToken.id;
}

/** @throws HeadlightError `out-of-range` for a temperature that is not above 0 */
export function temperatureOf({ temperature = 1 }: PredictionsRequest): number {
  if (temperature > 0 && Number.isFinite(temperature)) return temperature;
  throw new HeadlightError('out-of-range', `A temperature of ${temperature} means nothing. Choose one above 0; 1 is the model’s own.`);
}

/** A text beyond the window is read around what shall be masked unless the request says otherwise. */
export function focusOf({ focus, maskRange, text }: PredictionsRequest, model: TransformerModel): number {
  return focus ?? maskRange?.start ?? Math.max(0, text.indexOf(model.tokenizer.maskToken!.text));
}

function predictionOf(id: number, probabilities: Float32Array, model: TransformerModel): Prediction {
  return { token: model.tokenizer.display(id), id, probability: probabilities[id]! };
}
