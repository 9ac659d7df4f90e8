import type { HeadMetrics } from '../../../src/lenses/attention/contract';
import { formatMetric, metricTexts } from '../../../src/lenses/attention/headMetricTexts';
import type { MeasuredEffects } from './effects';
import type { HeadOrder } from './viewState';

/** A number of each head by which they are ordered, the largest first. */
export interface Ordering {
  readonly order: HeadOrder;
  readonly name: string;
  /** The name in a picture's title, which stands by itself. */
  readonly inTitle: string;
  /** What the number is, in a sentence or two. */
  readonly definition: string;
  /** `[layer, head]`, none below 0 */
  readonly values: Float32Array;
  /** A value, as for a threshold. */
  readonly format: (value: number) => string;
  /** The number of one head, with its sign where it has one. @param at layer · heads + head */
  readonly text: (at: number) => string;
}

/** Null for the order of layers and heads: by choice, until the numbers are there, or where this text has none. */
export function orderingBy(order: HeadOrder, metrics: HeadMetrics | null, effects: MeasuredEffects | null): Ordering | null {
  if (order === 'layer') return null;
  if (order === 'effect') {
    return effects && {
      order, name: 'effect',
      inTitle: `effect on ${effects.name}`,
      definition: 'The largest effect first, whether the outcome falls or rises without the head.',
      values: effects.values.map(Math.abs),
      format: effects.format,
      text: (at) => effects.signed(effects.values[at]!),
    };
  }
  const values = metrics?.values[order];
  if (!values) return null;
  const { definition, name, source } = metricTexts[order];
  return {
    order, name, inTitle: name, values,
    definition: `${definition} Mean over the tokens of the text (${source}).`,
    format: (value) => formatMetric(order, value),
    text: (at) => formatMetric(order, values[at]!),
  };
}
