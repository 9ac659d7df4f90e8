import type { AttentionMap, AttentionOverview } from '../attention/contract';
import { partsOf } from '../attention/parts';
import type { Classification } from '../classification/contract';
import type { MaskPredictions, Predictions } from '../predictions/contract';
import type { CheckedPart, Expectation, Relation } from './contract';
import { expectationText } from './print';
import { nameAt, nameOf } from './words';

/** Ranks that people write. */
const ranks = [1, 2, 5];

/** A bound that a value above it keeps although the model changes a little: one digit, rounded down; the value itself where that is 0. */
export function boundBelow(value: number): number {
  if (value <= 0) return value;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(Number((value / unit).toPrecision(12))) * unit).toPrecision(1));
}

/** The same from above, for what shall stay small: one digit, rounded up. */
export function boundAbove(value: number): number {
  if (value <= 0) return value;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.ceil(Number((value / unit).toPrecision(12))) * unit).toPrecision(2));
}

/** The first of 1, 2, 5, 10, 20, 50, … that leaves a rank some room. */
export function rankAbove(rank: number): number {
  for (let unit = 1; ; unit *= 10) {
    const found = ranks.find((one) => one * unit >= 1.5 * rank);
    if (found !== undefined) return found * unit;
  }
}

const line = (measured: Expectation['measured'], relation: Relation, bound: number): string => expectationText({ measured, relation, bound });

/** What can be expected of a share: that it stays large, or that it stays small. */
function ofShare(measured: Expectation['measured'], value: number): string {
  return value >= 0.5 ? line(measured, '>=', boundBelow(value)) : line(measured, '<=', Math.min(1, boundAbove(value)));
}

/** A text of the panel, alone or with the second of its pair. */
export type ProposedTexts = readonly [string] | readonly [string, string];

/**
 * What can be expected of a head: where the followed token looks most, or who looks most at it; without one, its strongest
 * pair of words. Special tokens count only where they are followed. Null where there is no such pair.
 */
export function attentionLines(
  { model, part, queries, tokens, written }: AttentionOverview,
  { map, weights }: AttentionMap,
  texts: ProposedTexts,
  followed: { readonly side: 'query' | 'key'; readonly token: number } | null,
): readonly string[] {
  if (map.kind !== 'head') return [];
  const isWord = (of: readonly { readonly special: boolean }[], index: number): boolean => !of[index]!.special;
  let best = -1;
  for (let query = 0; query < queries.length; query++) {
    for (let key = 0; key < tokens.length; key++) {
      const isQuery = followed?.side === 'query' ? query === followed.token : isWord(queries, query);
      const isKey = followed?.side === 'key' ? key === followed.token : isWord(tokens, key);
      const isSame = part !== 'cross' && query === key;
      const at = query * tokens.length + key;
      if (isQuery && isKey && !isSame && (best < 0 || weights[at]! > weights[best]!)) best = at;
    }
  }
  if (best < 0) return [];
  const own: ProposedTexts = written ? ['', written.text] : texts;
  const query = nameOf(Math.floor(best / tokens.length), own, queries);
  const key = nameOf(best % tokens.length, part === 'decoder' ? own : texts, tokens);
  const named: CheckedPart = partsOf(model)[0] === part ? 'first' : (part as Exclude<typeof part, 'encoder'>);
  return [line({ kind: 'attention', part: named, layer: map.layer, head: map.head, query, key }, '>=', boundBelow(weights[best]!))];
}

/** What can be expected at a mask: that its first word, or the one that stood there, stays among the first, and its probability. */
export function maskLines({ candidates, index, original, predictions }: MaskPredictions, { masks, tokens }: Predictions, text: string): readonly string[] {
  const token = tokens[index]!;
  // Several masks are filled one by one: a check would mask one alone.
  if (masks.length !== 1 || token.segment !== 0) return [];
  const at = original === null ? null : nameAt(token, text);
  const words = [
    ...predictions.slice(0, 1).map(({ probability, token: word }) => ({ word, probability, rank: 1 })),
    ...(original ? [{ word: text.slice(token.start, token.end), probability: original.probability, rank: original.rank }] : []),
    ...candidates.flatMap(({ probability, rank, text: word }) => (probability === null || rank === null ? [] : [{ word, probability, rank }])),
  ];
  const lines = words.flatMap(({ probability, rank, word }) => {
    const place = at && word === at.word && at.number === null ? null : at;
    return [
      line({ kind: 'rank', word, at: place }, '<=', rankAbove(rank)),
      line({ kind: 'probability', word, at: place }, '>=', boundBelow(probability)),
    ];
  });
  return [...new Set(lines)];
}

/** What can be expected of a text: that its class stays the one it is, and how sure the model stays of it. */
export function classLines({ label, logits, model, probabilities }: Classification): readonly string[] {
  return [line({ kind: 'class', label: model.labels![label]! }, '>=', boundBelow((probabilities ?? logits)[label]!))];
}

/** What can be expected of two sentences. */
export function nextSentenceLines(isNext: number): readonly string[] {
  return [ofShare({ kind: 'nextSentence' }, isNext)];
}
