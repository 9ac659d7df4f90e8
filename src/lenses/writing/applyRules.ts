import type { WritingRules } from './rules';

/** Where the next token will stand. */
export interface WritingPlace {
  /** All tokens before it, start tokens or the prompt included. */
  readonly before: readonly number[];
  /** How many of these are start tokens or the prompt. */
  readonly given: number;
  /** Most tokens to write behind these. */
  readonly maxTokens: number;
}

/**
 * Logits, or log-probabilities in beam search, as the model's configuration changes them before one is chosen; the same
 * array where it changes none. As the logits processors of Transformers do, in their order.
 */
export function applyRules(scores: Float32Array, rules: WritingRules, { before, given, maxTokens }: WritingPlace): Float32Array {
  const { forcedFirst, forcedLast, minLength, noRepeat, repetitionPenalty, stop, suppressed } = rules;
  if (forcedFirst !== null && before.length === given) return only(scores, forcedFirst);
  if (forcedLast !== null && before.length === given + maxTokens - 1) return only(scores, forcedLast);
  const forbidden = [
    ...suppressed,
    ...(noRepeat > 0 ? repeating(before, noRepeat) : []),
    ...(before.length < minLength ? stop : []),
  ];
  if (forbidden.length === 0 && repetitionPenalty === 1) return scores;
  const changed = Float32Array.from(scores);
  if (repetitionPenalty !== 1) penalize(changed, before, repetitionPenalty);
  for (const id of forbidden) if (id < changed.length) changed[id] = -Infinity;
  return changed;
}

/** Keskar et al. (2019, arXiv:1909.05858), with negative logits multiplied so that they shrink too. */
function penalize(scores: Float32Array, before: readonly number[], penalty: number): void {
  for (const id of new Set(before)) {
    const score = scores[id];
    if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty;
  }
}

/** Tokens that would end a run of `length` tokens which has been written before. */
function repeating(before: readonly number[], length: number): number[] {
  if (before.length + 1 < length) return [];
  const begun = before.slice(before.length - length + 1).join();
  const found: number[] = [];
  for (let at = 0; at + length <= before.length; at++) {
    if (before.slice(at, at + length - 1).join() === begun) found.push(before[at + length - 1]!);
  }
  return found;
}

function only(scores: Float32Array, id: number): Float32Array {
  const changed = new Float32Array(scores.length).fill(-Infinity);
  changed[id] = 0;
  return changed;
}
