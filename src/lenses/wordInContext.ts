import { mean } from '../math/vector';
import type { TextRange } from '../text/range';
import type { Token } from '../text/token';
import type { Tensor, TransformerModel } from './model';
import { readWindow } from './readText';
import type { OccurrenceInContext } from './senses/contract';

/** A word with the text around it that the model reads. */
export interface WordInContext {
  readonly tokens: readonly Token[];
  /** Indexes of the tokens that the word is made of, at least one. */
  readonly pieces: readonly number[];
}

/**
 * Reads a word in its sentence; a sentence beyond the window is read around the word. Null when nothing of the word
 * can be read: an empty range, or characters that the vocabulary does not know.
 */
export function readWord(model: TransformerModel, occurrence: OccurrenceInContext): WordInContext | null {
  const { tokens } = readWindow(model, { text: occurrence.sentence, focus: occurrence.start });
  const pieces = piecesIn(tokens, occurrence);
  const known = pieces.some((index) => tokens[index]!.id !== model.tokenizer.unknownId);
  return known ? { tokens, pieces } : null;
}

/** Indexes of the tokens of the first text that overlap `range`. */
export function piecesIn(tokens: readonly Token[], range: TextRange): number[] {
  return tokens.flatMap((token, index) =>
    !token.special && token.segment === 0 && token.start < range.end && token.end > range.start ? [index] : [],
  );
}

/** Mean of the vectors of a word's pieces. `states` is `[batch, token, hidden]`, the result `[hidden]`. */
export function meanOfPieces({ dims, data }: Tensor, row: number, pieces: readonly number[]): Float32Array {
  const [, length, size] = dims as readonly [number, number, number];
  const vectors = pieces.map((piece) => {
    const from = (row * length + piece) * size;
    return data.subarray(from, from + size);
  });
  return vectors.length === 1 ? vectors[0]!.slice() : mean(vectors);
}

/** Tells one occurrence from another: the word's place and its sentence. */
export function occurrenceKey({ sentence, start, end }: OccurrenceInContext): string {
  return `${start} ${end} ${sentence}`;
}
