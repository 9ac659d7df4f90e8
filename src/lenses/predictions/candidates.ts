import { atTemperature, logSumExp } from '../../math/softmax';
import { rankOf } from '../../math/topK';
import type { Token } from '../../text/token';
import type { ModelInput, TransformerModel } from '../model';
import type { CandidateScore } from './contract';

type Piece = ReturnType<TransformerModel['tokenizer']['piecesOf']>[number];

/** What candidates are scored against: one masked place of one input. */
export interface MaskedPlace {
  readonly tokens: readonly Token[];
  /** Ids with all masks in place. */
  readonly ids: readonly number[];
  readonly index: number;
  /** Softmax over the vocabulary at `index`. */
  readonly probabilities: Float32Array;
  /** Divides the logits. */
  readonly temperature: number;
}

/**
 * Scores words at a masked place. A word of one piece has its softmax probability; a word of several pieces has
 * P(piece 1) · P(piece 2 | piece 1) · …, each read off a run in which the place holds as many masks as the word has
 * pieces and the earlier pieces are filled in (left to right).
 */
export async function scoreCandidates(
  words: readonly string[],
  place: MaskedPlace,
  model: TransformerModel,
  signal: AbortSignal,
): Promise<CandidateScore[]> {
  const scores: CandidateScore[] = [];
  for (const text of words) {
    const pieces = model.tokenizer.piecesOf(text);
    const known = pieces.length > 0 && pieces.every(({ id }) => id !== model.tokenizer.unknownId);
    const single = pieces.length === 1 && known ? pieces[0]!.id : null;
    scores.push({
      text,
      pieces: pieces.map(({ piece }) => piece),
      probability: !known
        ? null
        : single !== null
          ? place.probabilities[single]!
          : await jointProbability(pieces, place, model, signal),
      rank: single === null ? null : rankOf(place.probabilities, single),
    });
  }
  return scores;
}

async function jointProbability(
  pieces: readonly Piece[],
  place: MaskedPlace,
  model: TransformerModel,
  signal: AbortSignal,
): Promise<number> {
  const { input, at } = widen(place, pieces.length, model);
  let logProbability = 0;
  for (const [step, piece] of pieces.entries()) {
    const ids = input.ids.map((id, index) => (index >= at && index < at + step ? pieces[index - at]!.id : id));
    const logitsAt = [{ row: 0, token: at + step }];
    const { logits } = await model.run([{ tokens: input.tokens, ids }], { logitsAt }, signal);
    const scaled = atTemperature(logits!.data, place.temperature);
    logProbability += scaled[piece.id]! - logSumExp(scaled);
  }
  return Math.exp(logProbability);
}

/** The input with `count` masks at the place, shortened from its far end where that exceeds the window. */
function widen(
  { tokens, ids, index }: MaskedPlace,
  count: number,
  model: TransformerModel,
): { readonly input: ModelInput & Required<Pick<ModelInput, 'ids'>>; readonly at: number } {
  const rows = tokens.map((token, i) => ({ token, id: ids[i]!, place: i === index }));
  rows.splice(index, 1, ...Array.from({ length: count }, () => rows[index]!));
  while (rows.length > model.info.window) {
    const first = rows.findIndex((row) => !row.token.special && !row.place);
    const last = rows.findLastIndex((row) => !row.token.special && !row.place);
    const at = rows.findIndex((row) => row.place);
    rows.splice(at - first > last - at ? first : last, 1);
  }
  return {
    input: { tokens: rows.map((row) => row.token), ids: rows.map((row) => row.id) },
    at: rows.findIndex((row) => row.place),
  };
}
