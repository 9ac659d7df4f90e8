import { HeadlightError } from '../../errors';
import type { OccurrenceInContext } from '../senses/contract';
import type { Outcome } from './contract';

/** The two occurrences of a cosine. @throws HeadlightError `out-of-range` for more or fewer, which a request from outside may hold */
export function cosinePair({ pair }: Extract<Outcome, { kind: 'cosine' }>): readonly [OccurrenceInContext, OccurrenceInContext] {
  const { length }: readonly OccurrenceInContext[] = pair;
  if (length === 2) return pair;
  throw new HeadlightError('out-of-range', `A cosine is between two occurrences of a word, not ${length}. Name two.`);
}
