import type { Token } from '../../../src/text/token';

/** Token indexes of each word, special tokens by themselves, in reading order. */
export function wordsOf(tokens: readonly Token[]): number[][] {
  const words: number[][] = [];
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const goesOn = token.word !== null && before?.word === token.word && before.segment === token.segment;
    if (goesOn) words.at(-1)!.push(index);
    else words.push([index]);
  });
  return words;
}

/** Whether any word is made of several tokens. */
export function hasPieces(tokens: readonly Token[]): boolean {
  return wordsOf(tokens).some((word) => word.length > 1);
}

/** The source text of a word's pieces; what pieces share, such as an emoji of several bytes, once. */
export function wordText(pieces: readonly Token[]): string {
  let reached = pieces[0]!.start;
  let joined = '';
  for (const { text, start, end } of pieces) {
    if (end <= reached) continue;
    joined += text.slice(Math.max(0, reached - start));
    reached = end;
  }
  return joined || pieces.map(({ text }) => text).join('');
}

/** A list as long as `tokens` that holds, at the first token of each word, the whole word. */
export function wholeWords(tokens: readonly Token[]): Token[] {
  const whole = [...tokens];
  for (const word of wordsOf(tokens)) {
    if (word.length === 1) continue;
    const pieces = word.map((index) => tokens[index]!);
    whole[word[0]!] = {
      ...pieces[0]!,
      end: pieces.at(-1)!.end,
      text: wordText(pieces),
      piece: pieces.map(({ piece }) => piece).join(' '),
    };
  }
  return whole;
}

interface Pieces {
  /** Token indexes. */
  readonly tokens: readonly number[];
}

/**
 * Attention from word to word: the sum over the pieces of the key, the mean over the pieces of the query, so that rows
 * still sum to one (Clark et al. 2019, section 4.1, arXiv:1906.04341).
 * @param weights `[query token, key token]`
 * @param columns how many key tokens there are
 * @returns `[queries, keys]`
 */
export function mergedWeights(weights: ArrayLike<number>, columns: number, queries: readonly Pieces[], keys: readonly Pieces[]): Float32Array {
  const merged = new Float32Array(queries.length * keys.length);
  let at = 0;
  for (const { tokens: rows } of queries) {
    for (const { tokens: own } of keys) {
      let sum = 0;
      for (const row of rows) for (const column of own) sum += weights[row * columns + column]!;
      merged[at++] = sum / rows.length;
    }
  }
  return merged;
}
