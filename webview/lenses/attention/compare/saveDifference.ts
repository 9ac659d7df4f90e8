import type { ModelInfo } from '../../../../src/lenses/model';
import { modelFields } from '../../../../src/lenses/modelFields';
import type { SavedFile } from '../../../../src/panel/contract';
import { csvOf } from '../../../../src/picture/csv';
import type { MapPicture } from '../../../../src/picture/mapPicture';
import { matrixPicture } from '../../../../src/picture/matrixPicture';
import { level } from '../../../../src/picture/ramp';
import type { Theme } from '../../../theme';
import { type FileFormat, savedFile } from '../../pictureFile';
import type { Difference } from './difference';
import { differenceColor } from './differenceLegend';
import type { SideName } from './sides';

/** The two sides of a difference, as they are called and by which model. */
export interface ComparedSides {
  readonly a: SideName & { readonly model: ModelInfo };
  readonly b: SideName & { readonly model: ModelInfo };
}

/** The difference as the reader sees it, in a file; JSON holds both sides' weights too. */
export function savedDifference(difference: Difference, { a, b }: ComparedSides, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const { view } = difference;
  const whole = (side: ComparedSides['a']): string => `${side.model.name} · ${side.name}`;
  const picture: MapPicture = {
    queries: view.queries.map(({ label }) => label),
    keys: view.keys.map(({ label }) => label),
    weights: view.weights,
    max: view.max,
    title: `${whole(b)} − ${whole(a)}`,
    note: a.subject === b.subject ? '' : `A: ${a.subject} B: ${b.subject}`,
  };
  return savedFile(`difference ${whole(b)} ${whole(a)}`, format, {
    svg: () => svgOf(picture, theme),
    csv: () => csvOf(picture),
    json: () => jsonOf(difference, { a, b }),
  });
}

function svgOf(picture: MapPicture, theme: Theme): string {
  const { background, foreground, muted, data, diverging } = theme;
  // The sign goes through the level: what is below zero has a colour of its own.
  const signed = (weight: number): number => Math.sign(weight) * level(Math.abs(weight), picture.max) ** 2;
  return matrixPicture(picture, { background, foreground, muted, data, ramp: (at) => differenceColor(diverging, at, 1) }, signed);
}

function jsonOf({ view, weightsA, weightsB }: Difference, { a, b }: ComparedSides): string {
  const width = view.keys.length;
  const rows = (weights: Float32Array): number[][] => view.queries.map((_, row) => Array.from(weights.subarray(row * width, (row + 1) * width)));
  const side = ({ model, name, subject }: ComparedSides['a'], weights: Float32Array): object => ({ ...modelFields(model), map: name, subject, weights: rows(weights) });
  const labels = (items: typeof view.queries): string[] => items.map(({ label }) => label);
  return `${JSON.stringify({ queries: labels(view.queries), keys: labels(view.keys), a: side(a, weightsA), b: side(b, weightsB), difference: rows(view.weights) }, null, 1)}\n`;
}
