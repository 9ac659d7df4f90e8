import type { TranslationScore } from '../../../src/lenses/translation/contract';

/** One piece of the reference, and what each model needed for it. */
export interface ReferencePiece {
  readonly token: string;
  readonly special: boolean;
  /** −log₂ of its probability after the pieces before it, in the models' order; null for a model without an answer. */
  readonly bits: readonly (number | null)[];
}

/** Pieces side by side; null where the models cut the reference differently, or none has an answer. */
export function piecesOf(scores: readonly (TranslationScore | null)[]): ReferencePiece[] | null {
  const answered = scores.filter((score) => score !== null);
  const [first, ...others] = answered;
  if (!first) return null;
  const same = others.every(({ steps }) => steps.length === first.steps.length && steps.every(({ token }, at) => token === first.steps[at]!.token));
  if (!same) return null;
  return first.steps.map(({ special, token }, at) => ({
    token,
    special,
    bits: scores.map((score) => (score ? -score.steps[at]!.logProbability / Math.LN2 : null)),
  }));
}

/** Indexes of the pieces that cost one model most beyond another, the first first; none that cost it less than `least` bits more. */
export function lostPieces(pieces: readonly ReferencePiece[], model: number, other: number, most: number, least: number): number[] {
  const lost = ({ bits }: ReferencePiece): number => (bits[model] ?? 0) - (bits[other] ?? Infinity);
  return pieces
    .map((_, at) => at)
    .filter((at) => !pieces[at]!.special && lost(pieces[at]!) >= least)
    .sort((a, b) => lost(pieces[b]!) - lost(pieces[a]!))
    .slice(0, most);
}
