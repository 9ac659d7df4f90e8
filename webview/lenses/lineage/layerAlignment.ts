import type { Translation } from '../../../src/lenses/translation/contract';
import type { HeadView } from '../attention/headView';
import { alignmentView } from '../translation/alignment';
import { headChoice } from '../writing/headChoice';

/** What each written token looked at in the source: mean over heads, and over all layers where none is chosen. */
export function layerAlignment(translation: Translation, layer: number | null): HeadView | null {
  const { crossHeads, crossLayers } = translation;
  return alignmentView(translation, headChoice(layer === null ? 'all' : String(layer), crossLayers, crossHeads), { words: false, hideSpecial: false });
}
