import { logSumExp, sigmoid, softmax } from '../../math/softmax';
import type { ProblemType } from '../model';

/** Index of the greatest logit. */
export function greatest(logits: Float32Array): number {
  return logits.reduce((best, logit, index) => (logit > logits[best]! ? index : best), 0);
}

/** `[class]`, 0–1, by what the model was trained for; null for one whose answer is a number. */
export function probabilitiesOf(logits: Float32Array, problemType: ProblemType): Float32Array | null {
  if (problemType === 'regression') return null;
  return problemType === 'multi-label' ? logits.map(sigmoid) : softmax(logits);
}

/**
 * Log-odds of a class, ln(p / (1 − p)), from the logits themselves: exact where p is as near to 1 as numbers come. The
 * number itself for regression.
 */
export function logOdds(logits: Float32Array, label: number, problemType: ProblemType): number {
  const own = logits[label]!;
  return problemType === 'single-label' ? own - logSumExp(logits.filter((_, index) => index !== label)) : own;
}

/** How numbers were made of logits, in words. */
export function readingInWords(problemType: ProblemType): string {
  return {
    'single-label': 'One label of several: softmax over all of them.',
    'multi-label': 'Each label by itself: sigmoid of its logit. Several can hold at once, or none.',
    regression: 'The answer is a number as it comes out of the model, and no probability.',
  }[problemType];
}
