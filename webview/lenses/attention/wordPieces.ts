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

/** A list as long as `tokens` that holds, at the first token of each word, the whole word. */
export function wholeWords(tokens: readonly Token[]): Token[] {
  const whole = [...tokens];
  for (const word of wordsOf(tokens)) {
    const [first] = word;
    const pieces = word.map((index) => tokens[index]!);
    whole[first!] = {
      ...pieces[0]!,
      end: pieces.at(-1)!.end,
      text: pieces.map(({ text }) => text).join(''),
      piece: pieces.map(({ piece }) => piece).join(' '),
    };
  }
  return whole;
}

/**
 * Attention from word to word: the sum over the pieces of the key, the mean over the pieces of the query, so that rows
 * still sum to one (Clark et al. 2019, section 4.1, arXiv:1906.04341).
 * @param weights `[token, token]`, query first
 * @returns the same shape, with a word's weights at its first token and zeros elsewhere
 */
export function mergedWeights(weights: ArrayLike<number>, tokens: readonly Token[]): Float32Array {
  const size = tokens.length;
  const merged = new Float32Array(size * size);
  const words = wordsOf(tokens);
  for (const query of words) {
    for (const key of words) {
      let sum = 0;
      for (const row of query) for (const column of key) sum += weights[row * size + column]!;
      merged[query[0]! * size + key[0]!] = sum / query.length;
    }
  }
  return merged;
}
