import type { Source } from '../../src/panel/contract';
import type { TextRange } from '../../src/text/range';
import type { Token } from '../../src/text/token';

/** Where a token stands in its document, without the space that it may begin with (`▁moon`); null for tokens that stand for no text. */
export function documentRange(token: Token, source: Source): TextRange | null {
  const text = token.segment === 0 ? source.first : source.second;
  if (token.special || !text) return null;
  const space = token.text.trim() === '' ? 0 : token.text.length - token.text.trimStart().length;
  return { start: text.offset + token.start + space, end: text.offset + token.end };
}

/** Indexes of the tokens that a document range touches; a bare cursor touches the token around or before it. */
export function tokensUnder(range: TextRange, tokens: readonly Token[], source: Source): number[] {
  return tokens.flatMap((token, index) => {
    const at = documentRange(token, source);
    if (!at || at.end === at.start) return [];
    const bare = range.start === range.end;
    const touches = range.start < at.end && (bare ? at.start <= range.start : at.start < range.end);
    return touches ? [index] : [];
  });
}
