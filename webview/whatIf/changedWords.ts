import { longestCommon } from '../../src/text/longestCommon';

/** A word, or what stands between words, and whether the other text lacks it. */
export interface ChangedWord {
  readonly text: string;
  readonly changed: boolean;
}

/** Words of a text longer than this are compared in their first so many. */
const mostWords = 2000;

/** The words of a text, each with whether it is none of the longest sequence that the text has in common with another. */
export function changedWords(text: string, other: string): readonly ChangedWord[] {
  const [own, others] = [text, other].map((one) => one.split(/(\s+)/).filter((part) => part !== '').slice(0, mostWords).map((part, at) => ({ part, at })));
  const common = new Set(longestCommon(own!.filter(isWord), others!.filter(isWord), ({ part }) => part).map(([{ at }]) => at));
  return own!.map((word) => ({ text: word.part, changed: isWord(word) && !common.has(word.at) }));
}

function isWord({ part }: { readonly part: string }): boolean {
  return part.trim() !== '';
}
