import type { Token } from '../../text/token';
import { readingToken } from '../classification/readingToken';
import type { TransformerModel } from '../model';

/** The token that a head over the whole text reads; none where it is not known. */
export function readingTokens(tokens: readonly Token[], { attention, info }: TransformerModel): number[] {
  const token = readingToken(tokens, attention[info.layers - 1]?.kind);
  return token === null ? [] : [token];
}
