import { HeadlightError } from '../../errors';

/** A text and the translation that somebody made of it. */
export interface Pair {
  readonly source: string;
  readonly reference: string;
}

/** Most pairs at once, and characters of a side: three models read each of them. */
export const mostPairs = 500;
export const longestSide = 1000;

/** Lines that a message names. */
const named = 3;

/**
 * Reads lines of source, tab, reference; blank lines are skipped.
 * @throws HeadlightError that says which lines are no pairs, and why: `empty-text`, `text-too-long`
 */
export function readPairs(text: string): Pair[] {
  const lines = text.split(/\r\n?|\n/).map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => line.trim() !== '');
  if (lines.length === 0) throw new HeadlightError('empty-text', 'There are no pairs. Write one a line: the source, a tab, its translation.');
  refuse(lines.filter(({ line }) => !line.includes('\t')), 'has no tab', 'have no tab', 'Write the source, a tab, its translation.');
  const pairs = lines.map(({ line, number }) => {
    const [source, reference, ...more] = line.split('\t').map((part) => part.trim());
    return { line, number, source: source!, reference: reference!, more };
  });
  refuse(pairs.filter(({ more }) => more.some((part) => part !== '')), 'has more than one tab', 'have more than one tab', 'Leave further columns out.');
  refuse(pairs.filter(({ reference, source }) => source === '' || reference === ''), 'has nothing on one side of its tab', 'have nothing on one side of their tabs', 'Write both, or leave the line out.');
  const tooLong = pairs.filter(({ reference, source }) => Math.max(source.length, reference.length) > longestSide);
  refuse(tooLong, `is longer than ${longestSide} characters`, `are longer than ${longestSide} characters`, 'Split it into sentences.', 'text-too-long');
  if (pairs.length > mostPairs) {
    throw new HeadlightError('text-too-long', `There are ${pairs.length} pairs, but at most ${mostPairs} are compared at once. Leave some out.`);
  }
  return pairs.map(({ reference, source }) => ({ source, reference }));
}

function refuse(lines: readonly { readonly number: number }[], one: string, many: string, advice: string, code: 'empty-text' | 'text-too-long' = 'empty-text'): void {
  if (lines.length === 0) return;
  const numbers = lines.slice(0, named).map(({ number }) => number).join(', ');
  const more = lines.length > named ? ` and ${lines.length - named} more` : '';
  throw new HeadlightError(code, `Line${lines.length === 1 ? '' : 's'} ${numbers}${more} ${lines.length === 1 ? one : many}. ${advice}`);
}
