import type { WrittenStep } from '../lenses/writing/contract';
import { visibleText } from '../text/visibleText';
import { bar, percent } from './bar';
import type { Output } from './output';

/** A line a step, for people: what was written, how probable it was, what else could have been. */
export async function printSteps(steps: readonly WrittenStep[], output: Output): Promise<void> {
  const width = Math.max(...steps.map(({ token }) => visibleText(token).length));
  for (const { alternatives, forced, id, probability, token } of steps) {
    const others = alternatives.filter((other) => other.id !== id).slice(0, 3).map((other) => `${visibleText(other.token)} ${percent(other.probability)}`);
    await output.line(`  ${visibleText(token).padEnd(width)} ${bar(probability, 10)} ${percent(probability).padStart(6)}${forced ? ' given' : ''}  ${others.join(', ')}`);
  }
}
