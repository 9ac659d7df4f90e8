import { alignTokens } from '../../../src/lenses/evidence/alignTokens';
import type { Attribution, AttributionRequest } from '../../../src/lenses/evidence/attributionContract';
import type { Outcome } from '../../../src/lenses/evidence/contract';
import type { PatchedAnswers, PatchedAnswersRequest, Patching, PatchRequest } from '../../../src/lenses/evidence/patchContract';
import { textsOf } from '../../../src/lenses/evidence/textsOf';
import { occludedTokens, occludedWords } from '../../../src/lenses/attribution/occlusion';
import type { SenseName } from '../../../src/lenses/senses/contract';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { Token } from '../../../src/text/token';
import { encoderInfo } from '../../support/encoderInfo';
import { tokensOf } from './fakeModel';

const idOf = (piece: string): number => Array.from(piece, (letter) => letter.codePointAt(0)!).reduce((sum, code) => (sum * 31 + code) % 65_521, 7);

const nameOf = (outcome: Outcome): string => (outcome.kind === 'word' ? `P(${outcome.word})` : outcome.kind);

const tokensOfOutcome = (outcome: Outcome): Token[] => {
  const [text, pair] = textsOf(outcome);
  return tokensOf(text!, pair);
};

/** The effect wanders from the first token that differs, below, to the last but one, above; the last state cannot be replaced. */
export function patching({ clean, corrupted, direction, of }: WithoutTarget<PatchRequest>): Patching {
  const [base, source] = direction === 'denoising' ? [corrupted, clean] : [clean, corrupted];
  const [tokens, sourceTokens] = [tokensOfOutcome(base), tokensOfOutcome(source)];
  const [ids, others] = [tokens, sourceTokens].map((list) => list.map(({ piece }) => idOf(piece)));
  // The word of a cosine meets itself.
  const places = [base, source].map((outcome, at) => (outcome.kind === 'cosine' ? [tokens, sourceTokens][at]!.findIndex(({ special, start }) => !special && start === outcome.pair[0].start) : -1)) as [number, number];
  const from = alignTokens(ids!, others!, places[0] < 0 ? [] : [places]);
  const [rows, columns] = of === 'states' ? [encoderInfo.layers + 1, tokens.length] : [encoderInfo.layers, encoderInfo.heads];
  const first = Math.max(0, from.findIndex((other, token) => other !== null && sourceTokens[other]!.text !== tokens[token]!.text));
  const effect = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    if (of === 'heads') return 0.2 * Math.sin(7 * at);
    if (from[column] === null || row === rows - 1) return NaN;
    const share = row / (rows - 2);
    return column === first ? 1 - share : column === columns - 2 ? share : -0.2 * Math.sin(3 * at) * share * (1 - share);
  });
  return {
    model: encoderInfo, name: nameOf(base), scale: 'probability', of, direction, clean: 0.25, corrupted: 0.05, tokens, sourceTokens, from, rows, columns, effect,
    patched: effect.map((value) => 0.05 + 0.2 * value), limits: of === 'states' ? [`Hidden state ${rows - 1} cannot be replaced.`] : [],
  };
}

const sense = (gloss: string, clear = true): SenseName => ({
  senses: [{ lemma: 'moon', partOfSpeech: 'noun', gloss, synonyms: ['satellite'], probability: clear ? 0.9 : 0.4 }], unlisted: 0.05, omitted: 0, clear,
});

/** From the fourth state on the patch is what the model says; what the word means is not clear by the first. */
export function patchedAnswers({ corrupted, row, top }: WithoutTarget<PatchedAnswersRequest>): PatchedAnswers {
  const list = (words: readonly string[]) => words.slice(0, top).map((token, rank) => ({ token, id: idOf(token), probability: 0.4 * 0.5 ** rank }));
  return {
    model: encoderInfo,
    kind: corrupted.kind === 'cosine' ? 'substitutes' : 'predictions',
    before: list(['fence', '<b>wall</b>', 'hill']),
    patched: list(row < 3 ? ['fence', 'moon', 'hill'] : ['moon', 'fence', 'sky']),
    source: list(['moon', 'sky', 'stars']),
    senses: corrupted.kind === 'cosine'
      ? { states: [4, 5, 6], before: sense('<i>put up</i> with something unpleasant'), patched: row === 0 ? sense('be upright', false) : sense('a support or foundation'), source: sense('a support or foundation') }
      : null,
  };
}

/** Longer words do more, and those of an even length against; attention looks at the last. */
export function attribution({ by, method, outcome }: WithoutTarget<AttributionRequest>): Attribution {
  const tokens = tokensOfOutcome(outcome);
  const [text, pair] = textsOf(outcome);
  const parts = by === 'word' ? occludedWords(tokens, text!, pair) : occludedTokens(tokens);
  const effects = parts.map(({ end, start }) => ((end - start) % 2 === 0 ? -0.01 : 0.03) * (end - start));
  const weights = Float32Array.from(parts, (_, part) => (part + 1) / (parts.length * parts.length));
  return {
    model: encoderInfo, tokens, windowed: null, name: nameOf(outcome), scale: 'probability', value: 0.25, by, method, layer: encoderInfo.layers - 1, isCross: false,
    parts: parts.map((part, at) => ({ ...part, effect: effects[at]!, without: 0.25 - effects[at]! })),
    attended: [
      { way: 'attention', weights, correlation: -0.31 },
      { way: 'norms', weights: weights.toReversed(), correlation: 0.55 },
      { way: 'rollout', weights: weights.map(() => 1 / parts.length), correlation: null },
    ],
  };
}
