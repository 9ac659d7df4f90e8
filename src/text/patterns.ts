import { SplitPreTokenizer } from '@huggingface/tokenizers';
import type { PatternConfig } from './componentConfig';
import type { TextRange } from './range';

/** How a split treats the text that its pattern matches, by the names of the Python library. */
export type SplitBehavior = 'removed' | 'isolated' | 'mergedwithprevious' | 'mergedwithnext' | 'contiguous';

/** A component's pattern as a global regular expression; Oniguruma syntax is rewritten by `@huggingface/tokenizers`. */
export function regExpOf(pattern: PatternConfig): RegExp | null {
  if (pattern.String !== undefined) return new RegExp(escapeRegExp(pattern.String), 'gu');
  // The library reads only the pattern, behavior and inversion of this configuration.
  type Config = ConstructorParameters<typeof SplitPreTokenizer>[0];
  const config = { type: 'Split', pattern, invert: true } as unknown as Config;
  return new SplitPreTokenizer(config).pattern;
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Cuts a text at a pattern; empty cuts are left out. `invert` swaps what matches and what does not. */
export function split(text: string, pattern: RegExp, behavior: SplitBehavior, invert = false): TextRange[] {
  const cuts: { start: number; end: number; isMatch: boolean }[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) cuts.push({ start: at, end: match.index, isMatch: invert });
    at = match.index + match[0].length;
    if (at > match.index) cuts.push({ start: match.index, end: at, isMatch: !invert });
  }
  if (at < text.length) cuts.push({ start: at, end: text.length, isMatch: invert });
  switch (behavior) {
    case 'removed':
      return cuts.filter((cut) => !cut.isMatch);
    case 'isolated':
      return cuts;
    case 'contiguous':
      return join(cuts, (previous, cut) => previous.isMatch === cut.isMatch);
    case 'mergedwithprevious':
      return join(cuts, (previous, cut) => cut.isMatch && !previous.isMatch);
    case 'mergedwithnext':
      return join(cuts.reverse(), (next, cut) => cut.isMatch && !next.isMatch).reverse();
  }
}

/** Joins neighbours, in the order given, where `joins` says so of a cut and the one just before it. */
function join<T extends TextRange>(cuts: readonly T[], joins: (previous: T, cut: T) => boolean): TextRange[] {
  const joined: { start: number; end: number }[] = [];
  cuts.forEach((cut, i) => {
    const last = joined.at(-1);
    if (last !== undefined && i > 0 && joins(cuts[i - 1]!, cut)) {
      last.start = Math.min(last.start, cut.start);
      last.end = Math.max(last.end, cut.end);
    } else joined.push({ start: cut.start, end: cut.end });
  });
  return joined;
}
