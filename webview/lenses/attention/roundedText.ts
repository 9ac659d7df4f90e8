import type { AttentionMap } from '../../../src/lenses/attention/contract';

/** How exact weights are that were rounded on their way; empty for those that were not. */
export function roundedText(maps: readonly AttentionMap[] | null): string {
  const step = Math.max(0, ...(maps ?? []).map((map) => map.step ?? 0));
  return step === 0 ? '' : `Weights rounded to steps of 1/${Math.round(1 / step).toLocaleString('en')}.`;
}
