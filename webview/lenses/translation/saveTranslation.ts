import { translationJson } from '../../../src/lenses/translation/translationJson';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { linesPicture } from '../../../src/picture/linesPicture';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import { pictureColors, type Theme } from '../../theme';
import type { HeadView } from '../attention/headView';
import { type FileFormat, fileFormats, savedFile } from '../pictureFile';
import type { ShownTranslation } from './shownTranslation';

/** Pictures are of the alignment, which not every model has. */
export function translationFormats(alignment: HeadView | null): readonly { readonly value: FileFormat; readonly label: string }[] {
  return alignment ? fileFormats : fileFormats.filter(({ value }) => value === 'csv' || value === 'json');
}

export interface SavedAlignment {
  readonly view: HeadView;
  /** Which heads it is of. */
  readonly name: string;
  readonly note: string;
  readonly drawing: 'lines' | 'matrix';
}

/** The translation in a file: the alignment as it is drawn, or the steps and all attention in numbers. */
export function savedTranslation(shown: ShownTranslation, alignment: SavedAlignment | null, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`translation ${shown.model.name}`, format, {
    svg: () => (alignment ? pictureOf(shown, alignment, theme) : ''),
    csv: () => csvTable([
      ['step', 'token', 'probability', 'rank', 'entropy in bits', 'alternatives'],
      ...shown.steps.map(({ token, probability, rank, entropy, alternatives }, step) => [
        step, token, probability, rank, entropy, alternatives.map((other) => `${other.token} ${Number(other.probability.toPrecision(3))}`).join(', '),
      ]),
    ]),
    json: () => `${JSON.stringify(translationJson(shown), null, 1)}\n`,
  });
}

function pictureOf({ model }: ShownTranslation, { view, name, note, drawing }: SavedAlignment, theme: Theme): string {
  const picture = {
    queries: view.queries.map(({ label }) => label),
    keys: view.keys.map(({ label }) => label),
    weights: view.weights,
    max: view.max,
    title: `${model.name} · cross-attention, ${name}`,
    note,
  };
  const colors = pictureColors(theme);
  return drawing === 'lines' ? linesPicture(picture, colors) : matrixPicture(picture, colors, level);
}
