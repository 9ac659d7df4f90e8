import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import type { MeasuredOutcome } from '../../../src/lenses/evidence/contract';
import { visibleText } from '../../../src/text/visibleText';
import type { KeptRanking } from '../evidence/keptRankings';
import { formatEffect, formatOutcome, formatSize } from '../evidence/outcomeTexts';
import { largestEffect } from '../evidence/rankedHeads';

/** What each head of the shown part does to an outcome that was measured. */
export interface MeasuredEffects extends Pick<KeptRanking, 'asked' | 'ranking'> {
  /** What is measured, as shown: `P(moon)`. */
  readonly name: string;
  /** `[layer, head]`: the outcome without the head less the outcome with it. */
  readonly values: Float32Array;
  /** Largest size of all, for a common scale. */
  readonly max: number;
  /** An effect's size, and the same with its sign. */
  readonly format: (size: number) => string;
  readonly signed: (effect: number) => string;
}

/** Null where it is of another number of heads. */
export function effectsOf({ asked, ranking }: KeptRanking, { heads, layers, part }: Pick<AttentionOverview, 'part' | 'layers' | 'heads'>): MeasuredEffects | null {
  const shown = ranking.parts.find((one) => one.part === part && one.layers === layers && one.heads === heads);
  return shown ? {
    asked, ranking,
    name: visibleText(ranking.name),
    values: shown.effects,
    max: largestEffect([shown]),
    format: (size) => formatSize(size, ranking),
    signed: (effect) => formatEffect(effect, ranking),
  } : null;
}

/** What one head does, in words: “P(moon) −3.1 pp without it, 21.9 %”. */
export function effectText({ name, ranking, signed, values }: MeasuredEffects, at: number): string {
  const effect = values[at]!;
  return `${name} ${signed(effect)} without it, ${formatOutcome(ranking.value + effect, ranking.scale)}`;
}

/** What is replaced by what, and of which text, for the legend. */
export function measuredText({ asked: { outcome }, ranking: { ablation } }: MeasuredEffects): string {
  const by = ablation === 'zero' ? 'Zero ablation: one head at a time gives zeros' : 'Mean ablation: one head at a time gives its mean over ordinary sentences';
  switch (outcome.kind) {
    case 'word':
      return `${by}. It was measured with the word masked; the attention is of the text as it stands.`;
    case 'separation':
    case 'cosine':
      return `${by}. It was measured over ${outcome.kind === 'cosine' ? 2 : outcome.groups.flat().length} sentences, of which this is one.`;
    default:
      return `${by}.`;
  }
}

/** What an outcome comes to, and how it was measured: a choice among several. */
export function rankingName({ ablation, name, scale, value }: Pick<MeasuredOutcome, 'name' | 'scale' | 'value'> & Pick<KeptRanking['ranking'], 'ablation'>): string {
  return `${visibleText(name)} ${formatOutcome(value, scale)}, by ${ablation === 'zero' ? 'zeros' : 'means'}`;
}
