import type { ModelInput } from './model';

/** Tokens of one run, padding included: enough to keep the cores busy, few enough to cancel between runs. */
export const tokensPerRun = 1024;

/**
 * Splits inputs into batches of similar length, so that little is spent on padding.
 * @returns indexes into `inputs`, batch by batch, the shortest first; a batch holds at most `budget` tokens once
 *   padded, or a single input that is longer
 */
export function batchesByLength(inputs: readonly ModelInput[], budget = tokensPerRun): number[][] {
  const byLength = inputs.map((_, index) => index).sort((a, b) => lengthOf(inputs[a]!) - lengthOf(inputs[b]!));
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of byLength) {
    if (batch.length > 0 && (batch.length + 1) * lengthOf(inputs[index]!) > budget) {
      batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function lengthOf({ tokens }: ModelInput): number {
  return tokens.length;
}
