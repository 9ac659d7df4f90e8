import type { LengthGroup, RecordedFigures } from '../../../src/lenses/lineage/contract';
import { generations } from '../../../src/lenses/lineage/generations';
import { groupName } from '../../../src/lenses/lineage/lengths';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { seriesPicture } from '../../../src/picture/seriesPicture';
import { pictureColors, type Theme } from '../../theme';
import { type FileFormat, savedFile } from '../pictureFile';
import { type LengthPlace, type LengthSeries, placeLabel, type TranslatedPairs } from './lengthSeries';
import { liveDash, lookOf } from './looks';

/** What is shown of BLEU by length. */
export interface ShownLengths {
  readonly series: readonly LengthSeries[];
  readonly places: readonly LengthPlace[];
  /** In the order of the generations. */
  readonly recorded: readonly (RecordedFigures | null)[];
  readonly live: TranslatedPairs | null;
}

const title = 'BLEU by length';

/** BLEU by length in a file, with the translations of pasted pairs in JSON. */
export function savedLengths(shown: ShownLengths, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`lineage ${title}`, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown),
    json: () => jsonOf(shown),
  });
}

function svgOf({ places, series }: ShownLengths, theme: Theme): string {
  const joined = places.some((place) => place.joined) ? ', ⁺ two to four pairs joined' : '';
  return seriesPicture(
    {
      title: `${title} of the source`,
      note: `recorded on held-out pairs${joined}`,
      across: 'words of the source',
      up: 'BLEU',
      labels: places.map(placeLabel),
      series: series.map(({ bleu, groups, kind, model, pairs }) => ({
        name: `${model}${kind === 'live' ? ', pasted' : ''}: ${bleu.toFixed(1)} on ${pairs} pairs`,
        color: lookOf(model, theme).color,
        dash: kind === 'live' ? liveDash : [],
        values: groups.map((group) => group?.bleu ?? null),
      })),
    },
    pictureColors(theme),
  );
}

function csvOf({ recorded, series }: ShownLengths): string {
  const rows = (model: string, kind: string, groups: readonly LengthGroup[]): (string | number)[][] =>
    groups.map(({ bleu, pairs, words }) => [model, kind, groupName(words), pairs, bleu]);
  return csvTable([
    ['model', 'pairs of', 'words', 'pairs', 'BLEU'],
    ...generations.flatMap(({ model }, at) => {
      const figures = recorded[at];
      const live = series.find((one) => one.model === model && one.kind === 'live');
      return [
        ...(figures ? [[model, 'recorded', 'all', figures.pairs, figures.bleu], ...rows(model, 'recorded', figures.byLength), ...rows(model, 'recorded, joined', figures.joinedByLength)] : []),
        ...(live ? [[model, 'pasted', 'all', live.pairs, live.bleu], ...rows(model, 'pasted', live.groups.flatMap((group) => group ?? []))] : []),
      ];
    }),
  ]);
}

function jsonOf({ live, recorded, series }: ShownLengths): string {
  const content = {
    recorded: Object.fromEntries(generations.flatMap(({ model }, at) => (recorded[at] ? [[model, recorded[at]]] : []))),
    pasted: live && {
      pairs: live.pairs.map((pair, place) => ({
        ...pair,
        outputs: Object.fromEntries(generations.flatMap(({ model }, at) => (live.outputs[at] ? [[model, live.outputs[at][place]]] : []))),
      })),
      bleu: Object.fromEntries(series.filter(({ kind }) => kind === 'live').map(({ bleu, groups, model }) => [model, { bleu, byLength: groups.flatMap((group) => group ?? []) }])),
    },
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
