import { HeadlightError } from '../../errors';
import { jensenShannon } from '../../math/divergence';
import { cosine } from '../../math/vector';
import type { TextRange } from '../../text/range';
import type { Compute, ComputeContext } from '../compute';
import { meanOfPieces, piecesIn } from '../wordInContext';
import { requireAttention } from './checks';
import { wordRelations } from './compareContract';
import { attend } from './compute';
import type { AttentionRequest } from './contract';
import { profilesOf, relationsTo } from './wordProfile';

/** What a model makes of a word in one text. */
interface ReadWord {
  /** `[hidden]` of each state. */
  readonly vectors: readonly Float32Array[];
  /** `[head, relation]` of each layer. */
  readonly profiles: readonly Float64Array[];
}

/** The word's vectors and attention in both texts, and how far apart they are. */
export const compareWords: Compute<'attention/compareWords'> = async ({ word, other, ...request }, context) => {
  const one = await readWord(request, word, context);
  const { model, device } = request;
  const two = await readWord({ model, device, text: other.text, focus: other.word.start }, other.word, context);
  const { layers, heads } = context.model.info;
  const width = wordRelations.length;
  const distances = Float32Array.from({ length: layers * heads }, (_, at) => {
    const from = (at % heads) * width;
    const profile = ({ profiles }: ReadWord): Float64Array => profiles[Math.floor(at / heads)]!.subarray(from, from + width);
    return jensenShannon(profile(one), profile(two));
  });
  const joined = ({ profiles }: ReadWord): Float32Array => Float32Array.from(profiles.flatMap((layer) => [...layer]));
  return {
    model: context.model.info,
    cosines: Float32Array.from(one.vectors, (vector, state) => cosine(vector, two.vectors[state]!)),
    profiles: [joined(one), joined(two)] as const,
    distances,
  };
};

/** @throws HeadlightError `cannot-instrument` without a stack that reads, `word-not-found` where the model reads nothing of the word */
async function readWord(request: AttentionRequest, word: TextRange, context: ComputeContext): Promise<ReadWord> {
  const { model, signal } = context;
  requireAttention(model.info);
  const { input, attention } = await attend(request, context);
  const { tokens } = input;
  const pieces = piecesIn(tokens, word);
  if (pieces.length === 0) {
    throw new HeadlightError(
      'word-not-found',
      `${model.info.name} reads nothing of the word at ${word.start} to ${word.end} of this text. Choose another word, or a shorter text.`,
    );
  }
  const states = Array.from({ length: model.info.layers + 1 }, (_, state) => state);
  const { hidden } = await model.run([{ tokens }], { hidden: states }, signal);
  const relations = relationsTo(tokens, pieces);
  return {
    vectors: states.map((state) => meanOfPieces(hidden.get(state)!, 0, pieces)),
    profiles: states.slice(1).map((state) => profilesOf(attention.get(state - 1)!, pieces, relations)),
  };
}
