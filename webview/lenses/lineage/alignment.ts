import type { Translation } from '../../../src/lenses/translation/contract';
import { visibleText } from '../../../src/text/visibleText';
import { type AxisItem, axisItems, type HeadView } from '../attention/headView';

/**
 * What each written token looked at in the source, as a map with written tokens as queries; null where nothing was looked
 * at. Mean over heads, and over all layers where none is chosen.
 */
export function alignmentOf({ crossHeads, crossLayers, steps, tokens }: Translation, layer: number | null): HeadView | null {
  const rows = steps.flatMap(({ crossAttention }) => (crossAttention ? [crossAttention] : []));
  if (rows.length === 0 || rows.length < steps.length) return null;
  const layers = layer === null || layer >= crossLayers ? Array.from({ length: crossLayers }, (_, at) => at) : [layer];
  const keys = axisItems(tokens);
  const weights = new Float32Array(steps.length * keys.length);
  rows.forEach((row, step) => {
    for (const own of layers) {
      for (let head = 0; head < crossHeads; head++) {
        const start = (own * crossHeads + head) * keys.length;
        for (let key = 0; key < keys.length; key++) weights[step * keys.length + key]! += row[start + key]! / (layers.length * crossHeads);
      }
    }
  });
  const queries = steps.map(({ id, special, startsWord, token }, step): AxisItem => ({
    tokens: [step],
    label: visibleText(token),
    title: `${visibleText(token)} · id ${id}`,
    special,
    segment: 1,
    joined: !startsWord,
  }));
  return { queries, keys, weights, max: weights.reduce((most, weight) => Math.max(most, weight), 0), kind: 'cross' };
}
