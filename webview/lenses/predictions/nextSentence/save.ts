import { modelFields } from '../../../../src/lenses/modelFields';
import type { Crossing } from '../../../../src/lenses/nextSentence/crossingContract';
import { crossingHeads, type Direction } from '../../../../src/lenses/nextSentence/crossingHeads';
import { isNextInWords } from '../../../../src/lenses/nextSentence/inWords';
import type { SavedFile } from '../../../../src/panel/contract';
import { barsPicture, type BarGroup } from '../../../../src/picture/barsPicture';
import { csvTable } from '../../../../src/picture/csv';
import { excerpt } from '../../../../src/text/visibleText';
import { formatPercent } from '../../../format';
import { pictureColors, type Theme } from '../../../theme';
import { type FileFormat, savedFile } from '../../pictureFile';
import { rankedHeads } from './rankedHeads';
import { type PairScores, scoredPairs } from './scores';

/** What is shown of two sentences. */
export interface ShownPair {
  readonly scores: PairScores;
  /** Null until it is there. */
  readonly crossing: Crossing | null;
}

/** Heads of each direction in a picture. */
const drawnHeads = 5;
/** Characters of each sentence in a picture. */
const quoted = 60;

/** What the head says, and how attention crosses, in a file. */
export function savedNextSentence(shown: ShownPair, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`next sentence ${shown.scores.follows.model.name}`, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown),
    json: () => jsonOf(shown),
  });
}

function svgOf({ scores, crossing }: ShownPair, theme: Theme): string {
  const { first, second, control, follows: { model } } = scores;
  const headBars = (direction: Direction, heading: string): BarGroup[] =>
    crossing
      ? [{
          heading,
          bars: rankedHeads(crossing, direction).slice(0, drawnHeads).map(({ layer, head, [direction]: value }) => ({ label: `${layer}.${head}`, value, text: formatPercent(value) })),
        }]
      : [];
  return barsPicture(
    {
      title: `${model.name} · next sentence`,
      note: [['A', first], ['B', second], ['control', control.text]].map(([name, text]) => `${name}: ${excerpt(text!, quoted)}`).join(' · '),
      groups: [
        {
          heading: 'Probability that it follows',
          bars: scoredPairs(scores).map(({ isNext, name }) => ({ label: name, value: isNext, text: `${formatPercent(isNext)} ${isNextInWords(isNext)}` })),
        },
        ...headBars('firstToSecond', 'Heads whose attention goes most from A to B (layer.head)'),
        ...headBars('secondToFirst', 'Heads whose attention goes most from B to A (layer.head)'),
      ],
    },
    pictureColors(theme),
  );
}

/** A row for each pair, then two for each head. */
function csvOf({ scores, crossing }: ShownPair): string {
  const heads = crossing ? crossingHeads(crossing) : [];
  const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return csvTable([
    ['what', 'layer', 'head', 'value', 'on words', 'first', 'second', 'second from'],
    ...scoredPairs(scores).map(({ first, from, isNext, name, second }) => [name, null, null, isNext, null, first, second, from]),
    ...heads.flatMap(({ firstToSecond, head, layer, onWords, secondToFirst }) => [
      ['attention from A to B', layer, head, number(firstToSecond), onWords, null, null, null],
      ['attention from B to A', layer, head, number(secondToFirst), onWords, null, null, null],
    ]),
  ]);
}

function jsonOf({ scores, crossing }: ShownPair): string {
  const { first, second, follows, swapped, control, controlled } = scores;
  const content = {
    ...modelFields(follows.model),
    first,
    second,
    isNext: follows.isNext,
    swapped,
    control: { sentence: control.text, from: control.label, isNext: controlled },
    ...(crossing && { even: crossing.even, heads: crossingHeads(crossing) }),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
