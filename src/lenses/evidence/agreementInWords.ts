import { signed, strengthOf } from '../classification/correlationInWords';
import { topK } from '../../math/topK';
import type { AttendedParts, AttendedWay, Attribution } from './attributionContract';

/** How ways to read attention are called. */
export const wayNames: Readonly<Record<AttendedWay, string>> = { attention: 'Attention', norms: 'Attention by norms', rollout: 'Rollout' };

/** What a way to read attention is, of a model whose last layer has a number. */
export function wayInWords(way: AttendedWay, { isCross, layer, model }: Pick<Attribution, 'isCross' | 'layer' | 'model'>): string {
  const heads = isCross ? model.writes!.heads : model.heads;
  const of = isCross ? 'of the last layer’s cross-attention' : `of the last layer (${layer})`;
  return {
    attention: `Attention ${of}, mean of ${heads} heads,`,
    norms: `The same weighed with the length of what is brought over`,
    rollout: 'Attention rolled out over all layers',
  }[way];
}

/** How well what is looked at agrees with what leaving parts out does, and where attention misleads most. */
export function agreementInWords({ correlation, way, weights }: AttendedParts, attribution: Attribution, textOf: (part: number) => string): string {
  const what = wayInWords(way, attribution);
  const thing = attribution.by === 'word' ? 'words' : 'tokens';
  if (correlation === null) return `${what} cannot be compared: there is too little to rank.`;
  const agreement = `${what} ${strengthOf(correlation)} what leaving ${thing} out does: rank correlation ${signed(correlation)}.`;
  const [most] = topK(weights, 1);
  const [strongest] = topK(Float32Array.from(attribution.parts, ({ effect }) => Math.abs(effect)), 1);
  if (most === undefined || strongest === undefined || most === strongest) return agreement;
  return `${agreement} It looks most at “${textOf(most)}”, but without “${textOf(strongest)}” most changes.`;
}
