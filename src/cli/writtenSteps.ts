import type { Alternative, WrittenStep } from '../lenses/writing/contract';
import { visibleText } from '../text/visibleText';
import { bar, percent } from './bar';
import type { Output } from './output';

const bare = ({ probability, token }: Alternative): { token: string; probability: number } => ({ token, probability });

/** Steps as JSON of the command line has them. */
export function bareSteps(steps: readonly WrittenStep[]): object[] {
  return steps.map((step) => ({ ...bare(step), ...(step.forced && { forced: true }), alternatives: step.alternatives.map(bare) }));
}

/** A line a step, for people: what was written, how probable it was, what else could have been. */
export async function printSteps(steps: readonly WrittenStep[], output: Output): Promise<void> {
  const width = Math.max(...steps.map(({ token }) => visibleText(token).length));
  for (const { alternatives, forced, id, probability, token } of steps) {
    const others = alternatives.filter((other) => other.id !== id).slice(0, 3).map((other) => `${visibleText(other.token)} ${percent(other.probability)}`);
    await output.line(`  ${visibleText(token).padEnd(width)} ${bar(probability, 10)} ${percent(probability).padStart(6)}${forced ? ' given' : ''}  ${others.join(', ')}`);
  }
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
