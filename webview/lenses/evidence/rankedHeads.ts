import type { AttentionPart } from '../../../src/lenses/attention/contract';
import type { PartEffects } from '../../../src/lenses/evidence/rankContract';

/** One head with what the outcome loses or gains without it. */
export interface RankedHead {
  readonly part: AttentionPart;
  readonly layer: number;
  readonly head: number;
  /** The outcome without it less the outcome with it. */
  readonly effect: number;
  /** The same as a difference of log-odds; null for what is no probability. */
  readonly logOdds: number | null;
}

/** Effects of one part as far as they are known; NaN for others. */
export type KnownEffects = Pick<PartEffects, 'part' | 'layers' | 'heads' | 'effects' | 'logOdds'>;

/** All heads of some parts whose effect is known, by their size. */
export function rankedHeads(parts: readonly KnownEffects[]): RankedHead[] {
  return parts
    .flatMap(({ effects, heads, logOdds, part }) =>
      Array.from(effects, (effect, at): RankedHead => ({ part, layer: Math.floor(at / heads), head: at % heads, effect, logOdds: logOdds?.[at] ?? null })))
    .filter(({ effect }) => !Number.isNaN(effect))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

/** The heads that the outcome loses most without. */
export function raising(ranked: readonly RankedHead[]): RankedHead[] {
  return ranked.filter(({ effect }) => effect < 0).sort((a, b) => a.effect - b.effect);
}

export function largestEffect(parts: readonly KnownEffects[]): number {
  return parts.reduce((largest, { effects }) => effects.reduce((max, effect) => (Number.isNaN(effect) ? max : Math.max(max, Math.abs(effect))), largest), 0);
}
