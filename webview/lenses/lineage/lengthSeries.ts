import { bleu } from '../../../src/lenses/lineage/bleu';
import type { LengthGroup, RecordedFigures } from '../../../src/lenses/lineage/contract';
import { generations } from '../../../src/lenses/lineage/generations';
import { bleuByLength, groupName, lengthGroups } from '../../../src/lenses/lineage/lengths';
import type { Pair } from '../../../src/lenses/lineage/pairs';

/** Pairs that were translated: the outputs of each generation, in their order; null for a model that could not. */
export interface TranslatedPairs {
  readonly pairs: readonly Pair[];
  readonly outputs: readonly (readonly string[] | null)[];
}

/** BLEU of one generation, by length. */
export interface LengthSeries {
  readonly model: string;
  readonly kind: 'recorded' | 'live';
  /** Of all its pairs. */
  readonly bleu: number;
  readonly pairs: number;
  /** In the order of `placesOf`; null where there are no pairs. */
  readonly groups: readonly (LengthGroup | null)[];
}

/** A place of the chart: a number of words, of single pairs or of joined ones. */
export interface LengthPlace {
  readonly words: readonly [number, number];
  /** Whether the recorded results there are of two to four pairs joined. */
  readonly joined: boolean;
}

const same = (a: readonly [number, number], b: readonly [number, number]): boolean => a[0] === b[0] && a[1] === b[1];

/** Groups of recorded results in the chart: of single pairs, and of joined ones where single pairs are not that long. */
function drawnGroups({ byLength, joinedByLength }: RecordedFigures): readonly (LengthGroup & { readonly joined: boolean })[] {
  const longer = joinedByLength.filter(({ words }) => !byLength.some((group) => same(group.words, words)));
  return [...byLength.map((group) => ({ ...group, joined: false })), ...longer.map((group) => ({ ...group, joined: true }))];
}

/** Numbers of words that any of the results have, the fewest first. */
export function placesOf(recorded: readonly (RecordedFigures | null)[], live: TranslatedPairs | null): LengthPlace[] {
  const groups = recorded.flatMap((figures) => (figures ? drawnGroups(figures) : []));
  const own = live ? bleuByLength(live.pairs.map((pair) => ({ ...pair, output: '' }))) : [];
  const known = [...lengthGroups, ...groups.map(({ words }) => words)].filter((words, at, all) => all.findIndex((other) => same(other, words)) === at);
  return known
    .filter((words) => [...groups, ...own].some((group) => same(group.words, words)))
    .sort((a, b) => a[0] - b[0])
    .map((words) => ({ words, joined: groups.some((group) => group.joined && same(group.words, words)) }));
}

/** What is drawn: recorded results, then those of the pasted pairs. */
export function lengthSeries(recorded: readonly (RecordedFigures | null)[], live: TranslatedPairs | null, places: readonly LengthPlace[]): LengthSeries[] {
  const at = (groups: readonly LengthGroup[]): (LengthGroup | null)[] => places.map(({ words }) => groups.find((group) => same(group.words, words)) ?? null);
  return [
    ...generations.flatMap(({ model }, index): LengthSeries[] => {
      const figures = recorded[index];
      return figures ? [{ model, kind: 'recorded', bleu: figures.bleu, pairs: figures.pairs, groups: at(drawnGroups(figures)) }] : [];
    }),
    ...generations.flatMap(({ model }, index): LengthSeries[] => {
      const outputs = live?.outputs[index];
      if (!live || !outputs) return [];
      const translated = live.pairs.map((pair, place) => ({ ...pair, output: outputs[place] ?? '' }));
      return [{ model, kind: 'live', bleu: bleu(translated), pairs: translated.length, groups: at(bleuByLength(translated)) }];
    }),
  ];
}

/** "17–24⁺" for joined pairs. */
export function placeLabel({ joined, words }: LengthPlace): string {
  return `${groupName(words)}${joined ? '⁺' : ''}`;
}
