import type { Written } from '../../../src/lenses/writing/contract';
import { visibleText } from '../../../src/text/visibleText';
import type { AxisItem, HeadView } from '../attention/headView';
import { chosenRow, type HeadChoice } from './headChoice';

/** A decoder's look back at what is written. */
export interface LookBack extends Pick<Written, 'firstKeys' | 'steps'> {
  readonly layers: number;
  readonly heads: number;
}

/**
 * Who looks at what up to a step: a row for each token from which the next one was found, the last of those given first.
 * Columns are the tokens given and those that were written before. Null where there is no attention.
 */
export function triangleView({ firstKeys, heads, layers, steps }: LookBack, upTo: number, choice: HeadChoice): HeadView | null {
  const read = steps.slice(0, upTo + 1);
  if (read.some(({ selfAttention }) => selfAttention === null)) return null;
  const texts = [...firstKeys, ...read.slice(0, -1).map(({ token }) => token)];
  const items = texts.map((text, index): AxisItem => ({
    tokens: [index], label: visibleText(text), title: visibleText(text), special: false, segment: 0, joined: false,
  }));
  const weights = new Float32Array(read.length * items.length);
  read.forEach(({ selfAttention }, row) => { weights.set(chosenRow(selfAttention!, layers, heads, choice), row * items.length); });
  return { queries: items.slice(firstKeys.length - 1), keys: items, weights, max: weights.reduce((most, weight) => Math.max(most, weight), 0), kind: 'causal' };
}
