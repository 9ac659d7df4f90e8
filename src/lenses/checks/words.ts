import { HeadlightError } from '../../errors';
import { occurrencesOf } from '../../text/occurrences';
import type { TextRange } from '../../text/range';
import type { Token } from '../../text/token';
import type { NamedWord } from './contract';

/** A text, or both of a pair. */
type Texts = readonly [string] | readonly [string, string];

/** Indexes of the tokens of each word that reads so, in order, and behind them each other token that does. */
function matches(word: string, texts: Texts, tokens: readonly Token[]): number[][] {
  const words = texts.flatMap((text, segment) => occurrencesOf(text, word).map((range) => tokensIn(tokens, range, segment))).filter(({ length }) => length > 0);
  const taken = new Set(words.flat());
  const others = tokens.flatMap(({ piece, text }, index) => (!taken.has(index) && (text === word || piece === word) ? [[index]] : []));
  return [...words, ...others];
}

function tokensIn(tokens: readonly Token[], { start, end }: TextRange, segment: number): number[] {
  return tokens.flatMap((token, index) => (!token.special && token.segment === segment && token.start < end && token.end > start ? [index] : []));
}

/**
 * Indexes of the tokens that a word of a check means.
 * @param texts what the tokens are of; their offsets count in them
 * @throws HeadlightError `word-not-found` for one that is not there, or is there several times
 */
export function tokensOf(named: NamedWord, texts: Texts, tokens: readonly Token[]): number[] {
  const words = texts.reduce((all, text) => all + occurrencesOf(text, named.word).length, 0);
  return chosen(named, matches(named.word, texts, tokens), words);
}

/** The one that is meant: by its number, or the only one there is, a word before tokens. */
function chosen<T>({ number, word }: NamedWord, found: readonly T[], words: number): T {
  if (found.length === 0) throw new HeadlightError('word-not-found', `“${word}” is no word or token of the text. Name one as the text writes it, or write the text's own.`);
  if (number === null) {
    if (words === 1 || found.length === 1) return found[0]!;
    throw new HeadlightError('word-not-found', `“${word}” stands ${found.length} times in the text. Write ${word}#1 for the first of them, to ${word}#${found.length} for the last.`);
  }
  const one = found[number - 1];
  if (one !== undefined) return one;
  throw new HeadlightError('word-not-found', `There is no ${word}#${number}: “${word}” stands ${found.length === 1 ? 'once' : `${found.length} times`} in the text.`);
}

/** Where a word of a check stands in a text. @throws HeadlightError as `tokensOf` */
export function rangeOf(named: NamedWord, text: string): TextRange {
  const found = occurrencesOf(text, named.word);
  return chosen(named, found.length > 0 ? found : everywhere(text, named.word), found.length);
}

/** Where characters stand that are no word, such as a mask token. */
function everywhere(text: string, wanted: string): TextRange[] {
  const found: TextRange[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) found.push({ start: at, end: at + wanted.length });
  return found;
}

/** The name by which a check means one token: its text where that is enough, with a number where it is not. */
export function nameOf(index: number, texts: Texts, tokens: readonly Token[]): NamedWord {
  const { text } = tokens[index]!;
  const found = matches(text, texts, tokens);
  const at = found.findIndex((one) => one.includes(index));
  const isOnly = texts.reduce((all, own) => all + occurrencesOf(own, text).length, 0) === 1;
  return { word: text, number: found.length === 1 || (isOnly && at === 0) ? null : at + 1 };
}

/** The name by which a check means a word that stands at a place of a text. */
export function nameAt(range: TextRange, text: string): NamedWord {
  const word = text.slice(range.start, range.end);
  const words = occurrencesOf(text, word);
  const found = words.length > 0 ? words : everywhere(text, word);
  return { word, number: found.length < 2 ? null : found.findIndex(({ start }) => start === range.start) + 1 };
}
