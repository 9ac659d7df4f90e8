import type { AttentionMap } from '../../../src/lenses/attention/contract';
import type { Classification } from '../../../src/lenses/classification/contract';
import type { LensMethod } from '../../../src/lenses/calls';
import type { ModelInfo } from '../../../src/lenses/model';
import type { NextSentence } from '../../../src/lenses/nextSentence/contract';
import type { Predictions } from '../../../src/lenses/predictions/contract';
import type { Senses } from '../../../src/lenses/senses/contract';
import type { SenseLayers } from '../../../src/lenses/senses/layersContract';
import type { Translation } from '../../../src/lenses/translation/contract';
import { isAllOn, type Switches } from '../../../src/lenses/whatIf/contract';
import { offCount, switchedInfo } from '../../../src/lenses/whatIf/describe';

/** What a fake answer becomes where some of the model is off: other numbers, the more the more is off, and a name that says so. */
export function switchedAnswer(method: LensMethod, answer: object, switches: Switches): object {
  if (isAllOn(switches) || method === 'model/load') return answer;
  const less = 1 / (1 + 0.5 * offCount(switches));
  const named = 'model' in answer ? { ...answer, model: switchedInfo(answer.model as ModelInfo, switches) } : answer;
  switch (method) {
    case 'predictions/predict': {
      const { masks } = answer as Predictions;
      // The first word goes, and those behind it move up.
      return {
        ...named,
        masks: masks.map((mask) => ({
          ...mask,
          original: mask.original && { ...mask.original, probability: 0.04, rank: 3 },
          predictions: mask.predictions.map(({ probability }, at) => ({ ...(mask.predictions[at + 1] ?? { token: 'fog', id: 77 }), probability: probability * less })),
        })),
      };
    }
    case 'attention/map': {
      const { weights } = answer as AttentionMap;
      return { ...named, weights: weights.map((weight, at) => (at % 7 === 3 ? weight * less : weight)) };
    }
    case 'nextSentence/score':
      return { ...named, isNext: (answer as NextSentence).isNext * less };
    case 'classification/classify': {
      const { probabilities } = answer as Classification;
      return { ...named, probabilities: probabilities && probabilities.toReversed() };
    }
    case 'senses/group': {
      const { cosine, occurrences } = answer as Senses;
      const merged = occurrences.map((occurrence) => occurrence && { ...occurrence, sense: Math.min(occurrence.sense, 1) });
      return { ...named, occurrences: merged, cosine: { ...cosine, contextual: { within: cosine.contextual.within, between: (cosine.contextual.within ?? 0) * 0.9 } } };
    }
    case 'senses/layers': {
      const { states } = answer as SenseLayers;
      return { ...named, states: states.map((state) => ({ ...state, silhouette: state.silhouette! * less, points: state.points.map((point) => point && { x: -point.x * less, y: point.y * less }) })) };
    }
    case 'translation/translate':
    case 'generation/generate':
      return { ...named, output: (answer as Translation).output.replace(/\p{L}+/u, 'Algo'), logProbability: (answer as Translation).logProbability / less };
    default:
      return named;
  }
}
