import type { Alternative, WrittenStep } from './contract';

const bare = ({ probability, token }: Alternative): { token: string; probability: number } => ({ token, probability });

/** Steps as files and the command line have them. */
export function bareSteps(steps: readonly WrittenStep[]): object[] {
  return steps.map((step) => ({ ...bare(step), ...(step.forced && { forced: true }), alternatives: step.alternatives.map(bare) }));
}

/**
 * Attention of all steps, [layer][head][step][key].
 * @param of `[layer, head, key]` of each step
 */
export function attentionLists(of: readonly Float32Array[], layers: number, heads: number): number[][][][] {
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (_, head) =>
      of.map((rows) => {
        const keys = rows.length / (layers * heads);
        return [...rows.subarray((layer * heads + head) * keys, (layer * heads + head + 1) * keys)];
      }),
    ),
  );
}
