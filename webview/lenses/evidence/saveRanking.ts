import type { Ranking } from '../../../src/lenses/evidence/rankContract';
import { partNames } from '../../../src/lenses/attention/parts';
import { modelFields } from '../../../src/lenses/modelFields';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import type { Theme } from '../../theme';
import { differenceColor } from '../attention/compare/differenceLegend';
import { type FileFormat, savedFile } from '../pictureFile';
import { type KnownEffects, largestEffect, rankedHeads } from './rankedHeads';
import { formatOutcome } from './outcomeTexts';

/** What is saved of a ranking: the picture shows one part, the numbers are of all. */
export interface SavedRanking {
  readonly ranking: Ranking;
  readonly shown: KnownEffects;
  /** What is measured, for the reader. */
  readonly subject: string;
}

export function savedRanking({ ranking, shown, subject }: SavedRanking, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const { ablation, model, name, scale, value } = ranking;
  const ranked = rankedHeads(ranking.parts);
  return savedFile(`effects ${model.name} ${name}`, format, {
    svg: () => {
      const max = largestEffect([shown]);
      const names = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
      const { background, foreground, muted, data, diverging } = theme;
      // The sign goes through the level: what is below zero has a colour of its own.
      const signed = (effect: number): number => Math.sign(effect) * level(Math.abs(effect), max) ** 2;
      return matrixPicture({
        queries: names(shown.layers), keys: names(shown.heads), weights: shown.effects, max,
        title: `${model.name} · ${name} ${formatOutcome(value, scale)} · effect of each head of the ${partNames[shown.part]}, rows: layers, columns: heads`,
        note: `${ablation === 'zero' ? 'Zero' : 'Mean'} ablation, one head at a time; orange: the outcome falls without the head, blue: it rises. ${subject}`,
      }, { background, foreground, muted, data, ramp: (at) => differenceColor(diverging, at, 1) }, signed);
    },
    csv: () => csvTable([
      ['part', 'layer', 'head', 'effect', 'log-odds'],
      ...ranked.map(({ part, layer, head, effect, logOdds }) => [part, layer, head, effect, logOdds]),
    ]),
    json: () => `${JSON.stringify({ ...modelFields(model), outcome: name, scale, value, ablation, heads: ranked }, null, 1)}\n`,
  });
}
