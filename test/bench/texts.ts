/** Texts to measure with. They are made here, so that anybody measures the same. */

const words = ('the cow jumped over moon and dish ran away with a spoon while little dog laughed to see such sport ' +
  'she put her music on stand before evening light went out of that old house by river').split(' ');

/** A text of exactly `tokens` tokens for an uncased WordPiece model, [CLS] and [SEP] included. */
export function textOfTokens(tokens: number, seed = 1): string {
  let state = seed;
  const next = (): number => (state = (state * 48271) % 2147483647);
  return Array.from({ length: tokens - 2 }, () => words[next() % words.length]!).join(' ');
}

/** Sentences that each hold "stand" once, all different for different seeds. */
export function standSentences(count: number, seed: number): { sentence: string; start: number; end: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const before = textOfTokens(8, seed * 1000 + index * 2 + 1);
    const sentence = `${before} stand ${textOfTokens(8, seed * 1000 + index * 2 + 2)}.`;
    return { sentence, start: before.length + 1, end: before.length + 6 };
  });
}

/** Running text: paragraphs of sentences of 6 to 30 random words. */
export function prose(seed: number, sentences: number): string {
  return Array.from({ length: sentences }, (_, at) => {
    const text = textOfTokens(8 + ((seed * 31 + at * 17) % 25), seed * 1000 + at);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${at % 5 === 4 ? '\n\n' : ' '}`;
  }).join('');
}
