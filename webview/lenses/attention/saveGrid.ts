import type { AttentionOverview, HeadMetrics } from '../../../src/lenses/attention/contract';
import { headLabel, rankedHeads } from '../../../src/lenses/attention/headMetricTexts';
import { partNames } from '../../../src/lenses/attention/parts';
import { metricsCsv } from '../../../src/lenses/attention/metricsCsv';
import type { SavedFile } from '../../../src/panel/contract';
import { firstWords, gridPicture, gridTitle, type GridPicture } from '../../../src/picture/gridPicture';
import { level } from '../../../src/picture/ramp';
import { pictureColors, type Theme } from '../../theme';
import { fileName, rasterized } from '../pictureFile';
import type { Thumbnails } from './thumbnails';
import type { Ordering } from './ordering';

/** Kinds of file that all heads can be saved as. */
export const gridFormats = [
  { value: 'png', label: 'PNG picture' },
  { value: 'svg', label: 'SVG picture' },
  { value: 'csv', label: 'CSV of what heads do' },
] as const;
export type GridFormat = (typeof gridFormats)[number]['value'];

/** The grid as it is ordered and dimmed. */
export interface ShownGrid {
  readonly overview: AttentionOverview;
  readonly thumbnails: Thumbnails;
  /** Null until they are measured. */
  readonly metrics: HeadMetrics | null;
  /** Null for the order of layers and heads. */
  readonly ordering: Ordering | null;
  readonly least: number;
  /** The text, of which the picture quotes the beginning. */
  readonly text: string;
}

/** The grid as the reader sees it, in a file. */
export async function savedGrid(shown: ShownGrid, format: GridFormat, theme: Theme): Promise<SavedFile> {
  const { model, layers, heads } = shown.overview;
  const name = `${fileName(`attention ${model.name} ${format === 'csv' ? 'head metrics' : 'grid'}`)}.${format}`;
  if (format === 'csv') {
    if (!shown.metrics) throw new Error('The heads are still being measured. Try again in a moment.');
    return { name, text: metricsCsv(shown.metrics, layers, heads) };
  }
  const svg = gridPicture(pictureOf(shown), pictureColors(theme), level);
  return format === 'svg' ? { name, text: svg } : { name, base64: await rasterized(svg) };
}

function pictureOf({ overview, thumbnails, metrics, ordering, least, text }: ShownGrid): GridPicture {
  const { layers, heads, model, part, written } = overview;
  const name = written ? `${model.name} · ${partNames[part]}` : model.name;
  const label = (at: number): string => {
    if (ordering) return ordering.text(at);
    return metrics ? headLabel(metrics, at).text : '';
  };
  return {
    cells: rankedHeads(ordering?.values ?? null, layers * heads).map((at) => ({ ...thumbnails.list[at]!, label: label(at), dimmed: (ordering?.values[at] ?? least) < least })),
    columns: heads,
    byLayer: ordering === null,
    max: thumbnails.max,
    title: ordering ? `${name} · all heads by ${ordering.inTitle}` : gridTitle(name),
    note: firstWords(text),
  };
}
