import type { WritingProgress, WrittenStep } from './contract';

/** The steps so far, once one more progress message has come in. */
export function continued(steps: readonly WrittenStep[], progress: WritingProgress): readonly WrittenStep[] {
  return [...steps.slice(0, progress.keep), ...progress.steps];
}
