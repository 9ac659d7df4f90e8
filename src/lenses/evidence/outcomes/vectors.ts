import { HeadlightError } from '../../../errors';
import { silhouette } from '../../../math/silhouette';
import { cosine } from '../../../math/vector';
import { quotedText } from '../../../text/visibleText';
import type { ComputeContext } from '../../compute';
import type { OccurrenceInContext } from '../../senses/contract';
import { meanOfPieces, readWord, type WordInContext } from '../../wordInContext';
import type { Outcome } from '../contract';
import { cosinePair } from '../cosinePair';
import { type OpenOutcome, readerOutcome } from '../outcome';

type OfVectors = Extract<Outcome, { kind: 'cosine' | 'separation' }>;

/**
 * How near a word's vectors are to each other in two sentences, or how well groups of them stand apart.
 * @throws HeadlightError `out-of-range` for fewer than two groups, or for none with two occurrences; `word-not-found`
 */
export function openVectors(outcome: OfVectors, context: ComputeContext): OpenOutcome {
  const { model } = context;
  const state = outcome.state ?? model.info.layers;
  const groups = outcome.kind === 'cosine' ? cosinePair(outcome).map((one) => [one]) : outcome.groups;
  const groupOf = groups.flatMap((group, index) => group.map(() => index));
  if (outcome.kind === 'separation' && (groups.length < 2 || groups.every(({ length }) => length < 2))) {
    throw new HeadlightError('out-of-range', 'Two groups are needed to tell how well they stand apart, one of them of two occurrences at least.');
  }
  const words = groups.flat().map((occurrence) => requireWord(occurrence, context));
  return readerOutcome({
    name: outcome.kind === 'cosine' ? 'cosine' : 'separation',
    scale: 'signed',
    rows: words.map(({ tokens }) => ({ tokens })),
    readAt: words.map(({ pieces }) => pieces),
    outputs: () => ({ hidden: [state] }),
    said: ({ hidden }, { index, place }, at) => meanOfPieces(hidden.get(state)!, at, words[index]!.pieces.map(place)),
    value: (vectors) => (outcome.kind === 'cosine' ? cosine(vectors[0]!, vectors[1]!) : silhouette(vectors, groupOf)!),
  }, context);
}

function requireWord(occurrence: OccurrenceInContext, { model }: ComputeContext): WordInContext {
  const word = readWord(model, occurrence);
  if (word) return word;
  throw new HeadlightError('word-not-found', `${model.info.name} can read nothing of the word in “${quotedText(occurrence.sentence)}”. Choose another sentence.`);
}
