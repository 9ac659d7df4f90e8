import type { MaskPredictions, Predictions } from '../../../src/lenses/predictions/contract';
import { visibleText } from '../../../src/text/visibleText';
import { formatPercent } from '../../format';
import { tokenText } from '../../lenses/tokenText';
import type { Cell, OutcomeGroup, OutcomeRow, Outcomes } from './outcome';

/** Words of a mask that are compared: the best of each way. */
const mostWords = 6;
/** Predictions that are asked for, so that words that fell are found. */
export const deepEnough = 200;

/** What is said at each mask: the best words of each way, what stood there, and the words that the reader asked about. */
export function predictionOutcomes(answers: readonly Predictions[]): Outcomes {
  const [first] = answers;
  const groups = (first?.masks ?? []).map(({ index }): OutcomeGroup => {
    const masks = answers.map(({ masks }) => masks.find((mask) => mask.index === index)!);
    const { tokens } = first!;
    const near = [tokens[index - 1], tokens[index + 1]].map((token) => (token && !token.special ? tokenText(token) : ''));
    return { heading: `${near[0]!} ▁▁▁ ${near[1]!}`.trim(), rows: [...rowsOf(masks), ...askedRows(masks)] };
  });
  return { groups };
}

function rowsOf(masks: readonly MaskPredictions[]): OutcomeRow[] {
  const words = new Map<number, string>();
  for (const { predictions } of masks) for (const { id, token } of predictions.slice(0, mostWords)) words.set(id, token);
  const { original } = masks[0]!;
  if (original) words.set(original.id, original.token);
  return [...words].map(([id, token]): OutcomeRow => {
    const cells = masks.map((mask): Cell => {
      const rank = mask.predictions.findIndex((prediction) => prediction.id === id);
      if (rank >= 0) return percentCell(mask.predictions[rank]!.probability, rank + 1);
      if (mask.original?.id === id) return percentCell(mask.original.probability, mask.original.rank);
      return { value: null, text: `below place ${mask.predictions.length}` };
    });
    const [before, now] = cells.map(({ rank }) => rank !== null && rank !== undefined && rank <= mostWords);
    const moved = before && now === false ? `left the first ${mostWords}` : now && !before ? `came into the first ${mostWords}` : undefined;
    const note = original?.id === id ? [moved, 'stood here'].filter(Boolean).join(' · ') : moved;
    return { label: visibleText(token), cells, probability: true, ...(note !== undefined && { note }) };
  });
}

function askedRows(masks: readonly MaskPredictions[]): OutcomeRow[] {
  return masks[0]!.candidates.map(({ text }, at) => ({
    label: visibleText(text),
    cells: masks.map(({ candidates }) => {
      const { probability = null, rank = null } = candidates[at] ?? {};
      return probability === null ? { value: null, text: '–' } : percentCell(probability, rank);
    }),
    probability: true,
    note: 'asked',
  }));
}

export function percentCell(value: number, rank: number | null = null): Cell {
  return { value, text: formatPercent(value), rank };
}
