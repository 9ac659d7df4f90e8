import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import { partNames } from '../../../src/lenses/attention/parts';
import { modelFields } from '../../../src/lenses/modelFields';
import type { SavedFile } from '../../../src/panel/contract';
import { csvOf } from '../../../src/picture/csv';
import { linesPicture } from '../../../src/picture/linesPicture';
import type { MapPicture } from '../../../src/picture/mapPicture';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import { pictureColors, type Theme } from '../../theme';
import { type FileFormat, savedFile } from '../pictureFile';
import type { AxisItem, HeadView } from './headView';
import { partColors, shortPlace } from './severalHeads';
import { wordText } from './wordPieces';

/** All heads, as a page that draws them again. */
export const pageFormat = { value: 'html', label: 'HTML page, interactive' } as const;
/** What is shown, and how it is called. */
export interface ShownMap {
  readonly overview: AttentionOverview;
  readonly view: HeadView;
  readonly name: string;
  readonly note: string;
  readonly drawing: 'lines' | 'matrix';
}

/** The map as the reader sees it, in a file. */
export function savedMap(shown: ShownMap, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const picture = pictureOf(shown, theme);
  return savedFile(`attention ${shown.overview.model.name} ${shown.name}`, format, {
    svg: () => svgOf(picture, shown.drawing, theme),
    csv: () => csvOf(picture),
    json: () => jsonOf(shown),
  });
}

function pictureOf({ overview, view, name, note }: ShownMap, theme: Theme): MapPicture {
  const colors = partColors(view, theme);
  return {
    queries: view.queries.map(({ label }) => label),
    keys: view.keys.map(({ label }) => label),
    weights: view.weights,
    max: view.max,
    title: [overview.model.name, ...(overview.written ? [partNames[overview.part]] : []), name].join(' · '),
    note,
    ...(view.parts && { parts: view.parts.map((part, at) => ({ name: shortPlace(part), color: colors[at]!, weights: part.weights })) }),
  };
}

function svgOf(picture: MapPicture, drawing: ShownMap['drawing'], theme: Theme): string {
  const colors = pictureColors(theme);
  return drawing === 'lines' ? linesPicture(picture, colors) : matrixPicture(picture, colors, level);
}

function jsonOf({ overview, view, name, note }: ShownMap): string {
  const { part, written } = overview;
  const item = (of: AttentionOverview['tokens']) => ({ tokens, special, segment }: AxisItem): object => {
    const pieces = tokens.map((index) => of[index]!);
    return { text: wordText(pieces), start: pieces[0]!.start, end: pieces.at(-1)!.end, special, segment };
  };
  const rowsOf = (weights: Float32Array): number[][] =>
    view.queries.map((_, row) => Array.from(weights.subarray(row * view.keys.length, (row + 1) * view.keys.length)));
  const numbers = view.parts
    ? { heads: view.parts.map(({ layer, head, weights }) => ({ layer, head, weights: rowsOf(weights) })) }
    : { weights: rowsOf(view.weights) };
  const { model } = overview;
  const said = {
    ...modelFields(model), part, map: name, note,
    ...(written && { written: written.text }),
    queries: view.queries.map(item(overview.queries)),
    keys: view.keys.map(item(overview.tokens)),
  };
  return `${JSON.stringify({ ...said, ...numbers }, null, 1)}\n`;
}
