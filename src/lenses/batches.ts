import type { ModelInput } from './model';

/** Tokens of one run, padding included: enough to keep the cores busy, few enough to cancel between runs. */
export const tokensPerRun = 1024;

/** What a run costs beside its tokens, in tokens: on two cores a run of one short sentence takes as long as 40 tokens more. */
export const tokensToStart = 40;

/**
 * Splits inputs into batches of similar length, so that as little as possible is spent on padding and on starting runs.
 * @returns indexes into `inputs`, batch by batch, the shortest first; a batch holds at most `budget` tokens once
 *   padded, or a single input that is longer
 */
export function batchesByLength(inputs: readonly ModelInput[], budget = tokensPerRun): number[][] {
  const byLength = inputs.map((_, index) => index).sort((a, b) => lengthOf(inputs[a]!) - lengthOf(inputs[b]!));
  // Least cost of running the first n inputs, and where the last batch of that way begins.
  const best = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= byLength.length; end++) {
    const width = lengthOf(inputs[byLength[end - 1]!]!);
    let least = { cost: Infinity, from: end - 1 };
    for (let from = end - 1; from >= 0 && (from === end - 1 || (end - from) * width <= budget); from--) {
      const cost = best[from]!.cost + tokensToStart + (end - from) * width;
      if (cost < least.cost) least = { cost, from };
    }
    best.push(least);
  }
  const batches: number[][] = [];
  for (let end = byLength.length; end > 0; end = best[end]!.from) batches.unshift(byLength.slice(best[end]!.from, end));
  return batches;
}

function lengthOf({ tokens }: ModelInput): number {
  return tokens.length;
}
