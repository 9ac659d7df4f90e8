import { HeadlightError } from '../../errors';
import { rankCorrelation } from '../../math/rankCorrelation';
import { type OccludedPart, occlude, occludedTokens, occludedWords } from '../attribution/occlusion';
import type { Compute } from '../compute';
import { attendedFrom } from './attendedFrom';
import type { AttributedPart } from './attributionContract';
import type { Outcome } from './contract';
import { openOutcome } from './outcome';
import { textsOf } from './textsOf';

/** What each word or token of a text does for an outcome, by leaving it out, beside what the place that is read looks at. */
export const attribution: Compute<'evidence/attribution'> = async ({ outcome, by, method }, context) => {
  const { model, progress } = context;
  const [text, pair] = textsOf(outcome);
  if (text === undefined) throw new HeadlightError('out-of-range', 'How well groups stand apart is of many texts, and words are left out of one. Choose the cosine of two occurrences.');
  const open = openOutcome(outcome, context);
  const [row, ...others] = open.rows as readonly [(typeof open.rows)[number]];
  const { tokens, ids } = row;
  const own = new Set(isAsked(outcome) ? open.readAt[0] : []);
  const parts = (by === 'word' ? occludedWords(tokens, text, pair) : occludedTokens(tokens)).filter((part) => !part.tokens.some((token) => own.has(token)));
  if (parts.length === 0) throw new HeadlightError('empty-text', `There is nothing but the place of ${open.name} itself. Give it a sentence around it.`);
  const { whole, without } = await occlude(model, {
    tokens, ids, parts, method, progress,
    measure: (rows) => open.measure(rows.map((one) => ({ rows: [one, ...others] }))),
  });
  const attributed = parts.map((part, index): AttributedPart => ({ ...part, without: without[index]!, effect: whole - without[index]! }));
  const sizes = attributed.map(({ effect }) => Math.abs(effect));
  const { attended, isCross, layer } = await attendedFrom(outcome, open, context);
  return {
    model: model.info, tokens, windowed: null,
    name: open.name, scale: open.scale, value: whole, by, method, layer, isCross,
    parts: attributed,
    attended: attended.map(({ way, weights }) => {
      const ofParts = Float32Array.from(parts, (part) => sumOver(part, weights));
      return { way, weights: ofParts, correlation: rankCorrelation(ofParts, sizes) };
    }),
  };
};

function sumOver(part: OccludedPart, weights: Float32Array): number {
  return part.tokens.reduce((sum, token) => sum + weights[token]!, 0);
}

/** Whether the tokens that are read are what is asked about, so that nothing is left without them. */
function isAsked({ kind }: Outcome): boolean {
  return kind === 'word' || kind === 'cosine';
}
