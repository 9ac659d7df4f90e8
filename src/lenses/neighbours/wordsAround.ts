import { contentWords } from '../../text/contentWords';
import type { TextRange } from '../../text/range';
import { sentencesAt } from '../../text/sentences';
import type { TextTokenizer } from '../../text/tokenizer';

/** Most tokens of a text whose words are compared. */
export const mostTokens = 5000;
/** UTF-16 units of text for each of those tokens that are looked at: few languages write longer ones. */
const charactersPerToken = 8;

/** A content word in its sentence, as ranges of the text. */
export interface WordOfText extends TextRange {
  readonly sentence: TextRange;
}

export interface WordsOfText {
  /** In reading order. */
  readonly words: readonly WordOfText[];
  /** Tokens of their sentences. */
  readonly tokens: number;
  /** Whether these are all content words of the text. */
  readonly whole: boolean;
}

/** The content words of a text, sentence by sentence; of a long one, of the sentences nearest to `focus`. */
export function wordsAround(text: string, focus: number, tokenizer: TextTokenizer, most = mostTokens): WordsOfText {
  const from = Math.max(0, focus - (most * charactersPerToken) / 2);
  const to = Math.min(text.length, focus + (most * charactersPerToken) / 2);
  const ranges = contentWords(text.slice(from, to))
    .map(({ start, end }) => ({ start: start + from, end: end + from }))
    // A word at a cut may be a part of one.
    .filter(({ start, end }) => (start > from || from === 0) && (end < to || to === text.length));
  const sentences = new Map<number, WordOfText[]>();
  sentencesAt(text, ranges).forEach((sentence, at) => {
    const known = sentences.get(sentence.start);
    if (known) known.push({ ...ranges[at]!, sentence });
    else sentences.set(sentence.start, [{ ...ranges[at]!, sentence }]);
  });
  const distance = ([{ sentence }]: readonly WordOfText[] | [WordOfText]): number =>
    focus < sentence.start ? sentence.start - focus : Math.max(0, focus - sentence.end);
  const nearest = [...sentences.values()].sort((a, b) => distance(a) - distance(b));
  const words: WordOfText[] = [];
  let tokens = 0;
  let taken = 0;
  for (const own of nearest) {
    const { start, end } = own[0]!.sentence;
    const length = tokenizer.encode(text.slice(start, end)).tokens.filter(({ special }) => !special).length;
    if (taken > 0 && tokens + length > most) break;
    words.push(...own);
    tokens += length;
    taken++;
  }
  return {
    words: words.sort((a, b) => a.start - b.start),
    tokens,
    whole: taken === nearest.length && from === 0 && to === text.length,
  };
}
