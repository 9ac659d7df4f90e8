import type { ForgettingPoint, MovedNumber } from '../../../src/lenses/lineage/meanForgetting';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { seriesPicture } from '../../../src/picture/seriesPicture';
import { formatCount } from '../../format';
import { pictureColors, type Theme } from '../../theme';
import { type FileFormat, savedFile } from '../pictureFile';
import { curveTexts, type MeasuredSentence } from './curves';
import { lookOf } from './looks';
import { movedNumbers } from './numbers';
import type { Curve } from './viewState';

/** What is shown of forgetting. */
export interface ShownForgetting {
  readonly sentences: readonly MeasuredSentence[];
  readonly points: readonly ForgettingPoint[];
  /** Those of them that are drawn. */
  readonly drawn: readonly ForgettingPoint[];
  readonly curve: Curve;
  readonly number: MovedNumber;
}

/** Forgetting in a file; JSON has the numbers of every word too. */
export function savedForgetting(shown: ShownForgetting, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`lineage forgetting ${curveTexts[shown.curve].label}`, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown),
    json: () => jsonOf(shown),
  });
}

function svgOf({ curve, drawn, number, sentences }: ShownForgetting, theme: Theme): string {
  const shown = curve === 'left' ? drawn : drawn.toReversed();
  return seriesPicture(
    {
      title: curve === 'left' ? 'rnn · what is left of a word' : 'rnn · how far a word moves the thought vector',
      note: `${movedNumbers[number].label.toLowerCase()}, ${formatCount(sentences.length, 'sentence')}`,
      across: curveTexts[curve].across,
      up: curve === 'left' ? 'left, in %' : movedNumbers[number].label.toLowerCase(),
      labels: shown.map(({ later }) => String(later)),
      series: [{ name: 'rnn', color: lookOf('rnn', theme).color, dash: [], values: shown.map(({ value }) => (curve === 'left' ? 100 * value : value)) }],
    },
    pictureColors(theme),
  );
}

function csvOf({ curve, number, points }: ShownForgetting): string {
  return csvTable([
    [curveTexts[curve].across, curve === 'left' ? `left (${movedNumbers[number].label.toLowerCase()})` : movedNumbers[number].label.toLowerCase(), 'words', 'sentences'],
    ...points.map(({ later, texts, value, words }) => [later, value, words, texts]),
  ]);
}

function jsonOf({ curve, number, points, sentences }: ShownForgetting): string {
  const content = {
    model: 'rnn',
    curve,
    number,
    points,
    sentences: sentences.map(({ text, words }) => ({ text, words: words.map(({ end, moved, start }) => ({ word: text.slice(start, end), moved })) })),
  };
  return `${JSON.stringify(content)}\n`;
}
