import { html, type TemplateResult } from 'lit';
import type { Senses } from '../../../src/lenses/senses/contract';
import { fewestForUmap, type SenseUmap } from '../../../src/lenses/senses/umapContract';
import type { WordInDocument } from '../../../src/panel/contract';
import type { EditorConnection } from '../../connection';
import { formatCount } from '../../format';
import type { Segment } from '../../controls/segmented';
import { inContext } from '../../../src/text/occurrences';
import type { PlacedWord } from './furtherWords';

/** A map by UMAP with what it was made of, so that one for other words is not taken for it. */
export interface UmapPoints {
  readonly map: SenseUmap;
  readonly placed: readonly PlacedWord[];
}

/** Occurrences and further words by UMAP. */
export async function umapPoints(
  editor: EditorConnection,
  word: WordInDocument,
  placed: readonly PlacedWord[],
  state: number | null,
  signal: AbortSignal,
): Promise<UmapPoints> {
  const request = { occurrences: word.occurrences.map(inContext), words: placed.map(({ use }) => use.places.map(inContext)), state };
  return { map: await editor.call('senses/umap', request, { signal }), placed };
}

/** Why UMAP cannot draw so few points; null where it can. */
export function tooFewForUmap(senses: Senses, placed: readonly PlacedWord[]): string | null {
  const count = senses.occurrences.filter((one) => one !== null).length + placed.flatMap(({ word }) => word.evidence.points.filter((point) => point !== null)).length;
  return count >= fewestForUmap ? null : `UMAP keeps neighbourhoods, and needs at least ${fewestForUmap} points for that: here ${count === 1 ? 'is' : 'are'} ${formatCount(count, 'point')}.`;
}

export function projectionChoices(tooFew: string | null): readonly Segment[] {
  return [{ value: 'pca', label: 'PCA' }, { value: 'umap', label: 'UMAP', ...(tooFew !== null && { disabled: tooFew }) }];
}

/** How the map is to be read. */
export function projectionNote(isUmap: boolean, tooFew: string | null): TemplateResult {
  return html`<p class="muted small">
    ${isUmap
      ? 'UMAP keeps near points near (McInnes et al. 2018). Other distances, the room between groups and their sizes are not to be read. Its seed is fixed, so that the picture is the same each time.'
      : `PCA: the two directions in which the occurrences vary most. ${tooFew ?? ''}`}
  </p>`;
}
