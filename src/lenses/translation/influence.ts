import { HeadlightError } from '../../errors';
import { cosine, dot, subtract } from '../../math/vector';
import type { Token } from '../../text/token';
import type { TextRange } from '../../text/range';
import { wordRanges } from '../../text/words';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import type { Writer } from '../writer';
import type { WordInfluence } from './contract';
import { readSource } from './source';

/** Sources of one run. */
const rowsPerRun = 32;

/**
 * How much each word of a source moves the thought vector v, by leaving the word's tokens out: 1 − cos(v, v′) and
 * ‖v − v′‖ / ‖v‖, with v′ the vector of the rest (input erasure: Li et al., 2016, arXiv:1612.08220).
 * @throws HeadlightError `cannot-instrument` for a model that hands on more than one vector
 */
export const influence: Compute<'translation/influence'> = async ({ text }, { model, progress, signal }) => {
  const source = readSource(model, text);
  const { tokens } = source;
  const thoughts = requireThoughts(model);
  const words = wordsOf(text, tokens);
  const without = words.map(({ tokens: own }) => source.ids.filter((_, index) => !own.includes(index)));
  const sources = [source.ids, ...without];
  const vectors: Float32Array[] = [];
  for (let at = 0; at < sources.length; at += rowsPerRun) {
    progress({ message: 'Leaving words out', done: at, total: sources.length });
    const { data, dims } = await thoughts(sources.slice(at, at + rowsPerRun), signal);
    const size = dims[1]!;
    for (let row = 0; row < dims[0]!; row++) vectors.push(data.subarray(row * size, (row + 1) * size));
  }
  const [whole, ...others] = vectors as [Float32Array, ...Float32Array[]];
  return {
    model: model.info,
    tokens,
    windowed: null,
    words: words.map((word, index): WordInfluence => ({
      ...word,
      ...movedBy(whole, others[index]!),
    })),
  };
};

/** What makes the one vector of a source. @throws HeadlightError `cannot-instrument` for a model that hands on more */
export function requireThoughts({ info, writer }: TransformerModel): NonNullable<Writer['thoughts']> {
  if (writer?.thoughts) return writer.thoughts;
  throw new HeadlightError('cannot-instrument', `${info.name} does not pass its source through one vector: it has attention, which "translation/translate" shows. Choose rnn.`);
}

/** How far a vector lies from the one without a word. */
export function movedBy(whole: Float32Array, without: Float32Array): Pick<WordInfluence, 'cosineDistance' | 'distance'> {
  return { cosineDistance: 1 - cosine(whole, without), distance: lengthOf(subtract(whole, without)) / lengthOf(whole) };
}

/** Words, and what else has tokens (punctuation, one each), with their tokens. */
export function wordsOf(text: string, tokens: readonly Token[]): (TextRange & { readonly tokens: readonly number[] })[] {
  const words = wordRanges(text);
  const ranges = new Map<string, { readonly range: TextRange; readonly tokens: number[] }>();
  tokens.forEach(({ end, special, start }, index) => {
    if (special || end === start) return;
    const range = words.find((word) => word.start < end && start < word.end) ?? { start, end };
    const known = ranges.get(`${range.start}`);
    if (known) known.tokens.push(index);
    else ranges.set(`${range.start}`, { range, tokens: [index] });
  });
  return [...ranges.values()].map(({ range, tokens: own }) => ({ start: range.start, end: range.end, tokens: own }));
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(dot(vector, vector));
}
