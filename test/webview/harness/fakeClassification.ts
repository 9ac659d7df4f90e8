import { occludedWords } from '../../../src/lenses/attribution/occlusion';
import type {
  Classification, ClassificationLines, ClassificationLinesRequest, ClassificationRequest, Evidence, EvidenceRequest,
} from '../../../src/lenses/classification/contract';
import { greatest, logOdds, probabilitiesOf } from '../../../src/lenses/classification/outcome';
import type { ModelInfo } from '../../../src/lenses/model';
import { rankCorrelation } from '../../../src/math/rankCorrelation';
import type { WithoutTarget } from '../../../src/panel/contract';
import { encoderInfo } from '../../support/encoderInfo';
import { tokensOf } from './fakeModel';

/** What words do for "positive". */
const strengths: Readonly<Record<string, number>> = { dull: -1.4, badly: -0.9, mess: -2.1, wastes: -0.6, great: 1.8, loved: 2.2, warm: 1.1, funny: 0.7, only: -0.2 };

/** A text that names one of these is of another model. */
function modelFor(text: string): ModelInfo {
  if (text.includes('EMOTIONS')) {
    return { ...encoderInfo, id: 'emotions', name: 'emotions', problemType: 'multi-label', labels: Array.from({ length: 28 }, (_, at) => (at === 3 ? '<b>joy</b>' : `emotion ${at}`)) };
  }
  return text.includes('STARS') ? { ...encoderInfo, id: 'stars', name: 'stars', problemType: 'regression', labels: ['stars'], maskToken: null } : encoderInfo;
}

function logitsOf(words: readonly string[], { labels }: ModelInfo): Float32Array {
  const sum = words.reduce((all, word) => all + (strengths[word.toLowerCase()] ?? 0.02), 0.1);
  return Float32Array.from(labels!, (_, label) => (labels!.length === 1 ? 3 + sum : labels!.length === 2 ? (label === 0 ? -sum : sum) : Math.cos(label) * 3 - 2));
}

const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{M}]+/gu) ?? [];

export function classification({ text, pair }: WithoutTarget<ClassificationRequest>): Classification {
  const model = modelFor(text);
  const logits = logitsOf(wordsIn(`${text} ${pair ?? ''}`), model);
  return {
    model, logits, tokens: tokensOf(text, pair), windowed: null, label: greatest(logits), probabilities: probabilitiesOf(logits, model.problemType!),
    heldOut: model === encoderInfo ? { accuracy: 0.893 } : null,
  };
}

export function evidence(request: WithoutTarget<EvidenceRequest>): Evidence {
  const { method, pair, text } = request;
  const answer = classification(request);
  const { logits, model, tokens } = answer;
  const of = request.of ?? answer.label;
  const parts = occludedWords(tokens, text, pair);
  const words = parts.map(({ end, segment, start }) => {
    const word = (segment === 0 ? text : pair!).slice(start, end);
    const strength = strengths[word.toLowerCase()] ?? 0.02 * (method === 'mask' ? 1 : -1);
    const rest = logits.map((logit, label) => logit - (label === 0 && logits.length > 1 ? -strength : strength));
    const [with_, without] = [probabilitiesOf(logits, model.problemType!), probabilitiesOf(rest, model.problemType!)];
    return {
      start, end, segment,
      probability: with_ && with_[of]! - without![of]!,
      logit: logOdds(logits, of, model.problemType!) - logOdds(rest, of, model.problemType!),
    };
  });
  const sizes = words.map(({ logit }) => Math.abs(logit));
  const mean = Float32Array.from(words, (_, word) => (0.5 + Math.sin(word * 3)) ** 2 / (2 * words.length));
  const weights = Float32Array.from(words, (word, index) => (Math.abs(word.logit) + 0.1 * (index % 3)) / (2 * words.length));
  return {
    ...answer, of, method, words,
    attention: {
      layer: 5, token: 0, mean, meanCorrelation: rankCorrelation(mean, sizes),
      best: { head: 7, weights, correlation: rankCorrelation(weights, sizes) ?? 0 },
    },
  };
}

export function classificationLines({ texts }: WithoutTarget<ClassificationLinesRequest>): ClassificationLines {
  const rows = texts.map((text) => (text.trim() === '' ? encoderInfo.labels!.map(() => NaN) : [...logitsOf(wordsIn(text), encoderInfo)]));
  return { model: encoderInfo, logits: Float32Array.from(rows.flat()), cut: texts.flatMap((text, index) => (text.length > 1000 ? [index] : [])) };
}
