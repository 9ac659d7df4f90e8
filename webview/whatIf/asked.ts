import type { LensResult } from '../../src/lenses/calls';
import type { PanelRequests } from '../../src/panel/contract';
import { mapOutcomes, type MapLabels } from './outcomes/attention';
import { classOutcomes } from './outcomes/classes';
import type { Outcomes } from './outcomes/outcome';
import { deepEnough, percentCell, predictionOutcomes } from './outcomes/predictions';
import { senseOutcomes } from './outcomes/senses';
import { writingOutcomes } from './outcomes/writing';

/** Calls whose answers are compared. */
interface Compared {
  'predictions/predict': object;
  'nextSentence/score': object;
  'senses/group': object;
  'classification/classify': object;
  'translation/translate': object;
  'generation/generate': object;
  /** What the map's rows and columns are called. */
  'attention/map': { readonly labels: MapLabels };
}

/** What a view asks, to be asked under every way of switching its model. */
export type Asked = { readonly [M in keyof Compared]: { readonly method: M; readonly request: PanelRequests[M][0] } & Compared[M] }[keyof Compared];

/** The request as it is asked to compare: with what the comparison needs, and without what only a view draws. */
export function askedToCompare({ method, request }: Asked): Asked['request'] {
  switch (method) {
    case 'predictions/predict':
      return { ...request, top: Math.max(request.top, deepEnough) };
    case 'translation/translate':
    case 'generation/generate':
      return { ...request, attention: false };
    default:
      return request;
  }
}

/** @param answers under each way of switching, the first with all on */
export function outcomesOf(asked: Asked, answers: readonly unknown[]): Outcomes {
  const of = <M extends keyof Compared>(): readonly LensResult<M>[] => answers as readonly LensResult<M>[];
  switch (asked.method) {
    case 'predictions/predict':
      return predictionOutcomes(of<'predictions/predict'>());
    case 'nextSentence/score': {
      const cells = of<'nextSentence/score'>().map(({ isNext }) => percentCell(isNext));
      return { groups: [{ heading: 'Next sentence', rows: [{ label: 'B follows A', cells, probability: true }] }] };
    }
    case 'senses/group':
      return senseOutcomes(of<'senses/group'>());
    case 'classification/classify':
      return classOutcomes(of<'classification/classify'>());
    case 'translation/translate':
      return writingOutcomes(of<'translation/translate'>());
    case 'generation/generate':
      return writingOutcomes(of<'generation/generate'>());
    case 'attention/map':
      return mapOutcomes(of<'attention/map'>(), asked.labels);
  }
}
