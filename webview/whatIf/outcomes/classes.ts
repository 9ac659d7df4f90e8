import type { Classification } from '../../../src/lenses/classification/contract';
import { visibleText } from '../../../src/text/visibleText';
import type { Outcomes } from './outcome';
import { percentCell } from './predictions';

/** The probability of each class, or the number of a model that answers with one. */
export function classOutcomes(answers: readonly Classification[]): Outcomes {
  const labels = answers[0]?.model.labels ?? [];
  const rows = labels.map((label, at) => ({
    label: visibleText(label),
    cells: answers.map(({ logits, probabilities }) =>
      probabilities ? percentCell(probabilities[at]!) : { value: logits[at]!, text: logits[at]!.toFixed(3) },
    ),
    probability: answers[0]!.probabilities !== null,
  }));
  return { groups: [{ heading: 'Class', rows }] };
}
