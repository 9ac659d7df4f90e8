import type { ReadingAttention } from './contract';

/** From which size on a rank correlation is called what. */
const strengths = [[0.7, 'agrees well with'], [0.4, 'agrees in part with'], [0.2, 'agrees little with'], [-0.2, 'says nothing of'], [-1, 'runs against']] as const;

/** What a rank correlation means, as a verb: `agrees well with`. */
export function strengthOf(correlation: number): string {
  return strengths.find(([least]) => correlation >= least)![1];
}

/** How well attention agrees with the evidence, as a sentence or two. */
export function correlationInWords({ best, layer, meanCorrelation }: Pick<ReadingAttention, 'best' | 'layer' | 'meanCorrelation'>, heads: number): string {
  if (meanCorrelation === null) return 'There is too little to rank: attention and evidence cannot be compared here.';
  const mean = `Attention of the last layer (${layer}), mean of ${heads} heads, ${strengthOf(meanCorrelation)} what leaving words out does: rank correlation ${signed(meanCorrelation)}.`;
  return best ? `${mean} Of its heads, ${best.head} agrees best: ${signed(best.correlation)}.` : mean;
}

export function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;
}
