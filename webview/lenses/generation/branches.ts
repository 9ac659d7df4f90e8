import type { StopReason, WrittenStep } from '../../../src/lenses/writing/contract';
import type { HowToWrite } from './howToWrite';

/** What is remembered of a token that was written. */
export type BranchStep = Pick<WrittenStep, 'drawnWith' | 'forced' | 'id' | 'probability' | 'special' | 'start' | 'startsWord' | 'token'>;

/** One continuation of the prompt, from its first token to its last. */
export interface Branch {
  readonly steps: readonly BranchStep[];
  readonly output: string;
  /** `reader` where the reader stopped it. */
  readonly stopped: StopReason | 'reader';
  /** How its tokens were chosen. */
  readonly how: HowToWrite;
  /** Most tokens that were allowed, which may be more than `how` says where it was written on. */
  readonly maxTokens: number;
}

/** A branch in the tree of all. */
export interface PlacedBranch {
  readonly index: number;
  /** The branch that it leaves; null for one that shares no token with another before it. */
  readonly parent: number | null;
  /** Its first step that is its own: those before it are the parent's. */
  readonly from: number;
  /** From 0. */
  readonly level: number;
}

/** Most that are kept. */
export const mostBranches = 16;

/** How many tokens two continuations have in common from the start. */
export function commonSteps(a: readonly Pick<BranchStep, 'id'>[], b: readonly Pick<BranchStep, 'id'>[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count]!.id === b[count]!.id) count++;
  return count;
}

/**
 * The branches with one more. It takes the place of one that reads the same, or that it goes on from. Beyond the most the
 * oldest but the first goes.
 * @returns them and where the new one is
 */
export function withBranch(branches: readonly Branch[], branch: Branch): { readonly branches: readonly Branch[]; readonly at: number } {
  const continued = branches.findIndex(({ steps }) => commonSteps(steps, branch.steps) === steps.length);
  if (continued >= 0) return { branches: branches.with(continued, branch), at: continued };
  const kept = branches.length < mostBranches ? branches : [branches[0]!, ...branches.slice(branches.length - mostBranches + 2)];
  return { branches: [...kept, branch], at: kept.length };
}

/**
 * The branches as a tree, each below the earlier one that it has most in common with, in the order in which it is read: a
 * branch, then those that leave it, by where they do.
 */
export function treeOf(branches: readonly Branch[]): readonly PlacedBranch[] {
  const placed = branches.map(({ steps }, index) => {
    const common = branches.slice(0, index).map((earlier) => commonSteps(earlier.steps, steps));
    const from = Math.max(0, ...common);
    return { index, parent: from === 0 ? null : common.indexOf(from), from };
  });
  const below = (parent: number | null, level: number): PlacedBranch[] =>
    placed
      .filter((one) => one.parent === parent)
      .toSorted((a, b) => a.from - b.from || a.index - b.index)
      .flatMap((one) => [{ ...one, level }, ...below(one.index, level + 1)]);
  return below(null, 0);
}

/** The part of a branch that is its own. */
export function ownText({ output, steps }: Branch, from: number): string {
  const first = steps[from];
  return first === undefined ? '' : output.slice(first.start);
}
