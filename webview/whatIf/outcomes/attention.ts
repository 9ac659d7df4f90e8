import type { AttentionMap } from '../../../src/lenses/attention/contract';
import { mapName } from '../../../src/lenses/attention/maps';
import { formatWeight } from '../../format';
import type { Outcomes } from './outcome';

/** Pairs that are listed. */
const mostPairs = 6;

/** What rows and columns of a map are called. */
export interface MapLabels {
  readonly queries: readonly string[];
  readonly keys: readonly string[];
}

/** The pairs of tokens whose weight changes most from the first map to the others. */
export function mapOutcomes(answers: readonly AttentionMap[], { queries, keys }: MapLabels): Outcomes {
  const whole = answers[0]!;
  const moved = [...whole.weights].map((weight, at) => ({ at, by: Math.max(...answers.map(({ weights }) => Math.abs((weights[at] ?? 0) - weight))) }));
  moved.sort((a, b) => b.by - a.by);
  const rows = moved.slice(0, mostPairs).filter(({ by }) => by > 0).map(({ at }) => ({
    label: `${queries[Math.floor(at / keys.length)] ?? ''} → ${keys[at % keys.length] ?? ''}`,
    cells: answers.map(({ weights }) => ({ value: weights[at] ?? null, text: formatWeight(weights[at] ?? 0) })),
    probability: false,
  }));
  return { groups: [{ heading: `Weights that change most: ${mapName(whole.map).toLowerCase()}`, rows }] };
}
