import { occurrencesOf } from '../../text/occurrences';
import type { TextRange } from '../../text/range';

/** Where a word that stood at `range` when its file was read stands now: there still, or the nearest occurrence; the range where there is none left. */
export function wordNow(text: string, word: string, range: TextRange): TextRange {
  const distance = ({ start }: TextRange): number => Math.abs(start - range.start);
  return occurrencesOf(text, word).reduce<TextRange | null>((nearest, at) => (nearest && distance(nearest) <= distance(at) ? nearest : at), null) ?? range;
}
