import { headMetricNames, type HeadMetricName, type HeadMetrics } from './contract';

export interface MetricText {
  readonly name: string;
  /** What is measured, in a sentence. */
  readonly definition: string;
  readonly source: string;
}

const clark = 'Clark et al. 2019, arXiv:1906.04341';

/** What each metric measures and who measured it first; all are means over the tokens of the text. */
export const metricTexts: Readonly<Record<HeadMetricName, MetricText>> = {
  previousToken: { name: 'previous token', definition: 'Weight that a token gives to the token before it.', source: clark },
  nextToken: { name: 'next token', definition: 'Weight that a token gives to the token after it.', source: clark },
  sameToken: { name: 'same token', definition: 'Weight that a token gives to itself and to its repeats.', source: clark },
  firstToken: { name: 'first token', definition: 'Weight that a token gives to the first of the input, where heads look that have nothing to do ([CLS] for BERT).', source: clark },
  separator: { name: 'separator', definition: 'Weight that a token gives to other special tokens ([SEP]), which often means “nothing to look at”.', source: clark },
  punctuation: { name: 'punctuation', definition: 'Weight that a token gives to punctuation marks.', source: clark },
  crossSentence: { name: 'other sentence', definition: 'Weight that a token gives to words of the other sentence of the pair.', source: 'Headlight' },
  distance: { name: 'distance', definition: 'How many tokens away a token looks, weighed by attention.', source: 'Vig & Belinkov 2019, arXiv:1906.04284' },
  entropy: { name: 'entropy', definition: 'How evenly a token spreads its weight: 0 for one token alone, 1 for all alike.', source: clark },
};

/** Metrics that are shares of a row's weight. */
const shares = ['previousToken', 'nextToken', 'sameToken', 'firstToken', 'separator', 'punctuation', 'crossSentence'] as const satisfies readonly HeadMetricName[];

/** From this share on a habit names the head. */
const clear = 0.3;
/** From this entropy on a head without a habit is called broad. */
const broad = 0.7;

/** A head's short measured label, and the metric that it names. */
export interface HeadLabel {
  readonly text: string;
  readonly metric: HeadMetricName;
}

/** Metrics that this text could be measured by. */
export function measured({ values }: HeadMetrics): readonly HeadMetricName[] {
  return headMetricNames.filter((name) => values[name] !== null);
}

/** What a head does most, in a few words: `previous token 0.91`. @param at layer · heads + head */
export function headLabel({ values }: HeadMetrics, at: number): HeadLabel {
  const of = (metric: HeadMetricName): number => values[metric]?.[at] ?? 0;
  const measurable = shares.filter((name) => values[name] !== null);
  const metric = measurable.reduce<HeadMetricName>((best, name) => (of(name) > of(best) ? name : best), measurable[0] ?? 'entropy');
  if (of(metric) >= clear) return { text: `${metricTexts[metric].name} ${formatMetric(metric, of(metric))}`, metric };
  if (of('entropy') >= broad) return { text: `broad: entropy ${formatMetric('entropy', of('entropy'))}`, metric: 'entropy' };
  return { text: `mixed: ${metricTexts[metric].name} ${formatMetric(metric, of(metric))}`, metric };
}

/** A share or entropy with two decimals, a distance in tokens with one. */
export function formatMetric(metric: HeadMetricName, value: number): string {
  return metric === 'distance' ? `${value.toFixed(1)}\u202ftokens` : value.toFixed(2);
}

/** Heads (layer · heads + head) by falling value; by layer and head where there are no values. */
export function rankedHeads(values: ArrayLike<number> | null, count: number): number[] {
  const heads = Array.from({ length: count }, (_, at) => at);
  return values ? heads.sort((a, b) => values[b]! - values[a]! || a - b) : heads;
}
