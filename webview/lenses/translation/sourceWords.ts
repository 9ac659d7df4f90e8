import type { Attended, AttendedWord, Source } from '../../../src/panel/contract';
import type { Token } from '../../../src/text/token';
import { wholeWords, wordsOf } from '../attention/wordPieces';
import { documentRange } from '../tokenRanges';
import { withoutSpace } from '../tokenText';

/** A word of the source and the share of the attention that its tokens got. */
export interface SourceWord {
  /** The word as one token. */
  readonly token: Token;
  /** Indexes of its tokens. */
  readonly tokens: readonly number[];
  /** Sum over its pieces, 0–1; null where nothing is known. */
  readonly weight: number | null;
}

/** The source's words in order, special tokens by themselves. @param row `[source]`, null for a model without attention */
export function sourceWords(tokens: readonly Token[], row: Float32Array | null): SourceWord[] {
  const whole = wholeWords(tokens);
  return wordsOf(tokens).map((pieces) => ({
    token: withoutSpace(whole[pieces[0]!]!),
    tokens: pieces,
    weight: row && pieces.reduce((sum, at) => sum + row[at]!, 0),
  }));
}

/** What the editor shades while a step is shown: the source's words by how much was looked at them. */
export function attendedSource(words: readonly SourceWord[], label: string, source: Source, map: string): Attended {
  return {
    uri: source.uri,
    version: source.version,
    kept: { side: 'query', range: null },
    label,
    words: words.flatMap(({ token, weight }): AttendedWord[] => {
      const range = documentRange(token, source);
      return range && weight !== null ? [{ ...range, weight }] : [];
    }),
    map,
  };
}
