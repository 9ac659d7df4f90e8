import type { Generation } from '../../../src/lenses/generation/contract';
import type { Translation } from '../../../src/lenses/translation/contract';
import { visibleText } from '../../../src/text/visibleText';
import { percentCell } from './predictions';
import type { OutcomeRow, Outcomes } from './outcome';

/** What is written, in how many tokens and how surely, and what the first token is chosen from. */
export function writingOutcomes(answers: readonly (Translation | Generation)[]): Outcomes {
  const rows: OutcomeRow[] = [
    { label: 'tokens', cells: answers.map(({ steps }) => ({ value: steps.length, text: String(steps.length) })), probability: false },
    {
      label: 'log-probability a token',
      cells: answers.map(({ logProbability, steps }) => {
        const value = logProbability / Math.max(1, steps.length);
        return { value, text: value.toFixed(3) };
      }),
      probability: false,
    },
  ];
  const said = answers.map(({ steps: [first] }) => first);
  const firsts = new Map(said.flatMap((step) => (step ? [[step.id, step.token] as const] : [])));
  for (const [id, token] of firsts) {
    rows.push({
      label: `first token “${visibleText(token)}”`,
      cells: said.map((step) => {
        const found = step?.id === id ? step : step?.alternatives.find((other) => other.id === id);
        return found ? percentCell(found.probability) : { value: null, text: 'not among the alternatives' };
      }),
      probability: true,
    });
  }
  return { groups: [{ heading: '', rows }], written: answers.map(({ output }) => output) };
}
