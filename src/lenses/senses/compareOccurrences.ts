import { HeadlightError } from '../../errors';
import { cosine } from '../../math/vector';
import type { TextRange } from '../../text/range';
import type { Token } from '../../text/token';
import { batchesByLength } from '../batches';
import type { Compute, ComputeContext } from '../compute';
import { meanOfPieces, readWord, type WordInContext } from '../wordInContext';
import { wordVectors } from '../wordVectors';
import type { ComparedOccurrence, ContextWord } from './compareContract';
import type { OccurrenceInContext } from './contract';
import { probeOccurrences } from './probes';
import { sameSenseOf } from './sameSenseFile';

/** Most words of a sentence that are left out in turn: one run of the sentence each. */
const mostWords = 60;

/** How alike two occurrences are layer by layer, and which words of their sentences make them so. */
export const compareOccurrences: Compute<'senses/compareOccurrences'> = async ({ pair, top }, context) => {
  const { model } = context;
  const states = Array.from({ length: model.info.layers + 1 }, (_, state) => state);
  const vectors = await wordVectors(pair, states, context);
  const [first, second] = vectors;
  if (!first || !second) throw unreadable(pair[first ? 1 : 0], context);
  const probed = await probeOccurrences(pair, await sameSenseOf(model), context);
  const side = async (at: 0 | 1): Promise<ComparedOccurrence> => {
    const [own, other] = [vectors[at]!.at(-1)!, vectors[1 - at]!.at(-1)!];
    const read = readWord(model, pair[at])!;
    const words = contextWords(read);
    const near = nearest(words, read.pieces[0]!);
    const without = await vectorsWithout(near, read, context);
    return {
      context: near.map(({ start, end }, index): ContextWord => ({
        start,
        end,
        moved: 1 - cosine(own, without[index]!),
        nearer: cosine(without[index]!, other) - cosine(own, other),
      })),
      words: words.length,
      substitutes: probed[at]?.likely?.slice(0, top) ?? null,
    };
  };
  return {
    model: model.info,
    cosines: Float32Array.from(states, (state) => cosine(first[state]!, second[state]!)),
    sides: [await side(0), await side(1)],
  };
};

function unreadable({ sentence, start, end }: OccurrenceInContext, { model }: ComputeContext): HeadlightError {
  return new HeadlightError('word-not-found', `${model.info.name} cannot read "${sentence.slice(start, end)}" in one of the sentences. Choose another occurrence.`);
}

/** A word of the sentence with the indexes of its tokens. */
interface Word extends TextRange {
  readonly tokens: readonly number[];
}

function contextWords({ tokens, pieces }: WordInContext): Word[] {
  const own = new Set(pieces.map((piece) => tokens[piece]!.word));
  const words = new Map<number, number[]>();
  tokens.forEach(({ word, special }, index) => {
    if (special || word === null || own.has(word)) return;
    const known = words.get(word);
    if (known) known.push(index);
    else words.set(word, [index]);
  });
  return [...words.values()].map((indexes) => ({ tokens: indexes, start: tokens[indexes[0]!]!.start, end: tokens[indexes.at(-1)!]!.end }));
}

/** The words nearest to a token, in reading order. */
function nearest(words: readonly Word[], token: number): Word[] {
  const distance = ({ tokens }: Word): number => Math.abs(tokens[0]! - token);
  return [...words]
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, mostWords)
    .sort((a, b) => a.start - b.start);
}

/** The word's last hidden state `[hidden]` with each of `words` left out of its sentence. */
async function vectorsWithout(words: readonly Word[], { tokens, pieces }: WordInContext, { model, signal, progress }: ComputeContext): Promise<Float32Array[]> {
  const state = model.info.layers;
  const inputs = words.map(({ tokens: left }) => {
    const kept = [...tokens.keys()].filter((index) => !left.includes(index));
    return { tokens: kept.map((index): Token => tokens[index]!), whole: tokens, pieces: pieces.map((piece) => kept.indexOf(piece)) };
  });
  const vectors = new Array<Float32Array>(words.length);
  let done = 0;
  for (const batch of batchesByLength(inputs)) {
    progress({ message: 'Leaving out words', done, total: inputs.length });
    const { hidden } = await model.run(batch.map((index) => inputs[index]!), { hidden: [state] }, signal);
    batch.forEach((index, row) => { vectors[index] = meanOfPieces(hidden.get(state)!, row, inputs[index]!.pieces); });
    done += batch.length;
  }
  return vectors;
}
