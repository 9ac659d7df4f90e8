import type { AttendedText } from '../../../src/lenses/attention/contract';
import { memoize } from '../../memoize';
import { tokenText } from '../tokenText';
import type { MapRows } from './headView';

/** The rows of a text's maps, with what the decoder has read and finds at each where it is looked at writing. */
export const mapRows = memoize(({ part, queries, written }: Pick<AttendedText, 'part' | 'queries' | 'written'>): MapRows => {
  if (!written) return { tokens: queries };
  const { inputs, writes } = written;
  return {
    tokens: queries,
    note: (pieces) =>
      part === 'cross' ? `found after “${tokenText(inputs[pieces[0]!]!)}”` : `here “${tokenText(writes[pieces.at(-1)!]!)}” is found`,
  };
});
