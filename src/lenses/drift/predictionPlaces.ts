import { randomNumbers } from '../../math/random';
import type { Token } from '../../text/token';
import type { ModelInput, TransformerModel } from '../model';
import type { PredictionKind } from './contract';

/** One token in so many is predicted, as in BERT's training one in eight was masked. */
const apart = 8;

/** What both of two models predict; null where there is nothing of the kind, with the reason in a sentence. */
export interface SharedPrediction {
  readonly kind: PredictionKind | null;
  readonly whyNone: string | null;
}

export function sharedPrediction(model: TransformerModel, other: TransformerModel): SharedPrediction {
  const kinds = [model, other].map(({ info }): PredictionKind | null =>
    info.hasMaskedLanguageHead ? 'masked' : info.writes?.task === 'continuation' ? 'next' : null,
  );
  const [one, two] = kinds as [PredictionKind | null, PredictionKind | null];
  if (one !== null && one === two) return { kind: one, whyNone: null };
  if (tellSameClasses(model, other)) return { kind: 'class', whyNone: null };
  const names = [...new Set([model, other].filter((_, index) => kinds[index] === null).map(({ info }) => info.name))];
  return {
    kind: null,
    whyNone:
      names.length > 0
        ? `Predictions are not compared: ${names.join(' and ')} ${names.length > 1 ? 'have' : 'has'} no output over the vocabulary to ask at places of a text, nor do both tell texts by the same classes.`
        : 'Predictions are not compared: one model predicts masked words, the other the next one.',
  };
}

/** Whether both tell texts by the same classes, by probabilities. */
function tellSameClasses({ info: one }: TransformerModel, { info: two }: TransformerModel): boolean {
  return one.labels !== null && two.labels !== null && one.labels.join('\n') === two.labels.join('\n') &&
    one.problemType === two.problemType && one.problemType !== 'regression';
}

/**
 * Tokens whose predictions are compared, by index: of those that hold a letter or a digit and are known to the model, each
 * eighth, from a place of chance on.
 * @param first the first token that has a prediction
 */
export function predictionPlaces(line: string, tokens: readonly Token[], { maskToken, unknownId }: TransformerModel['tokenizer'], first: number): number[] {
  const words = tokens.flatMap(({ special, id, start, end }, index) =>
    index >= first && !special && id !== unknownId && id !== maskToken?.id && /[\p{L}\p{N}]/u.test(line.slice(start, end)) ? [index] : [],
  );
  // A seed of the line's own: it is asked at the same places whatever stands around it.
  const from = Math.floor(randomNumbers(hashOf(line))() * Math.min(apart, words.length));
  return words.filter((_, index) => index % apart === from);
}

/** 32 bits that follow from a text (Fowler, Noll and Vo, FNV-1a over UTF-16 units). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The same tokens with masks fed at some of them. */
export function masked({ tokens }: ModelInput, places: readonly number[], maskId: number): ModelInput {
  return { tokens, ids: tokens.map(({ id }, index) => (places.includes(index) ? maskId : id)) };
}
