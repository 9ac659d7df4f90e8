import type { ModelInfo } from '../model';
import type { AttendedText, AttentionMapKey, AttentionPart } from './contract';
import { mapKinds } from './maps';

/** The stacks of attention that a model has, the one that reads first; none for a model without attention. */
export function partsOf({ layers, writes }: Pick<ModelInfo, 'layers' | 'writes'>): readonly AttentionPart[] {
  if (writes?.task === 'continuation') return layers > 0 ? ['decoder'] : [];
  const own: readonly AttentionPart[] = layers > 0 ? ['encoder'] : [];
  if (writes?.looksBy === 'attention') return [...own, 'decoder', 'cross'];
  return writes?.looksBy === 'alignment' ? [...own, 'cross'] : own;
}

/** What each is called in headings and pictures. */
export const partNames: Readonly<Record<AttentionPart, string>> = {
  encoder: 'encoder self-attention', decoder: 'decoder self-attention', cross: 'cross-attention',
};

/** Layers and heads of a part; none of a part that the model lacks. */
export function sizeOf(info: Pick<ModelInfo, 'layers' | 'heads' | 'writes'>, part: AttentionPart): { readonly layers: number; readonly heads: number } {
  const { writes } = info;
  if (!partsOf(info).includes(part)) return { layers: 0, heads: 0 };
  if (part === 'encoder' || writes?.task !== 'translation') return info;
  return writes.looksBy === 'alignment' ? { layers: 1, heads: 1 } : writes;
}

/** Whether the weights come from queries and keys, and weigh values: an LSTM's alignment does not. */
export function hasVectors({ model }: Pick<AttendedText, 'model'>): boolean {
  return model.writes?.looksBy !== 'alignment';
}

/** The maps that make sense of a part: attention to another text does not roll out, as its layers do not hand on one another's rows. */
export function mapKindsOf(subject: Pick<AttendedText, 'model' | 'part'>): readonly AttentionMapKey['kind'][] {
  // One layer of one head has no means but itself.
  if (!hasVectors(subject)) return ['head'];
  return mapKinds.filter((kind) => kind !== 'rollout' || subject.part !== 'cross');
}
