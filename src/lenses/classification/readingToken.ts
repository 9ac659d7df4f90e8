import type { Token } from '../../text/token';
import type { AttentionKind } from '../model';

/**
 * The token whose last vector a classifier reads: the first, if the tokenizer put it there for that ([CLS], <s>), or the
 * last of a stack that reads left to right. Null where neither is known.
 */
export function readingToken(tokens: readonly Token[], kind: AttentionKind | undefined): number | null {
  if (kind === undefined) return null;
  if (kind === 'causal') return tokens.length - 1;
  return tokens[0]?.special === true ? 0 : null;
}
