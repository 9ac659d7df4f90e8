import { kullbackLeibler } from '../../math/divergence';
import { logSoftmax } from '../../math/softmax';
import type { ProblemType } from '../model';

/**
 * Kullback–Leibler divergence in bits of what one model says of a text's classes from what the other does: of one
 * distribution over all classes, or the sum over classes that hold or not each by itself.
 * @param before logits `[class]`, as `after`
 */
export function classDivergence(before: Float32Array, after: Float32Array, problemType: ProblemType): number {
  if (problemType === 'single-label') return kullbackLeibler(logSoftmax(before), logSoftmax(after));
  return before.reduce((sum, logit, index) => sum + kullbackLeibler(logSoftmax(Float32Array.of(logit, 0)), logSoftmax(Float32Array.of(after[index]!, 0))), 0);
}
