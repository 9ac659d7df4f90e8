import type { TextMap } from '../../../../src/lenses/attention/compareContract';
import type { AttentionMapKey, AttentionMapRequest, AttentionOverview, AttentionRequest } from '../../../../src/lenses/attention/contract';
import { mapKeyOf } from '../../../../src/lenses/attention/maps';
import { sizeOf } from '../../../../src/lenses/attention/parts';
import type { ModelInfo } from '../../../../src/lenses/model';
import type { PanelCall, WithoutTarget } from '../../../../src/panel/contract';
import type { CompareState, ComparisonKind } from './compareState';

/** What B is: how it differs from A, and what to ask for. */
export interface OtherSide {
  readonly kind: ComparisonKind;
  readonly request: WithoutTarget<AttentionMapRequest> & PanelCall;
  /** Answers with the same subject are of the same tokens. */
  readonly subject: string;
}

/** B as it was answered. */
export interface AnsweredSide {
  readonly side: OtherSide;
  readonly map: TextMap;
}

/** What A is. */
export interface OneSide {
  readonly overview: AttentionOverview;
  readonly request: WithoutTarget<AttentionRequest> & PanelCall;
  readonly map: AttentionMapKey;
}

/**
 * B for a state; null while the reader has not said which text or model, or the model is not known yet.
 * @param focus offset that a window of another text is centred on: the word that is compared
 */
export function otherSideOf(own: CompareState, { overview, request, map }: OneSide, other: ModelInfo | null, focus = 0): OtherSide | null {
  const { part, inModel, written } = request;
  const base = [overview.model.id, part, written];
  switch (own.kind) {
    case 'head': {
      // The mean of all heads has no other of its kind in the same text: a layer's is what it can be compared with.
      const kind = map.kind === 'model' ? 'layer' : map.kind;
      const { layer, head } = clamped(own, overview);
      return { kind: 'head', request: { ...request, map: mapKeyOf(kind, layer, head) }, subject: JSON.stringify([...base, request.text, request.pair]) };
    }
    case 'text':
      return own.text === '' ? null : {
        kind: 'text',
        // Another source is written anew.
        request: { text: own.text, map, focus, ...(part && { part }), ...(inModel !== undefined && { inModel }) },
        subject: JSON.stringify([...base, 'text', own.text]),
      };
    case 'model': {
      if (own.model === null || other === null) return null;
      const { layer, head } = clamped(own, sizeOf(other, overview.part));
      return {
        kind: 'model',
        // Both models are looked at writing the same text, by the tokens of each.
        request: { ...request, map: mapKeyOf(map.kind, layer, head), inModel: own.model, ...(overview.written && { written: { text: overview.written.text } }) },
        subject: JSON.stringify([...base, 'model', own.model, request.text, request.pair]),
      };
    }
  }
}

/** A layer and head that are there. */
export function clamped({ layer, head }: CompareState, { layers, heads }: Pick<ModelInfo, 'layers' | 'heads'>): { layer: number; head: number } {
  return { layer: Math.max(0, Math.min(layer, layers - 1)), head: Math.max(0, Math.min(head, heads - 1)) };
}
