import { contentWords, foldedForm } from '../../text/contentWords';
import type { TextRange } from '../../text/range';
import { sentencesAt } from '../../text/sentences';
import type { Token } from '../../text/token';
import { chooseWindow } from '../../text/window';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import type { TransformerModel, WordReader, WordsInput } from '../model';
import { meanOfPieces, piecesIn } from '../wordInContext';
import { quantized, type WordSpace } from './wordSpace';

/** Content words of one text with their vectors, in reading order. */
export interface IndexedText {
  /** UTF-16 offset of each word. */
  readonly starts: Uint32Array;
  /** UTF-16 units of each word. */
  readonly lengths: Uint8Array;
  /** Folded form of each word. */
  readonly forms: readonly string[];
  /** `[word, dimensions]`, each a unit vector times 127. */
  readonly vectors: Int8Array;
}

/** Longest input, special tokens included: what the built-in encoder was mostly trained on. */
const longestInput = 128;
/** Tokens of one run, padding included: fewer than for a request that somebody waits for, who may come in between. */
const tokensPerRun = 256;
/** Longest word that is kept, in UTF-16 units. */
const longestWord = 255;
/** Of a sentence this long only a part was given out: words near its end are read in the next part. */
const cutSentence = 1500;
const nearEnd = 300;

/** A word and where its vector comes from. */
interface Place extends TextRange {
  readonly text: number;
  readonly pieces: readonly number[];
}

/** A sentence, or a window of a long one, as the model reads it. */
interface Row extends WordsInput {
  readonly places: readonly Place[];
}

/** Vectors of words by the model's own run, the same as everywhere else. */
export function exactWordReader({ dimensions, probe: { states }, vector }: WordSpace, model: TransformerModel): WordReader {
  return {
    atOnce: 1,
    async read(batch, signal) {
      const { hidden } = await model.run(batch, { hidden: states }, signal);
      const words = batch.flatMap((row, index) => row.words.map((pieces) => ({ index, pieces })));
      const all = new Float32Array(words.length * dimensions);
      words.forEach(({ index, pieces }, word) => {
        all.set(vector(states.map((state) => meanOfPieces(hidden.get(state)!, index, pieces))), word * dimensions);
      });
      return all;
    },
  };
}

/**
 * Reads each sentence once, by itself as the senses lens does, and takes from it the vectors of all its content words.
 * Of a sentence that is too long, words are read in overlapping windows, where they have text on both sides.
 */
export async function indexWords(texts: readonly string[], dimensions: number, reader: WordReader, { model, signal, progress }: ComputeContext): Promise<IndexedText[]> {
  const rows = texts.flatMap((text, index) => rowsOf(text, index, model));
  const found = texts.map((): { place: Place; vector: Int8Array }[] => []);
  let done = 0;
  const batches = batchesByLength(rows, tokensPerRun);
  const readNext = async (): Promise<void> => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      progress({ message: 'Reading sentences', done, total: rows.length });
      const all = quantized(await reader.read(batch.map((index) => rows[index]!), signal));
      const places = batch.flatMap((index) => rows[index]!.places);
      places.forEach((place, word) => { found[place.text]!.push({ place, vector: all.subarray(word * dimensions, (word + 1) * dimensions) }); });
      done += batch.length;
    }
  };
  await Promise.all(Array.from({ length: reader.atOnce }, readNext));
  return found.map((words, index) => {
    words.sort((a, b) => a.place.start - b.place.start);
    const vectors = new Int8Array(words.length * dimensions);
    words.forEach(({ vector }, word) => { vectors.set(vector, word * dimensions); });
    return {
      starts: Uint32Array.from(words, ({ place }) => place.start),
      lengths: Uint8Array.from(words, ({ place }) => place.end - place.start),
      forms: words.map(({ place: { start, end } }) => foldedForm(texts[index]!.slice(start, end))),
      vectors,
    };
  });
}

function rowsOf(text: string, index: number, model: TransformerModel): Row[] {
  return sentencesWithWords(text).flatMap(({ sentence, words }) => {
    const { tokens } = model.tokenizer.encode(text.slice(sentence.start, sentence.end));
    const places = words.flatMap(({ start, end }): Place[] => {
      const pieces = piecesIn(tokens, { start: start - sentence.start, end: end - sentence.start });
      const known = pieces.some((piece) => tokens[piece]!.id !== model.tokenizer.unknownId);
      return known ? [{ text: index, start, end, pieces }] : [];
    });
    return windowed(tokens, places, Math.min(longestInput, model.info.window));
  });
}

/** One row, or overlapping ones each of which has words from its middle half. */
function windowed(tokens: readonly Token[], words: readonly Place[], window: number): Row[] {
  if (words.length === 0) return [];
  if (tokens.length <= window) return [{ tokens, words: words.map(({ pieces }) => pieces), places: words }];
  const first = tokens.findIndex(({ special }) => !special);
  const last = tokens.findLastIndex(({ special }) => !special);
  const room = window - first - (tokens.length - 1 - last);
  const rows = new Map<number, { tokens: Token[]; words: (readonly number[])[]; places: Place[] }>();
  for (const word of words) {
    // Words of one half-window share the window around its middle.
    const half = Math.max(1, Math.floor(room / 2));
    const middle = Math.floor((word.pieces[0]! - first) / half) * half + Math.floor(half / 2);
    const { from, to } = chooseWindow(last + 1 - first, room, middle);
    let row = rows.get(from);
    if (!row) rows.set(from, (row = { tokens: [...tokens.slice(0, first), ...tokens.slice(first + from, first + to), ...tokens.slice(last + 1)], words: [], places: [] }));
    const pieces = word.pieces.filter((piece) => piece - first < to).map((piece) => piece - from);
    row.words.push(pieces);
    row.places.push(word);
  }
  return [...rows.values()];
}

function sentencesWithWords(text: string): { sentence: TextRange; words: TextRange[] }[] {
  const words = contentWords(text).filter(({ start, end }) => end - start <= longestWord);
  const sentences = sentencesAt(text, words);
  const found: { sentence: TextRange; words: TextRange[] }[] = [];
  words.forEach((word, at) => {
    const last = found.at(-1);
    const reach = last && last.sentence.end - (last.sentence.end - last.sentence.start > cutSentence ? nearEnd : 0);
    if (last && reach !== undefined && word.start >= last.sentence.start && word.end <= reach) last.words.push(word);
    else found.push({ sentence: sentences[at]!, words: [word] });
  });
  return found;
}
