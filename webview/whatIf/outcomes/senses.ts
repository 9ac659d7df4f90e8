import type { Senses } from '../../../src/lenses/senses/contract';
import { visibleText } from '../../../src/text/visibleText';
import type { Cell, OutcomeRow, Outcomes } from './outcome';
import { percentCell } from './predictions';

const number = (value: number | null, digits: number): Cell => (value === null ? { value, text: '–' } : { value, text: value.toFixed(digits) });

/** How many senses are found, how far apart they lie, and which occurrences are grouped otherwise. */
export function senseOutcomes(answers: readonly Senses[]): Outcomes {
  const whole = answers[0]!;
  const row = (label: string, cells: readonly Cell[], probability = false): OutcomeRow => ({ label, cells, probability });
  const cosine = (side: 'within' | 'between'): Cell[] => answers.map(({ cosine }) => number(cosine.contextual[side], 3));
  const apart = answers.map(({ cosine: { contextual: { between, within } } }) => number(between === null || within === null ? null : within - between, 3));
  return {
    groups: [
      {
        heading: `Senses of “${visibleText(whole.word)}”`,
        rows: [
          row('senses found', answers.map(({ senses }) => number(senses.length, 0))),
          row('cosine within a sense', cosine('within')),
          row('cosine between senses', cosine('between')),
          row('how far senses lie apart', apart),
          row('pairs of occurrences grouped as with all on', answers.map((answer) => percentCell(agreement(whole, answer))), true),
        ],
      },
    ],
  };
}

/** The Rand index of two groupings: the share of pairs that both put together, or both put apart (Rand 1971). */
export function agreement(one: Pick<Senses, 'occurrences'>, other: Pick<Senses, 'occurrences'>): number {
  const senses = one.occurrences.flatMap((occurrence, at) => {
    const second = other.occurrences[at];
    return occurrence && second ? [[occurrence.sense, second.sense] as const] : [];
  });
  let [same, pairs] = [0, 0];
  senses.forEach(([a, b], at) => {
    for (const [c, d] of senses.slice(at + 1)) {
      pairs++;
      if ((a === c) === (b === d)) same++;
    }
  });
  return pairs === 0 ? 1 : same / pairs;
}
